/// The platform's `marketing_channel` values.
public enum GeneratedChannel: UInt8, CaseIterable, Sendable {
  case email
  case sms
  case pushNotification
  case socialMedia
  case affiliate
  case direct
  case organicSearch
  case paidSearch

  public var name: String { staticName.description }

  var staticName: StaticString {
    switch self {
    case .email: "email"
    case .sms: "sms"
    case .pushNotification: "push_notification"
    case .socialMedia: "social_media"
    case .affiliate: "affiliate"
    case .direct: "direct"
    case .organicSearch: "organic_search"
    case .paidSearch: "paid_search"
    }
  }
}

/// The event types that the generator writes.
public enum GeneratedEventType: UInt8, CaseIterable, Sendable {
  case emailSent, emailDelivered, emailBounced, emailOpened, emailClicked, emailUnsubscribed
  case smsSent, smsDelivered, smsFailed, smsClicked, smsOptedOut
  case pushSent, pushOpened
  case adImpression, adClick, affiliateClick
  case pageView, cartAdded, purchase, signup
  case loyaltyEarned, loyaltyRedeemed
  case experimentAssigned

  public var name: String { staticName.description }

  var staticName: StaticString {
    switch self {
    case .emailSent: "email_sent"
    case .emailDelivered: "email_delivered"
    case .emailBounced: "email_bounced"
    case .emailOpened: "email_opened"
    case .emailClicked: "email_clicked"
    case .emailUnsubscribed: "email_unsubscribed"
    case .smsSent: "sms_sent"
    case .smsDelivered: "sms_delivered"
    case .smsFailed: "sms_failed"
    case .smsClicked: "sms_clicked"
    case .smsOptedOut: "sms_opted_out"
    case .pushSent: "push_sent"
    case .pushOpened: "push_opened"
    case .adImpression: "ad_impression"
    case .adClick: "ad_click"
    case .affiliateClick: "affiliate_click"
    case .pageView: "page_view"
    case .cartAdded: "cart_added"
    case .purchase: "purchase"
    case .signup: "signup"
    case .loyaltyEarned: "loyalty_earned"
    case .loyaltyRedeemed: "loyalty_redeemed"
    case .experimentAssigned: "experiment_assigned"
    }
  }

  /// What an event of this type costs the shop, in hundredths of a taka: a message sent, an ad shown or clicked.
  func cost(on channel: GeneratedChannel?) -> Int64 {
    switch (self, channel) {
    case (.emailSent, _): 2
    case (.smsSent, _): 50
    case (.pushSent, _): 1
    case (.adImpression, _): 6
    case (.adClick, .paidSearch?): 800
    case (.adClick, _): 450
    case (.affiliateClick, _): 300
    default: 0
    }
  }
}
