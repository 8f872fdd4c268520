/// The event types that are a customer's own doing, or a delivery that he noticed: what attribution calls touches.
package enum Engagement {
  package static let types = [
    "email_opened", "email_clicked", "sms_delivered", "sms_clicked", "push_opened", "ad_click", "affiliate_click",
  ]
  /// Engagements only when a channel brought the customer.
  package static let visitTypes = ["page_view"]

  package enum Kind: Sendable {
    case always, withChannel

    /// Nil for an event type that is no engagement.
    package init?(eventType: String) {
      if Engagement.types.contains(eventType) {
        self = .always
      } else if Engagement.visitTypes.contains(eventType) {
        self = .withChannel
      } else {
        return nil
      }
    }
  }
}
