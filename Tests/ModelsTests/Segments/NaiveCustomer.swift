import Foundation
import Journeys

/// One customer's fields read off their definitions, event by event and field by field.
struct NaiveCustomer {
  /// Before the moment, in time order.
  let events: [CustomerEvents.Event]
  let moment: Int64
  let calendar: ZonedCalendar

  private func days(since time: Int64?) -> Double? { time.map { Double(moment - $0) / 86_400_000_000 } }

  func count(_ types: String...) -> Int { events.count { types.contains($0.type) } }

  private func rate(_ part: String, _ whole: String) -> Double? {
    count(whole) == 0 ? nil : min(1, Double(count(part)) / Double(count(whole)))
  }

  static let activity = [
    "purchase", "cart_added", "page_view", "ad_click", "affiliate_click", "email_opened", "email_clicked",
    "sms_clicked", "push_opened",
  ]

  var purchases: [CustomerEvents.Event] { events.filter { $0.type == "purchase" } }
  private var active: [CustomerEvents.Event] { events.filter { Self.activity.contains($0.type) } }
  private var amounts: [Double] { purchases.compactMap(\.amount).map { Double($0) / 100 } }

  var meanGap: Double? {
    let days = Set(purchases.map { calendar.day($0.time) }).count
    guard days > 1, let first = purchases.first, let last = purchases.last else { return nil }
    return Double(last.time - first.time) / 86_400_000_000 / Double(days - 1)
  }

  func score(_ channel: String) -> Double? {
    var (answers, isReached) = (0.0, false)
    for event in events {
      let value: Double
      switch (channel, event.type) {
      case ("email", "email_opened"), ("push", "push_opened"): value = 1
      case ("email", "email_clicked"), ("sms", "sms_clicked"): value = 2
      case ("social", "ad_click") where event.channel == "social_media": value = 2
      case ("social", "page_view") where event.channel == "social_media": value = 1
      case ("social", "ad_impression") where event.channel == "social_media": value = 0
      case ("email", "email_sent"), ("sms", "sms_sent"), ("push", "push_sent"): value = 0
      case ("email", "email_unsubscribed"), ("sms", "sms_opted_out"):
        (answers, isReached) = (0, true)
        continue
      default: continue
      }
      isReached = true
      answers += value * pow(0.5, Double(moment - event.time) / 86_400_000_000 / 30)
    }
    return isReached ? 1 - pow(0.5, answers / 4) : nil
  }

  func number(_ field: String) -> Double? {
    switch field {
    case "customer_lifetime_value": amounts.reduce(0, +)
    case "total_orders": Double(count("purchase"))
    case "avg_order_value": amounts.isEmpty ? nil : amounts.reduce(0, +) / Double(amounts.count)
    case "last_order_value": amounts.last
    case "max_order_value": amounts.max()
    case "min_order_value": amounts.min()
    case "purchase_days": Double(Set(purchases.map { calendar.day($0.time) }).count)
    case "avg_days_between_purchases": meanGap
    case "days_since_last_purchase": days(since: purchases.last?.time)
    case "days_since_first_purchase": days(since: purchases.first?.time)
    case "days_since_signup": days(since: events.first { $0.type == "signup" }?.time)
    case "days_since_last_activity": days(since: active.last?.time)
    case "days_since_first_seen": days(since: events.first?.time)
    case "emails_sent": Double(count("email_sent"))
    case "emails_opened": Double(count("email_opened"))
    case "emails_clicked": Double(count("email_clicked"))
    case "email_open_rate": rate("email_opened", "email_sent")
    case "email_click_rate": rate("email_clicked", "email_sent")
    case "sms_sent": Double(count("sms_sent"))
    case "sms_clicked": Double(count("sms_clicked"))
    case "sms_click_rate": rate("sms_clicked", "sms_sent")
    case "push_sent": Double(count("push_sent"))
    case "push_opened": Double(count("push_opened"))
    case "push_open_rate": rate("push_opened", "push_sent")
    case "page_views": Double(count("page_view"))
    case "ad_clicks": Double(count("ad_click", "affiliate_click"))
    case "carts_added": Double(count("cart_added"))
    case "loyalty_points":
      Double(
        events.filter { $0.type == "loyalty_earned" }.compactMap(\.points).reduce(0, +)
          - events.filter { $0.type == "loyalty_redeemed" }.compactMap(\.points).reduce(0, +))
    case "email_engagement": score("email")
    case "sms_engagement": score("sms")
    case "push_engagement": score("push")
    case "social_engagement": score("social")
    case "engagement_score": ["email", "sms", "push", "social"].compactMap(score).max()
    default: nil
    }
  }

  func time(_ field: String) -> Int64? {
    switch field {
    case "last_purchase_date": purchases.last?.time
    case "first_purchase_date": purchases.first?.time
    case "signup_date": events.first { $0.type == "signup" }?.time
    case "last_activity_date": active.last?.time
    case "first_seen_date": events.first?.time
    default: nil
    }
  }

  /// The values of a text field; several for a most frequent one without a clear winner.
  func texts(_ field: String) -> [String] {
    switch field {
    case "location": return events.last { $0.location != nil }?.location.map { [$0] } ?? []
    case "device":
      let counts = Dictionary(active.compactMap(\.device).map { ($0, 1) }, uniquingKeysWith: +)
      return counts.filter { $0.value == counts.values.max() }.map(\.key)
    case "preferred_channel":
      let names = ["email": "email", "sms": "sms", "push": "push_notification", "social": "social_media"]
      let scores = ["email", "sms", "push", "social"].map { ($0, score($0) ?? 0) }.filter { $0.1 > 0 }
      return scores.max { $0.1 < $1.1 }.flatMap { names[$0.0] }.map { [$0] } ?? []
    case "acquisition_channel": return events.first { $0.channel != nil }?.channel.map { [$0] } ?? []
    case "purchase_frequency":
      guard let gap = meanGap else { return [] }
      let limits = [(2.0, "daily"), (10, "weekly"), (20, "biweekly"), (45, "monthly"), (135, "quarterly")]
      return [limits.first { gap <= $0.0 }?.1 ?? "yearly"]
    default: return []
    }
  }

  func set(_ field: String) -> Set<String> {
    switch field {
    case "categories": Set(events.flatMap(\.categories))
    case "purchased_categories": Set(purchases.flatMap(\.categories))
    case "channels": Set(active.compactMap(\.channel))
    case "campaigns": Set(events.compactMap(\.campaign))
    case "engaged_campaigns": Set(active.compactMap(\.campaign))
    case "event_types": Set(events.map(\.type))
    case "event_data.location": Set(events.compactMap(\.location))
    default: []
    }
  }

  func flag(_ field: String) -> Bool {
    switch field {
    case "has_purchased": !purchases.isEmpty
    case "has_abandoned_cart":
      (events.lastIndex { $0.type == "cart_added" } ?? -1) > (events.lastIndex { $0.type == "purchase" } ?? -1)
    case "email_opted_out": count("email_unsubscribed") > 0
    case "sms_opted_out": count("sms_opted_out") > 0
    default: false
    }
  }
}
