import Foundation
import Journeys
import TestSupport

/// Events of customers as plain rows: what a naive reference reads, and what a store is made of.
struct EventList {
  struct Event: Equatable {
    var customer: String
    var timestamp: Int64
    var type: String
    var amount: Int64
  }

  var events: [Event]

  static let types = [
    "purchase", "email_sent", "email_opened", "email_clicked", "sms_sent", "sms_clicked", "push_sent", "push_opened",
    "page_view", "ad_click", "affiliate_click", "cart_added", "email_unsubscribed", "sms_opted_out", "loyalty_earned",
    "loyalty_redeemed", "signup", "ad_impression",
  ]

  /// `customers` with 0 to 40 events over `days` from 2024-01-01 UTC on, a third of them purchases.
  init(customers: Int, days: Int, seed: UInt64) {
    var random = SeededRandom(seed: seed)
    events = []
    for customer in 0..<customers {
      for _ in 0..<Int.random(in: 0...40, using: &random) {
        let isPurchase = Int.random(in: 0..<3, using: &random) == 0
        let type = isPurchase ? "purchase" : Self.types[Int.random(in: 0..<Self.types.count, using: &random)]
        let timestamp = Self.start + Int64.random(in: 0..<Int64(days) * Self.day, using: &random)
        let hasAmount = type == "purchase" && Int.random(in: 0..<9, using: &random) > 0
        let amount = hasAmount ? Int64.random(in: 0...500_000, using: &random) : Money.none
        events.append(
          Event(customer: "customer \(customer)", timestamp: timestamp, type: type, amount: amount))
      }
    }
  }

  init(events: [Event]) { self.events = events }

  static let day: Int64 = 86_400_000_000
  /// 2024-01-01T00:00:00Z.
  static let start: Int64 = 1_704_067_200_000_000

  func store(in folder: TemporaryDirectory, _ name: String = "store") throws -> JourneyStore {
    var builder = JourneyStoreBuilder()
    for event in events {
      Array(event.customer.utf8).withUnsafeBytes { customer in
        Array(event.type.utf8).withUnsafeBytes { type in
          _ = builder.append(
            customer: customer, timestamp: event.timestamp, type: type, channel: nil, campaign: nil,
            amount: event.amount, id: .none)
        }
      }
    }
    let url = folder.url.appending(path: name)
    _ = try builder.write(to: url, source: StoreManifest.Source(kind: "test", names: []))
    return try JourneyStore(url)
  }
}
