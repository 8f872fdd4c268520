import Journeys

/// An ordered funnel: how many customers take its steps, in this order, within a window from the first.
///
/// Other events may lie between. The first step begins anew with every event that is it. Events at the same instant
/// happen in the order of the steps they are. Each customer counts once, with the chain that first got furthest.
/// Linear in events.
public struct Funnel: Aggregation {
  private static let longestWindow: Int64 = 10_000 * 366 * 86_400 * 1_000_000

  public let query: FunnelQuery
  /// Whether the customers are listed, not only counted.
  let listsCustomers: Bool
  /// By code of the event type: the steps that it is, as bits.
  private let steps: [UInt64]
  /// By code: class 0 for the first step, 1 for the second, 2 for any.
  private let classes: [UInt8]

  /// A step whose event type the store does not have is one that nobody does: see `check`.
  ///
  /// - Throws: `.invalidQuery` without steps, with more than 64, or with a negative window.
  public init(_ query: FunnelQuery, of store: JourneyStore, listingCustomers: Bool = false) throws(AttributionError) {
    guard 1...FunnelQuery.mostSteps ~= query.steps.count, query.steps.allSatisfy({ !$0.events.isEmpty }) else {
      throw AttributionError(
        .invalidQuery, "funnel: 1 to \(FunnelQuery.mostSteps) steps are needed, each with an event type")
    }
    guard 0...Self.longestWindow ~= query.window else {
      throw AttributionError(.invalidQuery, "funnel: the window is negative or longer than 10,000 years")
    }
    self.query = query
    listsCustomers = listingCustomers
    var steps = [UInt64](repeating: 0, count: store.eventTypeNames.count)
    for (step, definition) in query.steps.enumerated() {
      for event in definition.events {
        if let event {
          if let code = store.eventTypeNames.code(of: event) { steps[Int(code)] |= 1 << UInt64(step) }
        } else {
          for code in steps.indices { steps[code] |= 1 << UInt64(step) }
        }
      }
    }
    self.steps = steps
    classes = steps.map { ($0 & 1 != 0 ? 1 : 0) | ($0 & 2 != 0 ? 2 : 0) | ($0 != 0 ? 4 : 0) }
  }

  /// Refuses steps whose event types the store does not have, with the names it has.
  public static func check(_ query: FunnelQuery, of store: JourneyStore) throws(AttributionError) {
    _ = try store.eventTypeCodes(query.steps.flatMap(\.events).compactMap { $0 }, for: "funnel steps")
  }

  public func empty() -> FunnelTally { FunnelTally(steps: query.steps.count) }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout FunnelTally) {
    store.withColumns { columns in
      var bits = EventBits(classes: 3, classes)
      var candidates = FunnelCandidates(window: query.window)
      var walk = FunnelWalk(query, steps)
      for batch in CustomerBatches(customers, of: columns) {
        bits.find(columns.events(of: batch), in: columns.types)
        if let period = query.period { bits.restrict(batch, to: period, columns) }
        if listsCustomers {
          for customer in batch { walk.add(customer, from: 0, bits, columns, to: &partial, isListed: true) }
          continue
        }
        // Most get no further than the first step, and need only be counted.
        candidates.find(batch, bits, columns)
        partial.furthest[0] += candidates.starters
        var customer = batch.lowerBound
        var last = -1
        for candidate in 0..<candidates.count {
          while columns.offsets[customer &+ 1] <= candidates.events[candidate] { customer &+= 1 }
          if customer == last { continue }
          last = customer
          let start = candidates.starts[candidate]
          if walk.add(customer, from: start, bits, columns, to: &partial, isListed: false) { partial.furthest[0] -= 1 }
        }
      }
    }
  }

  public func merge(_ later: FunnelTally, into partial: inout FunnelTally) { partial.add(later) }

  public func finish(_ partial: FunnelTally) -> FunnelResult { FunnelResult(query, partial) }
}
