import Journeys

/// A funnel by the period in which customers enter it.
///
/// Every event that is the first step is an attempt (without an order, every event that is any step), followed from it
/// inside its window. A customer counts once in every period in which he begins one, with all that his attempts of that
/// period came to.
struct FunnelTrends: Aggregation {
  private static let mostPeriods: Int64 = 100_000

  let plan: FunnelPlan
  let calendar: ZonedCalendar
  let interval: CalendarPeriod
  let fromStep: UInt64
  let toStep: UInt64
  /// The periods asked for; nil without events.
  let periods: ClosedRange<Int64>?

  init(_ plan: FunnelPlan, _ interval: CalendarPeriod, of store: JourneyStore) throws(AttributionError) {
    self.plan = plan
    self.interval = interval
    let query = plan.query
    do throws(JourneyError) {
      calendar = try ZonedCalendar(query.timeZone, weekStart: query.weekStart)
    } catch {
      throw AttributionError(.invalidQuery, "funnel: \(error.message)")
    }
    fromStep = 1 << UInt64(query.fromStep)
    toStep = 1 << UInt64(query.toStep ?? query.steps.count - 1)
    let (asked, manifest) = (query.period, store.manifest)
    let first = asked.flatMap { $0.lowerBound > Int64.min ? $0.lowerBound : nil } ?? manifest.firstTimestamp
    let last = asked.flatMap { $0.upperBound < Int64.max ? $0.upperBound : nil } ?? manifest.lastTimestamp
    guard let first, let last, first <= last else {
      periods = nil
      return
    }
    let range = calendar.period(interval, of: first)...calendar.period(interval, of: last)
    guard range.upperBound - range.lowerBound < Self.mostPeriods else {
      throw AttributionError(
        .invalidQuery, "funnel: more than \(Self.mostPeriods) periods: narrow date_from and date_to or widen interval")
    }
    periods = range
  }

  func empty() -> FunnelTrendTally { FunnelTrendTally(groups: plan.groupCount) }

  func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout FunnelTrendTally) {
    store.withColumns { columns in
      var walk = FunnelTrendWalk(self)
      for customer in customers where plan.sample.contains(customer, of: store) {
        walk.visit(customer, columns) { group, period, taken in
          guard taken & fromStep != 0 else { return }
          partial.groups[group][period, default: .init()].add(customer, converted: taken & toStep != 0)
        }
      }
    }
  }

  func merge(_ later: FunnelTrendTally, into partial: inout FunnelTrendTally) { partial.add(later) }

  func finish(_ partial: FunnelTrendTally) -> FunnelTrendTally { partial }
}

/// Who entered in which period, and who converted.
struct FunnelTrendTally: Sendable, Codable, Equatable {
  struct Period: Sendable, Codable, Equatable {
    /// Places in the store, in order.
    var converted: [Int32] = []
    var dropped: [Int32] = []

    mutating func add(_ customer: Int, converted isConverted: Bool) {
      if isConverted { converted.append(Int32(customer)) } else { dropped.append(Int32(customer)) }
    }
  }

  /// Of all customers first, then of each value of a breakdown.
  var groups: [[Int64: Period]]

  init(groups: Int) { self.groups = Array(repeating: [:], count: groups + 1) }

  mutating func add(_ later: FunnelTrendTally) {
    for group in groups.indices {
      groups[group].merge(later.groups[group]) { early, late in
        Period(converted: early.converted + late.converted, dropped: early.dropped + late.dropped)
      }
    }
  }
}
