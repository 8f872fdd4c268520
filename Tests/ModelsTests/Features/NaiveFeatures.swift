import Foundation
import Journeys

/// The features of one customer read off their definitions, event by event and feature by feature.
struct NaiveFeatures {
  /// Before the moment, in time order.
  let events: [EventList.Event]
  let moment: Int64
  let calendar: ZonedCalendar

  /// The purchases by local day, in time order.
  private var purchaseDays: [[EventList.Event]] {
    let purchases = events.filter { $0.type == "purchase" }
    return Dictionary(grouping: purchases) { calendar.day($0.timestamp) }.sorted { $0.key < $1.key }.map(\.value)
  }

  private func days(since timestamp: Int64) -> Double { Double(moment - timestamp) / 86_400_000_000 }

  private func spend(_ purchases: [EventList.Event]) -> Double {
    Double(purchases.filter { $0.amount != Money.none }.map(\.amount).reduce(0, +)) / 100
  }

  private func count(_ types: [String], days window: Double = .infinity) -> Double {
    Double(events.filter { types.contains($0.type) && days(since: $0.timestamp) <= window }.count)
  }

  func value(_ name: String) -> Double? {
    let purchases = events.filter { $0.type == "purchase" }
    guard let first = purchases.first, let last = purchases.last, let known = events.first else { return nil }
    let occasions = purchaseDays
    let recency = log(1 + days(since: last.timestamp))
    let gap =
      occasions.count == 1
      ? log(1 + days(since: first.timestamp))
      : log(1 + Double(last.timestamp - first.timestamp) / 86_400_000_000 / Double(occasions.count - 1))
    let meanSpend = log(1 + spend(purchases) / Double(occasions.count))
    switch name {
    case "recency": return recency
    case "frequency": return log(Double(occasions.count))
    case "monetary": return meanSpend
    case "tenure": return log(1 + days(since: first.timestamp))
    case "known_for": return log(1 + days(since: known.timestamp))
    case "mean_gap": return gap
    case "recency_to_gap": return recency - gap
    case "is_single_purchase": return occasions.count == 1 ? 1 : 0
    case "last_spend_to_mean": return log(1 + spend(occasions.last ?? [])) - meanSpend
    case "activity_recency":
      let active = Self.windowTypes.values.flatMap(\.self)
      return (events.last { active.contains($0.type) }).map { log(1 + days(since: $0.timestamp)) }
    case "email_open_rate": return (count(["email_opened"]) + 1) / (count(["email_sent"]) + 2)
    case "messages":
      return log(1 + count(["email_sent", "sms_sent", "push_sent"]) / max(1, days(since: known.timestamp) / 7))
    case "loyalty": return log(1 + count(["loyalty_earned", "loyalty_redeemed"]))
    case "has_opted_out": return count(["email_unsubscribed", "sms_opted_out"]) > 0 ? 1 : 0
    default: return windowValue(name)
    }
  }

  private static let windowTypes = [
    "purchases": ["purchase"], "email_opens": ["email_opened"], "email_clicks": ["email_clicked"],
    "sms_clicks": ["sms_clicked"], "push_opens": ["push_opened"], "visits": ["page_view"],
    "ad_clicks": ["ad_click", "affiliate_click"], "carts": ["cart_added"],
  ]

  private func windowValue(_ name: String) -> Double? {
    guard let cut = name.lastIndex(of: "_"), let days = Double(name[name.index(after: cut)...].dropLast()),
      let types = Self.windowTypes[String(name[..<cut])]
    else { return nil }
    if types == ["purchase"] {
      return log(1 + Double(purchaseDays.filter { self.days(since: $0[0].timestamp) <= days }.count))
    }
    return log(1 + count(types, days: days))
  }
}
