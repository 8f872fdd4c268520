import Journeys

/// Event types that say the same about a customer.
enum BehaviourGroup: Int, CaseIterable, Sendable {
  case purchases, emailSent, emailOpens, emailClicks, smsSent, smsClicks, pushSent, pushOpens, visits, adClicks, carts
  case optOuts, loyaltyEarned, loyaltyRedeemed

  /// Nil for event types that no feature reads.
  init?(eventType: String) {
    switch eventType {
    case "purchase": self = .purchases
    case "email_sent": self = .emailSent
    case "email_opened": self = .emailOpens
    case "email_clicked": self = .emailClicks
    case "sms_sent": self = .smsSent
    case "sms_clicked": self = .smsClicks
    case "push_sent": self = .pushSent
    case "push_opened": self = .pushOpens
    case "page_view": self = .visits
    case "ad_click", "affiliate_click": self = .adClicks
    case "cart_added": self = .carts
    case "email_unsubscribed", "sms_opted_out": self = .optOuts
    case "loyalty_earned": self = .loyaltyEarned
    case "loyalty_redeemed": self = .loyaltyRedeemed
    default: return nil
    }
  }

  /// What the customer did, not what was sent to them.
  var isActivity: Bool {
    switch self {
    case .emailOpens, .emailClicks, .smsClicks, .pushOpens, .visits, .adClicks, .carts, .purchases: true
    case .emailSent, .smsSent, .pushSent, .optOuts, .loyaltyEarned, .loyaltyRedeemed: false
    }
  }

  var isMessage: Bool { self == .emailSent || self == .smsSent || self == .pushSent }

  static let activities = allCases.filter(\.isActivity)
  static let messages = allCases.filter(\.isMessage)

  /// Name and meaning of the counts per window; nil for groups that are not counted so.
  var windowFeature: (name: String, meaning: String)? {
    switch self {
    case .purchases: ("purchases", "days with a purchase")
    case .emailOpens: ("email_opens", "e-mails opened")
    case .emailClicks: ("email_clicks", "clicks in e-mails")
    case .smsClicks: ("sms_clicks", "clicks in text messages")
    case .pushOpens: ("push_opens", "push notifications opened")
    case .visits: ("visits", "pages viewed")
    case .adClicks: ("ad_clicks", "clicks on ads and affiliate links")
    case .carts: ("carts", "products put into the cart")
    case .emailSent, .smsSent, .pushSent, .optOuts, .loyaltyEarned, .loyaltyRedeemed: nil
    }
  }
}

/// The group of each event type of a store.
struct BehaviourGroups: Sendable {
  /// By code; -1 for types that no feature reads.
  private let places: [Int8]

  init(_ names: NameTable) {
    places = names.names.map { Int8(BehaviourGroup(eventType: $0)?.rawValue ?? -1) }
  }

  var hasPurchases: Bool { places.contains(Int8(BehaviourGroup.purchases.rawValue)) }

  @inline(__always) subscript(code: Int32) -> BehaviourGroup? {
    code >= 0 && code < places.count ? BehaviourGroup(rawValue: Int(places[Int(code)])) : nil
  }
}
