/// The credit that one model gives to channels or campaigns.
///
/// Conversions and revenue of all `rows` and of `unattributed` add up to the totals.
public struct AttributionResult: Codable, Sendable, Equatable {
  /// A channel, a campaign, or both: a string in JSON for one dimension, an array for several.
  public struct Key: Codable, Sendable, Hashable {
    /// One name for each dimension, nil where the touch had none.
    public var names: [String?]

    public init(_ names: [String?]) { self.names = names }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let name = try? container.decode(String.self) {
        names = [name]
      } else {
        names = try container.decode([String?].self)
      }
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      if names.count == 1 { try container.encode(names[0]) } else { try container.encode(names) }
    }
  }

  public struct Totals: Codable, Sendable, Equatable {
    /// Paths that ended in a conversion and paths that came to nothing.
    public var journeys: Double
    public var conversions: Double
    /// Major units.
    public var revenue: Double

    package init(journeys: Double, conversions: Double, revenue: Double) {
      self.journeys = journeys
      self.conversions = conversions
      self.revenue = revenue
    }
  }

  public struct Credit: Codable, Sendable, Equatable {
    public var conversions: Double
    /// Major units.
    public var revenue: Double

    package init(conversions: Double, revenue: Double) {
      self.conversions = conversions
      self.revenue = revenue
    }
  }

  public struct Row: Codable, Sendable, Equatable {
    public var key: Key
    public var conversions: Double
    public var revenue: Double
    /// Of all conversions, the unattributed included; 0 when there are none.
    public var share: Double
    /// Markov: the part of the conversions that would be lost without this key.
    public var removalEffect: Double?
    /// Markov: the part of the revenue.
    public var removalEffectRevenue: Double?

    enum CodingKeys: String, CodingKey {
      case key, conversions, revenue, share
      case removalEffect = "removal_effect"
      case removalEffectRevenue = "removal_effect_revenue"
    }
  }

  public var model: AttributionModel
  /// `channel`, `campaign` or `channel,campaign`; the steps of a file of paths are channels.
  public var by: String
  public var totals: Totals
  /// The most conversions first, ties by key.
  public var rows: [Row]
  /// Conversions without an eligible touch.
  public var unattributed: Credit
  /// Markov: conversions per journey that has a touch.
  public var conversionProbability: Double?

  enum CodingKeys: String, CodingKey {
    case model, by, totals, rows, unattributed
    case conversionProbability = "conversion_probability"
  }
}

extension AttributionResult.Key: Comparable {
  public static func < (a: Self, b: Self) -> Bool {
    for (x, y) in zip(a.names, b.names) where x != y {
      guard let y else { return false }
      guard let x else { return true }
      return x < y
    }
    return a.names.count < b.names.count
  }
}
