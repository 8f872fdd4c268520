import Journeys

/// An ordered funnel: how many customers take its steps, in this order, within a window from the first.
///
/// Other events may lie between. The first step begins anew with every event that is it. Events at the same instant
/// happen in the order of the steps they are. Each customer counts once, with the chain that first got furthest.
/// Linear in events.
public struct Funnel: Aggregation {
  public let query: FunnelQuery
  /// Whether the customers are listed, not only counted.
  let listsCustomers: Bool
  private let roles: EventRoles
  /// By code of the event type: the steps that it is, as bits.
  private let steps: [UInt64]

  /// A step whose event type the store does not have is one that nobody does: see `check`.
  ///
  /// - Throws: `.invalidQuery` without steps, with more than 64, or with a negative window.
  public init(_ query: FunnelQuery, of store: JourneyStore, listingCustomers: Bool = false) throws(AttributionError) {
    guard 1...FunnelQuery.mostSteps ~= query.steps.count, query.steps.allSatisfy({ !$0.events.isEmpty }) else {
      throw AttributionError(
        .invalidQuery, "funnel: 1 to \(FunnelQuery.mostSteps) steps are needed, each with an event type")
    }
    guard query.window >= 0 else { throw AttributionError(.invalidQuery, "funnel: the window is negative") }
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
    roles = EventRoles(steps.map { $0 == 0 ? 0 : 1 })
  }

  /// Refuses steps whose event types the store does not have, with the names it has.
  public static func check(_ query: FunnelQuery, of store: JourneyStore) throws(AttributionError) {
    _ = try store.eventTypeCodes(query.steps.flatMap(\.events).compactMap { $0 }, for: "funnel steps")
  }

  public func empty() -> FunnelTally { FunnelTally(steps: query.steps.count) }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout FunnelTally) {
    let (offsets, timestamps) = (store.offsets, store.timestamps)
    var selection = EventSelection()
    var chains = FunnelChains(steps: query.steps.count, window: query.window)
    for batch in CustomerBatches(customers, of: store) {
      selection.select(batch, of: store, roles)
      var next = 0
      for customer in batch {
        let entries = selection.entries(from: next, before: Int(offsets[customer &+ 1]))
        next = entries.upperBound
        if entries.isEmpty { continue }
        chains.begin()
        walk(entries, selection, store, &chains)
        guard chains.reached > 0 else { continue }
        partial.add(chains, of: customer, timestamps, isListed: listsCustomers)
      }
    }
  }

  public func merge(_ later: FunnelTally, into partial: inout FunnelTally) { partial.add(later) }

  public func finish(_ partial: FunnelTally) -> FunnelResult { FunnelResult(query, partial) }

  /// Takes the events of a customer in groups of the same instant.
  private func walk(
    _ entries: Range<Int>, _ selection: borrowing EventSelection, _ store: JourneyStore, _ chains: inout FunnelChains
  ) {
    let (timestamps, types) = (store.timestamps, store.eventTypes)
    let (from, to) = (query.period?.lowerBound ?? .min, query.period?.upperBound ?? .max)
    var entry = entries.lowerBound
    while entry < entries.upperBound && !chains.isComplete {
      let event = selection[entry]
      let time = timestamps[event]
      let first = entry
      repeat { entry &+= 1 } while entry < entries.upperBound && timestamps[selection[entry]] == time
      if time < from { continue }
      if time > to { return }
      let mask = steps[Int(types[event])]
      if entry == first &+ 1 {
        chains.add(event, at: time, isSteps: mask)
        continue
      }
      let group = first..<entry
      if group.allSatisfy({ steps[Int(types[selection[$0]])] == mask }) {
        for other in group { chains.add(selection[other], at: time, isSteps: mask) }
      } else {
        for step in query.steps.indices {
          for other in group where steps[Int(types[selection[other]])] & (1 << UInt64(step)) != 0 {
            chains.add(selection[other], at: time, asStep: step)
          }
        }
      }
    }
  }
}
