import Journeys

/// Which conversions are to be credited to which touches.
public struct AttributionQuery: Sendable, Equatable {
  /// What the rows of the answer are: `channel`, `campaign`, or any column of names that the store keeps, several of
  /// them for their combinations.
  public struct Dimensions: Sendable, Hashable {
    public let names: [String]

    public static let channel = Dimensions(names: ["channel"])
    public static let campaign = Dimensions(names: ["campaign"])
    public static let channelAndCampaign = Dimensions(names: ["channel", "campaign"])

    private init(names: [String]) { self.names = names }

    /// - Parameter text: names with commas, each once.
    /// - Throws: `.invalidQuery` for none, a blank one, or one that comes twice.
    public init(_ text: String) throws(AttributionError) {
      names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard !names.contains(""), Set(names).count == names.count else {
        throw AttributionError(.invalidQuery, "by '\(text)': give names of columns with commas, each once")
      }
    }

    public var text: String { names.joined(separator: ",") }
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
  public var settings = ModelSettings()
  public var dimensions: Dimensions
  /// Event types that are conversions.
  public var conversions: [String]
  /// Whether a customer's journey is over with his first conversion.
  public var firstConversionOnly = false
  public var touchpoints: Touchpoints
  public var repeats = Repeats.all
  /// Microseconds; a touch exactly that long before its conversion still counts.
  public var lookback: Int64
  public var scope: Scope
  /// Journeys that end in this time are counted, microseconds since 1970 UTC, both ends included.
  public var period: ClosedRange<Int64>?
  /// Only touches of these campaigns are touches; nil for all.
  public var campaigns: [String]?
  /// Only these customers are looked at; nil for all.
  public var customers: [String]?

  public init(
    models: [AttributionModel] = [.first, .last, .linear, .markov], by dimensions: Dimensions = .channel,
    conversions: [String] = ["purchase"], touchpoints: Touchpoints = .engagements,
    lookback: Int64 = Self.defaultLookback, scope: Scope = .window, period: ClosedRange<Int64>? = nil
  ) {
    self.models = models
    self.dimensions = dimensions
    self.conversions = conversions
    self.touchpoints = touchpoints
    self.lookback = lookback
    self.scope = scope
    self.period = period
  }
}
