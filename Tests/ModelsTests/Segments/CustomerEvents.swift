import Foundation
import Journeys
import TestSupport

/// Events with their data, as plain rows: what a naive reference reads, and what a store is made of.
struct CustomerEvents {
  struct Event: Equatable {
    var customer: String
    /// Microseconds since 1970 UTC.
    var time: Int64
    var type: String
    var channel: String?
    var campaign: String?
    /// Minor units.
    var amount: Int64?
    var categories: [String] = []
    var device: String?
    var location: String?
    var points: Int?
    var brand: String?
  }

  static let day: Int64 = 86_400_000_000
  /// 2024-06-01T00:00:00Z, to which the times of `at` are relative.
  static let moment: Int64 = 1_717_200_000_000_000

  var events: [Event] = []

  /// An event so many days before the moment (behind it, if negative).
  mutating func add(
    _ customer: String, _ type: String, daysAgo: Double, channel: String? = nil, campaign: String? = nil,
    amount: Int64? = nil, categories: [String] = [], device: String? = nil, location: String? = nil,
    points: Int? = nil, brand: String? = nil
  ) {
    let time = Self.moment - Int64((daysAgo * Double(Self.day)).rounded())
    events.append(
      Event(
        customer: customer, time: time, type: type, channel: channel, campaign: campaign, amount: amount,
        categories: categories, device: device, location: location, points: points, brand: brand))
  }

  private static let types: [(type: String, channel: String?)] = [
    ("email_sent", "email"), ("email_opened", "email"), ("email_clicked", "email"), ("sms_sent", "sms"),
    ("sms_clicked", "sms"), ("push_sent", "push_notification"), ("push_opened", "push_notification"),
    ("page_view", "social_media"), ("page_view", nil), ("ad_impression", "social_media"), ("ad_click", "social_media"),
    ("ad_click", "paid_search"), ("cart_added", nil), ("email_unsubscribed", "email"), ("loyalty_earned", nil),
    ("loyalty_redeemed", nil), ("signup", nil), ("purchase", nil), ("purchase", nil), ("purchase", nil),
    ("sms_opted_out", "sms"), ("affiliate_click", "affiliate"), ("experiment_assigned", nil),
  ]
  static let categoryNames = ["books", "electronics", "fashion", "groceries", "Beauty \"plus\""]
  static let locations = ["Dhaka", "Chittagong", "Sylhet"]
  static let devices = ["mobile", "desktop", "tablet"]

  /// `count` customers with up to `most` events each, from 150 days before the moment to 30 behind it.
  static func random(_ count: Int, most: Int = 40, seed: UInt64) -> CustomerEvents {
    var random = SeededRandom(seed: seed)
    func some<Value>(_ values: [Value]) -> Value? {
      Int.random(in: 0..<3, using: &random) == 0 ? nil : values.randomElement(using: &random)
    }
    var list = CustomerEvents()
    for customer in 0..<count {
      for _ in 0..<Int.random(in: 1...most, using: &random) {
        let kind = types[Int.random(in: 0..<types.count, using: &random)]
        let isPurchase = kind.type == "purchase"
        let hasAmount = isPurchase && Int.random(in: 0..<8, using: &random) > 0
        let amount = hasAmount ? Int64.random(in: 1...500_000, using: &random) : nil
        let categories = (0..<Int.random(in: 0...3, using: &random)).compactMap { _ in some(categoryNames) }
        list.add(
          "customer \(customer)", kind.type,
          daysAgo: Double(Int.random(in: -2_592_000...12_960_000, using: &random)) / 86_400,
          channel: kind.channel, campaign: some(["spring", "eid"]), amount: amount,
          categories: isPurchase || kind.type == "cart_added" ? Array(Set(categories)).sorted() : [],
          device: some(devices), location: some(locations),
          points: kind.type.hasPrefix("loyalty") ? Int.random(in: 1...100, using: &random) : nil)
      }
    }
    return list
  }

  func store(in folder: TemporaryDirectory, _ name: String = "store", properties: [String] = []) throws -> JourneyStore
  {
    let file = try folder.file("\(name).jsonl", events.map(Self.line).joined(separator: "\n"))
    let url = folder.url.appending(path: name)
    _ = try JourneyImport(.jsonLines, properties: properties).run([file], to: url)
    return try JourneyStore(url)
  }

  private static func line(_ event: Event) -> String {
    var data: [String: Any] = [:]
    if let amount = event.amount { data["amount"] = NSDecimalNumber(value: amount).dividing(by: 100) }
    if !event.categories.isEmpty { data["categories"] = event.categories }
    data["device"] = event.device
    data["location"] = event.location
    data["points"] = event.points
    data["brand"] = event.brand
    var object: [String: Any] = [
      "id": UUID().uuidString, "customer_id": event.customer, "event_type": event.type, "event_data": data,
    ]
    let seconds = Date(timeIntervalSince1970: Double(event.time / 1_000_000)).ISO8601Format().dropLast()
    object["timestamp"] = "\(seconds).\(String(1_000_000 + event.time % 1_000_000).dropFirst())Z"
    object["channel"] = event.channel
    object["campaign_id"] = event.campaign
    let bytes = (try? JSONSerialization.data(withJSONObject: object)) ?? Data()
    return String(decoding: bytes, as: UTF8.self)
  }
}
