import Journeys

/// What channels, campaigns or values of other columns cost, by the events: the sum of `event_data.cost`.
///
/// An event's cost goes to its own channel and campaign, whatever kind of event it is. Sums are whole minor units.
public struct EventCosts: Aggregation {
  private let keys: TouchKeys
  private let costs: Column<Int64>
  private let period: ClosedRange<Int64>

  /// - Throws: `.unknownName` for a store without costs or without a column.
  public init(
    by dimensions: AttributionQuery.Dimensions, in period: ClosedRange<Int64>? = nil, of store: JourneyStore
  ) throws(AttributionError) {
    keys = try TouchKeys(dimensions, store)
    self.period = period ?? .min ... .max
    guard store.propertyNames.contains("cost"), case .money(let column)? = try? store.property("cost") else {
      throw AttributionError(
        .unknownName,
        "costs: journey store \(store.directory.path) has no costs: no event had event_data.cost; give a file of costs")
    }
    costs = column
  }

  public struct Partial: Sendable, Codable, Equatable {
    var sums = KeyedSums<Int>()
  }

  public func empty() -> Partial { Partial() }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout Partial) {
    guard !customers.isEmpty else { return }
    for event in store.events(of: customers.lowerBound)
      .lowerBound..<store.events(of: customers.upperBound - 1).upperBound
    where costs[event] != Money.none && period.contains(store.timestamps[event]) {
      partial.sums.add(Int(costs[event]), at: UInt64(keys.key(event)))
    }
  }

  public func merge(_ later: Partial, into partial: inout Partial) { partial.sums.add(later.sums) }

  /// Major units; what had none of the dimensions is left out.
  public func finish(_ partial: Partial) -> AttributionCosts {
    var costs: [AttributionResult.Key: Double] = [:]
    for (key, sum) in partial.sums.sorted() where key > 0 { costs[keys.name(Int(key))] = Money.major(Int64(sum)) }
    return AttributionCosts(costs)
  }
}
