import Foundation
import Journeys
import TestSupport

/// Customers who buy about weekly, half of whom have a day after which they buy no more: who is overdue is gone.
enum TestShop {
  static let days = 150
  static let horizon = 30 * EventList.day
  static let asOf = EventList.start + Int64(days) * EventList.day

  static func list(customers: Int = 1500, seed: UInt64 = 8) -> EventList {
    var random = SeededRandom(seed: seed)
    var events: [EventList.Event] = []
    for customer in 0..<customers {
      let end = Bool.random(using: &random) ? Double.random(in: 0..<Double(days), using: &random) : Double(days)
      let spend = Int64.random(in: 5_000...50_000, using: &random)
      var day = Double.random(in: 0..<40, using: &random)
      while day < end {
        let timestamp = EventList.start + Int64(day * Double(EventList.day))
        let amount = spend * Int64.random(in: 80...120, using: &random) / 100
        events.append(.init(customer: "c\(customer)", timestamp: timestamp, type: "purchase", amount: amount))
        day += -7 * log(1 - Double.random(in: 0..<1, using: &random)) + 0.5
      }
      events.append(
        .init(customer: "visitor \(customer)", timestamp: EventList.start, type: "page_view", amount: Money.none))
    }
    return EventList(events: events)
  }
}
