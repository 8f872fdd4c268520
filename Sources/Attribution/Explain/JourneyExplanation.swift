/// One customer's journey, conversion by conversion, with the credit that each model gives to each touch.
public struct JourneyExplanation: Codable, Sendable, Equatable {
  public struct Touch: Codable, Sendable, Equatable {
    /// Microseconds since 1970 UTC.
    public let timestamp: Int64
    public let eventType: String
    public let key: AttributionResult.Key
    /// Of the conversion, by model; those that were not asked for or do not say (see `unexplained`) are absent.
    public internal(set) var credits: [String: Double] = [:]

    enum CodingKeys: String, CodingKey {
      case key, credits
      case timestamp = "timestamp_us"
      case eventType = "event_type"
    }
  }

  public struct Conversion: Codable, Sendable, Equatable {
    public let timestamp: Int64
    public let eventType: String
    /// Major units.
    public let revenue: Double
    /// In the order of the path; without any, the conversion is unattributed.
    public internal(set) var touches: [Touch]

    enum CodingKeys: String, CodingKey {
      case revenue, touches
      case timestamp = "timestamp_us"
      case eventType = "event_type"
    }
  }

  public let customer: String
  public internal(set) var conversions: [Conversion]
  /// Touches after the last conversion: they came to nothing so far.
  public internal(set) var open: [Touch]
  /// Models whose credit is one of all journeys together and is not that of any touch.
  public internal(set) var unexplained: [String]
}
