/// What an event counts as in the performance of the campaign that it names.
///
/// One list for real-time performance (MongoDB), for the nightly rows (PostgreSQL) and for reports, so that their
/// numbers agree. Events of other types are no performance: visits, carts, loyalty.
package enum CampaignMetric: String, CaseIterable, Codable, Sendable {
  case sent, delivered, opened, clicked, bounced, unsubscribed, conversions

  /// Nil for an event type that is counted nowhere.
  package init?(eventType: some StringProtocol) {
    switch eventType {
    case "email_sent", "sms_sent", "push_sent": self = .sent
    case "email_delivered", "sms_delivered": self = .delivered
    case "email_opened", "push_opened": self = .opened
    case "email_clicked", "sms_clicked", "ad_click", "affiliate_click": self = .clicked
    case "email_bounced", "sms_failed": self = .bounced
    case "email_unsubscribed", "sms_opted_out": self = .unsubscribed
    case "purchase": self = .conversions
    default: return nil
    }
  }
}
