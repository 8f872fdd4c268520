import Journeys

/// Performance and attributed credit of every campaign on every local day.
///
/// A path is the same as in `JourneyAttribution` by campaign: over all days a campaign's credit adds up to its row
/// there. Credit is dated by the conversion, performance by the event itself; a day that has neither has no row.
/// Linear in events. Everything counted is a whole number, so every cut and order gives the same bits.
public struct CampaignDays: Aggregation {
  let query: CampaignDayQuery
  private let touchKeys: TouchKeys
  private let dayKeys: CampaignDayKeys
  private let touchRoles: EventRoles
  private let metricRoles: EventRoles
  private let costs: Column<Int64>?
  private let campaigns: NameTable

  /// - Throws: `.invalidQuery` for the chain, which cannot be dated, or for a period; `.unsolvable` for a store with
  ///   too many campaigns, events and days at once.
  public init(_ query: CampaignDayQuery, of store: JourneyStore) throws {
    let attribution = query.attribution
    guard attribution.lookback >= 0, attribution.period == nil,
      Set(attribution.models).isSubset(of: [.first, .last, .linear])
    else {
      throw AttributionError(
        .invalidQuery, "campaign days: models are first, last and linear, without a period and with a lookback >= 0")
    }
    self.query = query
    touchKeys = try TouchKeys(.campaign, store)
    dayKeys = try CampaignDayKeys(store, query.calendar)
    campaigns = store.campaignNames
    // A store that never saw a conversion has performance all the same.
    let hasConversions = attribution.conversions.contains { store.eventTypeNames.code(of: $0) != nil }
    touchRoles = EventRoles(hasConversions ? try TouchSelection.roles(attribution, store) : [])
    metricRoles = EventRoles(store.eventTypeNames.names.map { PerformanceWalk.role(of: $0) })
    if store.propertyNames.contains("cost"), case .money(let column) = try store.property("cost") {
      costs = column
    } else {
      costs = nil
    }
  }

  public func empty() -> CampaignDayTally { CampaignDayTally() }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout CampaignDayTally) {
    store.withColumns { columns in
      var performance = PerformanceWalk(query, dayKeys, costs: costs, campaigns: campaigns.count)
      var selection = TouchSelection(touchKeys)
      var credit = CreditWalk(query, dayKeys, campaigns: campaigns.count)
      for batch in CustomerBatches(customers, of: columns) {
        performance.add(batch, of: store, metricRoles, into: &partial.performance)
        selection.select(batch, of: columns, touchRoles)
        credit.add(batch, of: columns, selection, into: &partial)
      }
    }
  }

  public func merge(_ later: CampaignDayTally, into partial: inout CampaignDayTally) { partial.add(later) }

  /// By campaign, then day.
  public func finish(_ partial: CampaignDayTally) -> [CampaignDay] {
    var rows: [UInt64: CampaignDay] = [:]
    func row(_ key: UInt64) -> (UInt64, CampaignDay) {
      let (day, _, campaign) = dayKeys.parts(key)
      let place = dayKeys.key(day: day, campaign: Int(campaign))
      return (
        place,
        rows[place]
          ?? CampaignDay(
            campaign: campaigns[campaign], day: day, performance: .zero,
            credits: query.attribution.models.map { .init(model: $0, credit: .init(conversions: 0, revenue: 0)) })
      )
    }
    for (key, value) in partial.performance.sorted() {
      var (place, found) = row(key)
      found.performance += value
      rows[place] = found
    }
    for (index, model) in query.attribution.models.enumerated() {
      // In ascending order, so that the doubles do not depend on how the table came about.
      for (key, value) in partial.credits(model).sorted() {
        let parts = max(1, Double(dayKeys.parts(key).length))
        var (place, found) = row(key)
        found.credits[index].credit.conversions += Double(value.conversions) / parts
        found.credits[index].credit.revenue += Double(value.revenue) / 100 / parts
        rows[place] = found
      }
    }
    return rows.values.sorted { ($0.campaign, $0.day) < ($1.campaign, $1.day) }
  }
}
