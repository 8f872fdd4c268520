/// What a campaign did on a day, and what the conversions of that day owe it.
public struct CampaignDay: Sendable, Equatable {
  public var campaign: String
  /// Days since 1970-01-01 of the local date.
  public var day: Int64
  public var performance: CampaignPerformance
  /// Credit for the conversions of the day, whenever the touches were; in the order of the query's models.
  public var credits: [ModelCredit]

  public struct ModelCredit: Sendable, Equatable {
    public var model: AttributionModel
    public var credit: AttributionResult.Credit
  }
}

/// Counts of the events that name a campaign: see `CampaignMetric` for which event counts as what.
public struct CampaignPerformance: Sendable, Codable, Equatable {
  public var sent = 0
  public var delivered = 0
  public var opened = 0
  public var clicked = 0
  public var bounced = 0
  public var unsubscribed = 0
  /// Purchases that name the campaign themselves; what a campaign led to otherwise is its credit.
  public var conversions = 0
  /// Customers to whom something was sent that day.
  public var recipients = 0
  /// Of the conversions, minor units.
  public var revenue: Int64 = 0
  /// Of all events that carry a cost, minor units.
  public var cost: Int64 = 0

  public init() {}
}

extension CampaignPerformance: Summable {
  static let zero = CampaignPerformance()

  package static func += (total: inout CampaignPerformance, other: CampaignPerformance) {
    total.sent &+= other.sent
    total.delivered &+= other.delivered
    total.opened &+= other.opened
    total.clicked &+= other.clicked
    total.bounced &+= other.bounced
    total.unsubscribed &+= other.unsubscribed
    total.conversions &+= other.conversions
    total.recipients &+= other.recipients
    total.revenue &+= other.revenue
    total.cost &+= other.cost
  }
}
