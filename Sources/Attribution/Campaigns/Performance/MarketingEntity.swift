import Journeys

/// What has figures of its own in `marketing_analytics`: the platform's `analytics_entity_type`.
public enum MarketingEntity: String, Sendable, Codable, CaseIterable {
  case campaign
  case emailCampaign = "email_campaign"
  case smsCampaign = "sms_campaign"
  case segment
  /// An affiliate partner, by his code.
  case affiliate
  case loyaltyProgram = "loyalty_program"

  /// The column whose values are its ids; nil for segments, whose members are no matter of events.
  package var column: String? {
    switch self {
    case .campaign: "campaign_id"
    case .emailCampaign: "email_campaign_id"
    case .smsCampaign: "sms_campaign_id"
    case .segment: nil
    case .affiliate: "affiliate_code"
    case .loyaltyProgram: "loyalty_program_id"
    }
  }

  /// The channel of an entity that is one of several in a campaign. A purchase names a campaign, but seldom its e-mail:
  /// it is inherited from what reached the customer last.
  var inheritedChannel: String? {
    switch self {
    case .emailCampaign: "email"
    case .smsCampaign: "sms"
    case .affiliate: "affiliate"
    case .campaign, .segment, .loyaltyProgram: nil
    }
  }
}

/// By what an entity's figures are broken down.
public enum EntityDimension: String, Sendable, Codable, CaseIterable {
  case channel, device, location, carrier
  /// The page that a click led to.
  case link

  /// The column of the store.
  var column: String { self == .link ? "page" : rawValue }
}
