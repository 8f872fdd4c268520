import Foundation
import Journeys
import TestSupport

/// Events with channels, campaigns, devices and categories as plain rows: what a naive reference reads, and what a
/// store is imported from.
struct ShopEvents {
  struct Event: Equatable {
    var customer: String
    var timestamp: Int64
    var type: String
    var amount: Int64?
    var channel: String?
    var campaign: String?
    var device: String?
    var categories: [String] = []
  }

  var events: [Event]

  init(events: [Event]) { self.events = events }

  /// `customers` with 0 to 40 events over `days` from 2024-01-01 UTC on, a third of them purchases.
  init(customers: Int, days: Int, seed: UInt64) {
    var random = SeededRandom(seed: seed)
    func one(_ names: [String?]) -> String? { names[Int.random(in: 0..<names.count, using: &random)] }
    events = []
    for customer in 0..<customers {
      for _ in 0..<Int.random(in: 0...40, using: &random) {
        let isPurchase = Int.random(in: 0..<3, using: &random) == 0
        let type = isPurchase ? "purchase" : EventList.types[Int.random(in: 0..<EventList.types.count, using: &random)]
        let timestamp = EventList.start + Int64.random(in: 0..<Int64(days) * EventList.day, using: &random)
        let hasAmount = type == "purchase" && Int.random(in: 0..<9, using: &random) > 0
        events.append(
          Event(
            customer: "customer \(customer)", timestamp: timestamp, type: type,
            amount: hasAmount ? Int64.random(in: 1...500_000, using: &random) : nil,
            channel: one([nil, "email", "sms", "direct", "paid_search"]), campaign: one([nil, "a", "b", "c"]),
            device: one([nil, "mobile", "desktop", "television"]),
            categories: type == "purchase"
              ? [one(["toys", "books", "garden"])!, "toys"].filter { _ in customer % 3 > 0 } : []))
      }
    }
  }

  func store(in folder: TemporaryDirectory, _ name: String = "store") throws -> JourneyStore {
    let lines = events.enumerated().map { place, event in
      var data: [String] = []
      if let amount = event.amount { data.append("\"amount\":\(Double(amount) / 100)") }
      if let device = event.device { data.append("\"device\":\"\(device)\"") }
      if !event.categories.isEmpty {
        data.append("\"categories\":[\(event.categories.map { "\"\($0)\"" }.joined(separator: ","))]")
      }
      let time = Date(timeIntervalSince1970: Double(event.timestamp / 1_000_000)).ISO8601Format().dropLast()
      let fraction = String(1_000_000 + event.timestamp % 1_000_000).dropFirst()
      let id = "00000000-0000-4000-8000-" + String(1_000_000_000_000 + place).dropFirst()
      let fields =
        (event.channel.map { ",\"channel\":\"\($0)\"" } ?? "")
        + (event.campaign.map { ",\"campaign_id\":\"\($0)\"" } ?? "")
      return """
        {"id":"\(id)","customer_id":"\(event.customer)","event_type":"\(event.type)",\
        "timestamp":"\(time).\(fraction)Z"\(fields),"event_data":{\(data.joined(separator: ","))}}
        """
    }
    let file = try folder.file("\(name).jsonl", lines.joined(separator: "\n"))
    let url = folder.url.appending(path: name)
    let summary = try JourneyImport(.jsonLines).run([file], to: url)
    _ = summary
    return try JourneyStore(url)
  }
}
