/// What is known of a customer as of a moment, in the names and shapes of `profile_data` in section 2.2 of the service
/// document: its parts `preferences`, `behavior_data` and `engagement_scores`.
///
/// What a customer has never done is absent; what is there once stays there, as every part looks at the whole past.
public struct CustomerProfile: Codable, Sendable, Equatable {
  public struct Preferences: Codable, Sendable, Equatable {
    /// Up to five, best first: those with at least a tenth of the weight of all, where an event with the category
    /// weighs 3 · 2^(-age / 90 days) for a purchase and 2^(-age / 90 days) for anything else.
    public var categories: [String]?
    /// The same of `event_data.brands` or `event_data.brand`, if the store keeps one of them.
    public var brands: [String]?
    public var priceRange: PriceRange?
    /// How often the customer answers messages (opens or clicks): by the days since the first answer, divided by the
    /// number of local days with one; absent below three such days.
    public var communicationFrequency: FrequencyName?

    enum CodingKeys: String, CodingKey {
      case categories, brands
      case priceRange = "price_range"
      case communicationFrequency = "communication_frequency"
    }
  }

  /// The smallest and the largest amount of a purchase, major units.
  public struct PriceRange: Codable, Sendable, Equatable {
    public var min: Double
    public var max: Double
  }

  public struct Behaviour: Codable, Sendable, Equatable {
    /// Mean amount of the purchases that have one, major units.
    public var averageOrderValue: Double?
    /// By the mean time between days with a purchase; absent after one such day.
    public var purchaseFrequency: FrequencyName?
    /// Channels, best first, whose engagement score is above 0 and at least half of the best, by the names of the
    /// service's `marketing_channel`; empty after opt-outs from all, absent when no channel has a score.
    public var preferredChannels: [String]?
    /// From and to of the three hours of the day, on the local clock, with most opens, clicks, visits, carts and
    /// purchases: of equals those with most in the middle hour, then the earliest.
    public var activeHours: [String]?
    /// The device of most opens, clicks, visits, carts and purchases.
    public var devicePreference: String?

    enum CodingKeys: String, CodingKey {
      case averageOrderValue = "avg_order_value"
      case purchaseFrequency = "purchase_frequency"
      case preferredChannels = "preferred_channels"
      case activeHours = "active_hours"
      case devicePreference = "device_preference"
    }
  }

  /// 0 to 1; absent for a channel on which the customer was never reached and never seen. See `ChannelEngagement`.
  public struct EngagementScores: Codable, Sendable, Equatable {
    public var email: Double?
    public var sms: Double?
    public var push: Double?
    public var social: Double?

    public subscript(channel: EngagementChannel) -> Double? {
      switch channel {
      case .email: email
      case .sms: sms
      case .push: push
      case .social: social
      }
    }
  }

  public var preferences = Preferences()
  public var behaviour = Behaviour()
  public var engagementScores = EngagementScores()

  enum CodingKeys: String, CodingKey {
    case preferences
    case behaviour = "behavior_data"
    case engagementScores = "engagement_scores"
  }
}
