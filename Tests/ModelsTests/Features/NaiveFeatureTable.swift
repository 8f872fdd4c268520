import Foundation
import Journeys

/// The features of one customer read off their definitions, event by event and feature by feature.
struct NaiveFeatureTable {
  /// Before the moment, in time order; not none.
  let events: [ShopEvents.Event]
  let moment: Int64
  let calendar: ZonedCalendar

  private var purchases: [ShopEvents.Event] { events.filter { $0.type == "purchase" } }

  /// The purchases by local day, in time order.
  private var occasions: [[ShopEvents.Event]] {
    Dictionary(grouping: purchases) { calendar.day($0.timestamp) }.sorted { $0.key < $1.key }.map(\.value)
  }

  private var activity: [ShopEvents.Event] { events.filter { Self.activities.contains($0.type) } }

  private func days(_ timestamp: Int64) -> Double { Double(moment - timestamp) / 86_400_000_000 }

  private func spend(_ purchases: [ShopEvents.Event]) -> Double {
    Double(purchases.compactMap(\.amount).reduce(0, +)) / 100
  }

  private func count(_ types: [String], days window: Double = .infinity) -> Double {
    Double(events.filter { types.contains($0.type) && days($0.timestamp) <= window }.count)
  }

  private func rate(_ part: String, _ whole: String) -> Double {
    count([whole]) > 0 ? count([part]) / count([whole]) : .nan
  }

  private func deviation(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
  }

  private static let activities = [
    "purchase", "email_opened", "email_clicked", "sms_clicked", "push_opened", "page_view", "ad_click",
    "affiliate_click", "cart_added",
  ]
  private static let sent = ["email_sent", "sms_sent", "push_sent"]
  private static let windowTypes = [
    "email_opens": ["email_opened"], "email_clicks": ["email_clicked"], "sms_clicks": ["sms_clicked"],
    "push_opens": ["push_opened"], "visits": ["page_view"], "ad_clicks": ["ad_click", "affiliate_click"],
    "carts": ["cart_added"], "messages": sent,
  ]

  /// 0/0 is not a number, as a missing value should be.
  func value(_ name: String) -> Double? {
    let occasions = occasions
    let starts = occasions.map { Double($0[0].timestamp) / 86_400_000_000 }
    let gaps = zip(starts.dropFirst(), starts).map { $0 - $1 }
    let meanGap = gaps.reduce(0, +) / Double(gaps.count)
    let recency = purchases.last.map { days($0.timestamp) } ?? .nan
    let mean = spend(purchases) / Double(occasions.count)
    switch name {
    case "recency": return recency
    case "frequency": return Double(occasions.count)
    case "orders": return Double(purchases.count)
    case "revenue": return spend(purchases)
    case "monetary": return mean
    case "last_spend_ratio": return mean > 0 ? spend(occasions.last ?? []) / mean : .nan
    case "spend_variation": return occasions.count > 1 && mean > 0 ? deviation(occasions.map(spend)) / mean : .nan
    case "tenure": return purchases.first.map { days($0.timestamp) } ?? .nan
    case "known_for": return days(events[0].timestamp)
    case "mean_gap": return meanGap
    case "gap_variation": return gaps.count > 1 ? deviation(gaps) / meanGap : .nan
    case "overdue": return recency / meanGap
    case "discount_share": return .nan
    case "activity_recency": return activity.last.map { days($0.timestamp) } ?? .nan
    case "active_days": return Double(Set(activity.map { calendar.day($0.timestamp) }).count)
    case "email_open_rate": return rate("email_opened", "email_sent")
    case "email_click_rate": return rate("email_clicked", "email_sent")
    case "sms_click_rate": return rate("sms_clicked", "sms_sent")
    case "push_open_rate": return rate("push_opened", "push_sent")
    case "messages_per_week": return count(Self.sent) / max(1, days(events[0].timestamp) / 7)
    case "message_recency": return events.last { Self.sent.contains($0.type) }.map { days($0.timestamp) } ?? .nan
    case "campaigns_received":
      return Double(Set(events.filter { Self.sent.contains($0.type) }.compactMap(\.campaign)).count)
    case "loyalty_earned": return count(["loyalty_earned"])
    case "loyalty_redeemed": return count(["loyalty_redeemed"])
    case "has_opted_out": return count(["email_unsubscribed", "sms_opted_out"]) > 0 ? 1 : 0
    case "categories": return Double(Set(purchases.flatMap(\.categories)).count)
    case "top_category_share":
      let all = purchases.flatMap { Set($0.categories) }
      return Double(Dictionary(grouping: all) { $0 }.values.map(\.count).max() ?? 0) / Double(all.count)
    case "purchases_year_ago": return .nan
    default: return share(name) ?? windowValue(name)
    }
  }

  private func share(_ name: String) -> Double? {
    func share(_ prefix: String, of all: [String]) -> Double? {
      guard name.hasPrefix(prefix) else { return nil }
      return Double(all.filter { $0 == name.dropFirst(prefix.count) }.count) / Double(all.count)
    }
    let hours = activity.map { event in
      ["night", "morning", "afternoon", "evening"][
        Int(calendar.period(.hour, of: event.timestamp) - calendar.day(event.timestamp) * 24) / 6]
    }
    return share("channel_share_", of: activity.compactMap(\.channel))
      ?? share("device_share_", of: activity.compactMap(\.device)) ?? share("hour_share_", of: hours)
      ?? share("category_share_", of: purchases.flatMap { Set($0.categories) })
  }

  private func windowValue(_ name: String) -> Double? {
    guard let cut = name.lastIndex(of: "_"), let days = Double(name[name.index(after: cut)...].dropLast()) else {
      return nil
    }
    func occasions(_ window: Double) -> Double {
      Double(self.occasions.filter { self.days($0[0].timestamp) <= window }.count)
    }
    let kind = String(name[..<cut])
    switch kind {
    case "purchases": return occasions(days)
    case "revenue": return spend(purchases.filter { self.days($0.timestamp) <= days })
    case "activity_trend":
      let others = Self.activities.filter { $0 != "purchase" }
      let late = count(others, days: days) + occasions(days)
      let both = count(others, days: 2 * days) + occasions(2 * days)
      return (2 * late - both) / both
    default: return Self.windowTypes[kind].map { count($0, days: days) }
    }
  }
}
