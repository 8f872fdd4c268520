import Journeys

/// Which conversions are to be credited to which touches.
public struct AttributionQuery: Sendable, Equatable {
  /// What the rows of the answer are.
  public enum Dimension: String, Codable, Sendable, CaseIterable {
    case channel
    case campaign
    case channelAndCampaign = "channel,campaign"
  }

  /// Which of the touches before a conversion belong to its path.
  public enum Scope: String, Codable, Sendable, CaseIterable {
    /// All in the lookback window, also those that led to an earlier conversion.
    case window
    /// Those since the previous conversion, in the lookback window.
    case journey
  }

  /// Which events are touches. A conversion event never is, nor is an event with none of the dimensions asked for.
  public enum Touchpoints: Sendable, Equatable {
    case all
    /// `engagementTypes`, and `page_view` with a channel.
    case engagements
    case types([String])

    /// Opens, clicks and deliveries that a customer noticed: what he did, not what was sent to him.
    public static let engagementTypes = Engagement.types
    /// Engagements only when a channel brought the customer.
    public static let visitTypes = Engagement.visitTypes
  }

  public static let defaultLookback: Int64 = 30 * 86_400 * 1_000_000

  public var models: [AttributionModel]
  public var dimension: Dimension
  /// Event types that are conversions.
  public var conversions: [String]
  public var touchpoints: Touchpoints
  /// Microseconds; a touch exactly that long before its conversion still counts.
  public var lookback: Int64
  public var scope: Scope
  /// Journeys that end in this time are counted, microseconds since 1970 UTC, both ends included.
  public var period: ClosedRange<Int64>?

  public init(
    models: [AttributionModel] = AttributionModel.allCases, by dimension: Dimension = .channel,
    conversions: [String] = ["purchase"], touchpoints: Touchpoints = .engagements,
    lookback: Int64 = Self.defaultLookback, scope: Scope = .window, period: ClosedRange<Int64>? = nil
  ) {
    self.models = models
    self.dimension = dimension
    self.conversions = conversions
    self.touchpoints = touchpoints
    self.lookback = lookback
    self.scope = scope
    self.period = period
  }
}
