/// What was counted of an entity: whole numbers, so that any order of adding gives the same.
///
/// Which event counts as what is `CampaignMetric`, as in the real-time document; beside it `ad_impression`,
/// `loyalty_earned` and `loyalty_redeemed`.
public struct EntityCounts: Sendable, Codable, Equatable {
  // Events.
  public var sent = 0
  public var delivered = 0
  public var opened = 0
  public var clicked = 0
  public var bounced = 0
  public var unsubscribed = 0
  public var impressions = 0
  public var conversions = 0
  /// With a cost.
  public var costed = 0

  // Customers, each once in a row, however often they did it.
  /// To whom something was sent.
  public var recipients = 0
  /// Whom something reached, as far as is known: deliveries, opens, clicks and impressions, and messages of channels
  /// that report no deliveries.
  public var reach = 0
  public var openers = 0
  public var clickers = 0
  public var buyers = 0
  /// Whose first purchase of all is one of the conversions.
  public var newCustomers = 0
  /// With any event, be it one that counts as nothing.
  public var active = 0

  // Minor units.
  public var revenue: Int64 = 0
  public var cost: Int64 = 0

  public var pointsIssued: Int64 = 0
  public var pointsRedeemed: Int64 = 0

  public init() {}
}

extension EntityCounts: Summable {
  static let zero = EntityCounts()

  package static func += (total: inout EntityCounts, other: EntityCounts) {
    total.sent &+= other.sent
    total.delivered &+= other.delivered
    total.opened &+= other.opened
    total.clicked &+= other.clicked
    total.bounced &+= other.bounced
    total.unsubscribed &+= other.unsubscribed
    total.impressions &+= other.impressions
    total.conversions &+= other.conversions
    total.costed &+= other.costed
    total.recipients &+= other.recipients
    total.reach &+= other.reach
    total.openers &+= other.openers
    total.clickers &+= other.clickers
    total.buyers &+= other.buyers
    total.newCustomers &+= other.newCustomers
    total.active &+= other.active
    total.revenue &+= other.revenue
    total.cost &+= other.cost
    total.pointsIssued &+= other.pointsIssued
    total.pointsRedeemed &+= other.pointsRedeemed
  }
}
