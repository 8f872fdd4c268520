/// A campaign of the generated shop: what a row of `marketing_campaigns` (and `email_campaigns`, `sms_campaigns`)
/// holds.
public struct GeneratedCampaign: Sendable, Equatable {
  public let id: String
  public let name: String
  public let nameBangla: String
  public let channel: GeneratedChannel
  /// A `campaign_type` of the service document.
  public let type: String
  /// A `campaign_objective` of the service document.
  public let objective: String
  /// In hundredths of a taka, like `spent`.
  public let budget: Int64
  /// The costs of the events generated so far.
  public internal(set) var spent: Int64
  public let start: CivilDay
  /// The last day, inclusive.
  public let end: CivilDay
  public let subject: String
  public let subjectBangla: String
  public let variants: [Variant]
  /// The row of `email_campaigns` that belongs to it, for e-mail campaigns.
  public let emailCampaignID: String?
  /// The row of `sms_campaigns` that belongs to it, for SMS campaigns.
  public let smsCampaignID: String?

  /// An arm of the A/B test that every campaign is. Customers fall to one by a hash, half to each.
  public struct Variant: Sendable, Equatable {
    public let name: String
    /// Factor on the probability that a message or ad is opened or, for SMS and ads, clicked.
    public let engagementEffect: Double
  }
}
