import Journeys

/// Figures of a time against their targets, and who misses them.
public struct KPIReport: Sendable, Equatable {
  public struct KPI: Sendable, Equatable {
    public let target: KPITarget
    /// Of all campaigns of the scope together; nil where there is nothing to measure.
    public let measured: Measured?
    /// Nil without a target or a figure.
    public let isMet: Bool?
    /// Campaigns that miss it by themselves, those first that weigh most.
    public let misses: [Miss]
  }

  public struct Measured: Sendable, Equatable {
    public let value: Double
    /// Major units where it is money.
    public let numerator: Double
    public let denominator: Double
    /// In which the rate lies by chance, 95 % (Wilson); nil of what is no share.
    public let interval: ClosedRange<Double>?
  }

  public struct Miss: Sendable, Equatable {
    public let campaign: String
    public let measured: Measured
    /// Whether chance alone does not explain it: the whole interval misses. Nil where there is no interval.
    public let isSure: Bool?
  }

  public let kpis: [KPI]
  /// Campaigns whose costs nobody knows: returns and costs per customer are without them.
  public let withoutCosts: Int

  /// - Parameter campaigns: of the time, with their channels and costs, one row each.
  public init(_ campaigns: [EntityFigures], _ targets: [KPITarget] = KPITarget.standard) {
    withoutCosts = campaigns.count { $0.spend == nil }
    kpis = targets.map { target in
      let own = campaigns.compactMap { Self.part($0, target.scope) }
      var whole = EntityFigures(.campaign, "", day: nil)
      for row in own where !target.figure.isMoney || row.cost != nil {
        whole.counts += row.counts
        if let cost = row.cost { whole.cost = (whole.cost ?? 0) + cost }
      }
      let measured = Self.measure(target.figure, whole)
      let misses = own.compactMap { row -> Miss? in
        guard let measured = Self.measure(target.figure, row), target.isMissed(by: measured.value) else { return nil }
        let isSure = measured.interval.map { target.isMissed(by: $0.lowerBound) && target.isMissed(by: $0.upperBound) }
        return Miss(campaign: row.id, measured: measured, isSure: isSure)
      }
      .sorted { ($1.measured.denominator, $0.campaign) < ($0.measured.denominator, $1.campaign) }
      let isMet: Bool? =
        measured.flatMap {
          target.value == nil ? nil : target.isPerCampaign ? misses.isEmpty : !target.isMissed(by: $0.value)
        }
      return KPI(target: target, measured: measured, isMet: isMet, misses: misses)
    }
  }

  /// What a campaign did on a channel; nil for one that did nothing there.
  ///
  /// Purchases that do not say their channel, and costs, go to the channel that most of its messages went by.
  private static func part(_ row: EntityFigures, _ scope: KPITarget.Scope) -> EntityFigures? {
    guard scope != .overall else { return row }
    let channels = row.parts[.channel] ?? [:]
    guard var counts = channels[scope.rawValue], counts.sent > 0 else { return nil }
    var part = EntityFigures(.campaign, row.id, day: nil)
    let main = channels.max { ($0.value.sent, $1.key) < ($1.value.sent, $0.key) }?.key
    if main == scope.rawValue {
      let placed = channels.values.reduce(into: EntityCounts()) { $0 += $1 }
      counts.conversions += row.counts.conversions - placed.conversions
      counts.revenue += row.counts.revenue - placed.revenue
      counts.newCustomers += row.counts.newCustomers - placed.newCustomers
      part.cost = row.cost
    }
    part.counts = counts
    return part
  }

  private static func measure(_ figure: Figure, _ row: EntityFigures) -> Measured? {
    if let share = figure.rate(of: row.counts) {
      guard let value = share.value else { return nil }
      let rate = share.part <= share.whole ? Rate(share.part, of: share.whole) : nil
      return Measured(
        value: value, numerator: Double(share.part), denominator: Double(share.whole),
        interval: rate?.interval(Normal.critical(0.05)))
    }
    guard let value = figure.value(of: row)?.number, let spent = row.spend.map(Money.major) else { return nil }
    let (numerator, denominator) =
      switch figure {
      case .returnOnAdSpend: (Money.major(row.counts.revenue), spent)
      case .customerAcquisitionCost: (spent, Double(row.counts.newCustomers))
      default: (spent, Double(row.counts.conversions))
      }
    return Measured(value: value, numerator: numerator, denominator: denominator, interval: nil)
  }
}

extension KPITarget {
  func isMissed(by figure: Double) -> Bool {
    guard let value else { return false }
    return bound == .atLeast ? figure < value : figure > value
  }
}

extension Figure {
  /// Whether it is money, or to money, and not a share of something countable.
  public var isMoney: Bool {
    [
      .revenue, .revenuePerMessage, .averageOrderValue, .cost, .commission, .earningsPerClick, .costPerSMS,
      .costPerClick,
      .costPerAcquisition, .customerAcquisitionCost, .returnOnAdSpend, .roi,
    ].contains(self)
  }
}
