import Journeys

/// Who bought at or after `from` and before `to`: what a label may see and a feature must not.
struct PurchaseWindow: Aggregation {
  let from: Int64
  let to: Int64
  private let purchase: Int32

  init(of store: JourneyStore, from: Int64, to: Int64) {
    self.from = from
    self.to = to
    purchase = store.eventTypeNames.code(of: "purchase") ?? -1
  }

  func empty() -> [Bool] { [] }

  func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout [Bool]) {
    let (timestamps, types) = (store.timestamps, store.eventTypes)
    for customer in customers {
      // The window lies at the end of the journeys: reading them backwards touches the least.
      var bought = false
      for event in store.events(of: customer).reversed() {
        guard timestamps[event] >= from else { break }
        if timestamps[event] < to, types[event] == purchase {
          bought = true
          break
        }
      }
      partial.append(bought)
    }
  }

  func merge(_ later: [Bool], into partial: inout [Bool]) { partial += later }

  /// One for each customer of the store.
  func finish(_ partial: [Bool]) -> [Bool] { partial }
}
