import Journeys

/// What an event says of a customer.
enum CustomerAction: UInt8, CaseIterable, Sendable {
  case other, signup, purchase, cart, view, adImpression, adClick, affiliateClick
  case emailSent, emailOpened, emailClicked, emailOptOut, smsSent, smsClicked, smsOptOut, pushSent, pushOpened
  case pointsEarned, pointsRedeemed

  init(eventType: String) {
    self =
      switch eventType {
      case "signup": .signup
      case "purchase": .purchase
      case "cart_added": .cart
      case "page_view": .view
      case "ad_impression": .adImpression
      case "ad_click": .adClick
      case "affiliate_click": .affiliateClick
      case "email_sent": .emailSent
      case "email_opened": .emailOpened
      case "email_clicked": .emailClicked
      case "email_unsubscribed": .emailOptOut
      case "sms_sent": .smsSent
      case "sms_clicked": .smsClicked
      case "sms_opted_out": .smsOptOut
      case "push_sent": .pushSent
      case "push_opened": .pushOpened
      case "loyalty_earned": .pointsEarned
      case "loyalty_redeemed": .pointsRedeemed
      default: .other
      }
  }

  /// The customer's own doing: opens, clicks, visits, carts, purchases.
  var isActivity: Bool {
    switch self {
    case .purchase, .cart, .view, .adClick, .affiliateClick, .emailOpened, .emailClicked, .smsClicked, .pushOpened: true
    default: false
    }
  }

  /// An open or a click of a message.
  var isAnswer: Bool {
    switch self {
    case .emailOpened, .emailClicked, .smsClicked, .pushOpened: true
    default: false
    }
  }
}

/// The action of each event type of a store.
struct CustomerActions: Sendable {
  private let actions: [CustomerAction]

  init(_ names: NameTable) { actions = names.names.map(CustomerAction.init(eventType:)) }

  @inline(__always) subscript(code: Int32) -> CustomerAction {
    actions.indices.contains(Int(code)) ? actions[Int(code)] : .other
  }
}

extension JourneyStore {
  /// The column of a key of `event_data`; nil when no event has the key.
  func eventData(_ key: String) -> Property? {
    (try? property("event_data.\(key)")) ?? (try? property(key))
  }

  /// The codes and names of a key of `event_data` that is text; nil when no event has it.
  func eventNames(_ key: String) -> (codes: Column<Int32>, names: NameTable)? {
    if case .names(let codes, let names) = eventData(key) { (codes, names) } else { nil }
  }
}
