import Foundation
import TestSupport

/// An event as a test writes it: JSON that says what it means, and the numbers to judge the result by.
struct TestEvent {
  var id: String
  var customer: String
  var type: String
  /// Microseconds since 1970 UTC.
  var timestamp: Int64
  var campaign: String?
  var channel: String?
  /// JSON of `event_data`'s members.
  var data: String = ""

  var json: String {
    var text = #"{"id":"\#(id)","customer_id":"\#(customer)","event_type":"\#(type)","timestamp":"\#(time)""#
    if let campaign { text += #","campaign_id":"\#(campaign)""# }
    if let channel { text += #","channel":"\#(channel)""# }
    return text + #","event_data":{\#(data)}}"#
  }

  var time: String {
    let seconds = timestamp / 1_000_000
    let date = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    return date.dropLast() + "." + String(format: "%06d", timestamp % 1_000_000) + "Z"
  }

  /// Customer and month, UTC.
  var journey: String { "\(customer):\(time.prefix(7).filter { $0 != "-" })" }
}

/// Events of some customers over some months, the same for a seed.
func testEvents(_ count: Int, customers: Int = 50, campaigns: Int = 5, seed: UInt64 = 1) -> [TestEvent] {
  var random = SeededRandom(seed: seed)
  let types = [
    "email_sent", "email_delivered", "email_opened", "email_clicked", "page_view", "purchase", "sms_sent",
    "email_unsubscribed", "loyalty_earned",
  ]
  let start: Int64 = 1_735_689_600_000_000  // 2025-01-01
  return (0..<count).map { index in
    let type = types[Int(random.next() % UInt64(types.count))]
    let isCampaign = random.next() % 4 != 0
    let city = ["Dhaka", "Chittagong", "Cox's Bazar", "St. Martin's"][Int(random.next() % 4)]
    let data =
      switch type {
      case "purchase": #""order_id":"o\#(index)","amount":\#(random.next() % 500_000).\#(random.next() % 90 + 10)"#
      case "email_sent": #""variant":"\#(["a", "b"][Int(random.next() % 2)])","subject":"ঈদ সেল $ \#(index)""#
      case "email_opened", "email_clicked":
        #""device":"\#(["mobile", "desktop"][Int(random.next() % 2)])","location":"\#(city)","n":[1,2.5,{"a":null}]"#
      default: #""points":\#(index)"#
      }
    return TestEvent(
      id: uuid(&random), customer: "customer-\(random.next() % UInt64(customers))", type: type,
      timestamp: start + Int64(index) * 90 * 86_400_000_000 / Int64(count) + Int64(random.next() % 86_400_000_000),
      campaign: isCampaign ? "campaign-\(random.next() % UInt64(campaigns))" : nil,
      channel: type.hasPrefix("sms") ? "sms" : type == "page_view" || type == "purchase" ? nil : "email", data: data)
  }
}

func uuid(_ random: inout SeededRandom) -> String {
  let (a, b) = (random.next(), random.next())
  let hex = String(format: "%016lx%016lx", a, b)
  let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { range in
    String(hex.dropFirst(range.lowerBound).prefix(range.count))
  }
  return parts.joined(separator: "-")
}
