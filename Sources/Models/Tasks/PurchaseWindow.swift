import Journeys

/// What was bought at or after `from` and before `to`: what a label may see and a feature must not.
struct PurchaseWindow: Aggregation {
  struct Purchases: Sendable, Codable {
    /// One for each customer of the store.
    var bought: [Bool] = []
    /// Minor units.
    var revenue: [Int64] = []
  }

  let from: Int64
  let to: Int64
  private let purchase: Int32

  init(of store: JourneyStore, from: Int64, to: Int64) {
    self.from = from
    self.to = to
    purchase = store.eventTypeNames.code(of: "purchase") ?? -1
  }

  func empty() -> Purchases { Purchases() }

  func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout Purchases) {
    let (timestamps, types, amounts) = (store.timestamps, store.eventTypes, store.amounts)
    for customer in customers {
      // The window lies at the end of the journeys: reading them backwards touches the least.
      var (bought, revenue) = (false, Int64(0))
      for event in store.events(of: customer).reversed() {
        guard timestamps[event] >= from else { break }
        guard timestamps[event] < to, types[event] == purchase else { continue }
        bought = true
        if amounts[event] != Money.none { revenue += amounts[event] }
      }
      partial.bought.append(bought)
      partial.revenue.append(revenue)
    }
  }

  func merge(_ later: Purchases, into partial: inout Purchases) {
    partial.bought += later.bought
    partial.revenue += later.revenue
  }

  func finish(_ partial: Purchases) -> Purchases { partial }
}
