import Foundation
import Journeys
import TestSupport

/// Events with campaigns, as a store.
struct SendEvents {
  struct Event {
    var customer: String
    var timestamp: Int64
    var type: String
    var campaign: String?
  }

  static let hour: Int64 = 3_600_000_000
  static let second: Int64 = 1_000_000
  static let day = 24 * hour
  /// Monday 2024-01-01T00:00:00Z.
  static let start: Int64 = 1_704_067_200_000_000

  var events: [Event] = []

  mutating func add(_ customer: String, _ hours: Double, _ type: String, _ campaign: String? = nil) {
    events.append(
      Event(
        customer: customer, timestamp: Self.start + Int64(hours * Double(Self.hour)), type: type, campaign: campaign))
  }

  func store(in folder: TemporaryDirectory, _ name: String = "store") throws -> JourneyStore {
    var builder = JourneyStoreBuilder()
    for event in events {
      func bytes<R>(_ text: String, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        Array(text.utf8).withUnsafeBytes(body)
      }
      bytes(event.customer) { customer in
        bytes(event.type) { type in
          bytes(event.campaign ?? "") { campaign in
            _ = builder.append(
              customer: customer, timestamp: event.timestamp, type: type, channel: nil,
              campaign: event.campaign == nil ? nil : campaign, amount: Money.none, id: .none)
          }
        }
      }
    }
    let url = folder.url.appending(path: name)
    _ = try builder.write(to: url, source: StoreManifest.Source(kind: "test", names: []))
    return try JourneyStore(url)
  }

  /// Customers who are about in the morning or in the evening, and are sent an e-mail a day at any hour of the day.
  init(customers: Int, days: Int, seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for customer in 0..<customers {
      let name = "customer \(customer)"
      let peak = customer % 2 == 0 ? 9 : 20
      for day in 0..<days {
        let sent = Double(day * 24 + Int.random(in: 8..<22, using: &random))
        add(name, sent, "email_sent", "daily \(day)")
        let distance = abs(sent - Double(day * 24 + peak))
        if Double.random(in: 0..<1, using: &random) < 0.05 + 0.5 * exp(-distance * distance / 8) {
          add(name, sent + Double.random(in: 0.01..<3, using: &random), "email_opened", "daily \(day)")
        }
        if Double.random(in: 0..<1, using: &random) < 0.3 {
          add(name, Double(day * 24 + peak) + Double.random(in: 0..<1, using: &random), "page_view")
        }
      }
    }
  }

  init() {}
}
