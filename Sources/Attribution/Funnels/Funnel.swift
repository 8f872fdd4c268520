import Journeys

/// A funnel: how many customers take its steps within a window from the first, and how long they take.
///
/// Each customer counts once, with the chain that first got furthest (or each of his attempts, if the query says so).
/// Linear in events; the unordered mode in events times steps.
public struct Funnel: Aggregation {
  public let query: FunnelQuery
  /// Whether the customers are listed, not only counted.
  let listsCustomers: Bool
  let plan: FunnelPlan
  /// By code of the event type: class 0 for the first step, 1 for the second, 2 for any.
  private let classes: [UInt8]
  private let observesMaturity: Bool

  /// A step whose event type the store does not have is one that nobody does: see `check`. The values of a breakdown
  /// are looked for here, on this thread: `FunnelQuery.counts` does it on several.
  ///
  /// - Parameter observesMaturity: whether customers whose window is still open at the end of the data are told apart,
  ///   which means to look at more than those who came beyond the first step.
  /// - Throws: `.invalidQuery` for a query that contradicts itself, with what is wrong.
  public init(
    _ query: FunnelQuery, of store: JourneyStore, listingCustomers: Bool = false, observingMaturity: Bool = false
  ) throws(AttributionError) {
    self.init(try FunnelPlan(query, of: store), listingCustomers, observingMaturity)
  }

  init(_ plan: FunnelPlan, _ listsCustomers: Bool, _ observesMaturity: Bool) {
    query = plan.query
    self.plan = plan
    self.listsCustomers = listsCustomers
    self.observesMaturity = observesMaturity
    classes = plan.classifier.possible.dropLast().map { steps in
      (steps & 1 != 0 ? 1 : 0) | (steps & 2 != 0 ? 2 : 0) | (steps != 0 ? 4 : 0)
    }
  }

  /// Refuses settings that are none, and events and properties that the store does not have, with those it has.
  public static func check(_ query: FunnelQuery, of store: JourneyStore) throws(AttributionError) {
    try query.check()
    if let problem = query.unknownNames(of: store).first { throw AttributionError(.unknownName, "funnel: \(problem)") }
  }

  public func empty() -> FunnelTally { FunnelTally(steps: query.steps.count, groups: plan.groupCount) }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout FunnelTally) {
    store.withColumns { columns in
      if query.isPlain && !listsCustomers && !observesMaturity { return foldPlain(customers, columns, into: &partial) }
      var search = FunnelSearch(plan)
      for customer in customers where plan.sample.contains(customer, of: store) {
        search.visit(customer, columns) { group, outcome in
          partial.groups[group].add(outcome, of: customer, columns.timestamps, plan, isListed: listsCustomers)
        }
      }
    }
  }

  /// Most customers get no further than the first step, and need only be counted.
  private func foldPlain(_ customers: Range<Int>, _ columns: EventColumns, into partial: inout FunnelTally) {
    let (masks, isByTypeOnly) = (plan.classifier.masks, plan.classifier.isByTypeOnly)
    var bits = EventBits(classes: 3, classes)
    var candidates = FunnelCandidates(window: query.window)
    var walk = FunnelWalk(query, masks)
    for batch in CustomerBatches(customers, of: columns) {
      bits.find(columns.events(of: batch), in: columns.types)
      if let period = query.period { bits.restrict(batch, to: period, columns) }
      if !isByTypeOnly {
        bits.keep { event in
          let steps = masks.mask(event)
          return (steps & 1 != 0 ? 1 : 0) | (steps & 2 != 0 ? 2 : 0) | (steps != 0 ? 4 : 0)
        }
      }
      candidates.find(batch, bits, columns)
      partial.groups[0].furthest[0] += candidates.starters
      partial.groups[0].reached[0] += candidates.starters
      var customer = batch.lowerBound
      var last = -1
      for candidate in 0..<candidates.count {
        while columns.offsets[customer &+ 1] <= candidates.events[candidate] { customer &+= 1 }
        if customer == last { continue }
        last = customer
        let start = candidates.starts[candidate]
        if let outcome = walk.outcome(of: customer, from: start, bits, columns) {
          partial.groups[0].furthest[0] -= 1
          partial.groups[0].reached[0] -= 1
          partial.groups[0].add(outcome, of: customer, columns.timestamps, plan, isListed: false)
        }
      }
    }
  }

  public func merge(_ later: FunnelTally, into partial: inout FunnelTally) { partial.add(later) }

  public func finish(_ partial: FunnelTally) -> FunnelResult {
    FunnelResult(plan, partial, observesMaturity: observesMaturity)
  }
}
