import Journeys

/// What an event counts as in an entity's figures, in a byte.
struct EntityEventKind: RawRepresentable, BitwiseCopyable, Equatable, Sendable {
  let rawValue: UInt8

  static let none = EntityEventKind(rawValue: 0)
  static let sent = EntityEventKind(rawValue: 1)
  static let delivered = EntityEventKind(rawValue: 2)
  static let opened = EntityEventKind(rawValue: 3)
  static let clicked = EntityEventKind(rawValue: 4)
  static let bounced = EntityEventKind(rawValue: 5)
  static let unsubscribed = EntityEventKind(rawValue: 6)
  static let purchase = EntityEventKind(rawValue: 7)
  static let impression = EntityEventKind(rawValue: 8)
  static let pointsEarned = EntityEventKind(rawValue: 9)
  static let pointsRedeemed = EntityEventKind(rawValue: 10)

  /// Set beside the kind for an event that says that it reached the customer.
  private static let reached: UInt8 = 0x80

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// - Parameter types: that the store has. Where a channel reports deliveries, what was sent is not known to have
  ///   arrived; where it does not, sending is all that is known.
  init(eventType: String, among types: Set<String>) {
    let kind = Self.kind(eventType)
    let isReached =
      switch eventType {
      case "email_sent": !types.contains("email_delivered")
      case "sms_sent": !types.contains("sms_delivered")
      case "push_sent": true
      default: [Self.delivered, .opened, .clicked, .impression].contains(kind)
      }
    self.init(rawValue: kind.rawValue | (isReached ? Self.reached : 0))
  }

  private static func kind(_ eventType: String) -> EntityEventKind {
    switch CampaignMetric(eventType: eventType) {
    case .sent: .sent
    case .delivered: .delivered
    case .opened: .opened
    case .clicked: .clicked
    case .bounced: .bounced
    case .unsubscribed: .unsubscribed
    case .conversions: .purchase
    case nil:
      switch eventType {
      case "ad_impression": .impression
      case "loyalty_earned": .pointsEarned
      case "loyalty_redeemed": .pointsRedeemed
      default: .none
      }
    }
  }

  var isReached: Bool { rawValue & Self.reached != 0 }
  /// Without whether it reached the customer.
  var plain: EntityEventKind { EntityEventKind(rawValue: rawValue & ~Self.reached) }
}
