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
    /// Where a model draws lots: by how much these draws may be off.
    public var standardError: Double?
    public var standardErrorRevenue: Double?
    /// Ordered Shapley: credit for standing at place 1, 2, … of a path.
    public var positions: [Credit]?
    /// Additive hazard: what a touch of this key does.
    public var hazard: Hazard?
    /// With a bootstrap: between which values conversions, revenue and share lie.
    public var interval: Interval?
    /// Where costs were given for this row.
    public var cost: Cost?

    enum CodingKeys: String, CodingKey {
      case key, conversions, revenue, share, positions, hazard, interval, cost
      case removalEffect = "removal_effect"
      case removalEffectRevenue = "removal_effect_revenue"
      case standardError = "standard_error"
      case standardErrorRevenue = "standard_error_revenue"
    }
  }

  /// What follows a touch in the additive hazard model: conversions at the rate strength · decay · e^(-decay · days).
  public struct Hazard: Codable, Sendable, Equatable {
    /// How many conversions a touch would bring if one waited for ever.
    public var strength: Double
    /// One over the mean of the days until then; nil where no conversion has a touch of the key.
    public var decayPerDay: Double?

    enum CodingKeys: String, CodingKey {
      case strength
      case decayPerDay = "decay_per_day"
    }
  }

  /// How well the additive hazard model fits.
  public struct HazardFit: Codable, Sendable, Equatable {
    public var logLikelihood: Double
    /// Of the expectation maximisation.
    public var steps: Int
    /// Whether the last step changed nothing any more; if not, credits are those of the last step.
    public var converged: Bool

    enum CodingKeys: String, CodingKey {
      case steps, converged
      case logLikelihood = "log_likelihood"
    }
  }

  /// What a resampling of customers says about a row, lower and upper ends.
  public struct Interval: Codable, Sendable, Equatable {
    public var conversions: [Double]
    public var revenue: [Double]
    public var share: [Double]
    /// The best and the worst place by conversions that cannot be ruled out; rows whose places overlap are not told
    /// apart by these data.
    public var rank: [Int]
  }

  /// What a row cost, in major units, and what it brought for that.
  public struct Cost: Codable, Sendable, Equatable {
    public var cost: Double
    /// CPA: cost by credited conversion; nil without one.
    public var perConversion: Double?
    /// Cost by conversion that the model says would be lost without the row: by its removal effect where it has one,
    /// else by its credit.
    public var perMarginalConversion: Double?
    /// ROAS: credited revenue by cost.
    public var `return`: Double?
    /// Share of credit by share of cost: above 1 the row brings more than its part.
    public var creditToCost: Double?

    enum CodingKeys: String, CodingKey {
      case cost
      case perConversion = "cpa"
      case perMarginalConversion = "marginal_cpa"
      case `return` = "roas"
      case creditToCost = "credit_to_cost"
    }
  }

  /// What moving a tenth of a row's budget would change, if money more or less brought what it brought on average. It
  /// does not: the next sum brings less than the last one, and credit is not cause.
  public struct BudgetMove: Codable, Sendable, Equatable {
    public var from: Key
    public var to: Key
    /// Major units.
    public var amount: Double
    public var conversions: Double
    public var revenue: Double
  }

  /// Keys one directly after the other, and what would be lost if they led nowhere.
  public struct Sequence: Codable, Sendable, Equatable {
    public var keys: [Key]
    /// The part of the conversions.
    public var removalEffect: Double
    public var removalEffectRevenue: Double

    enum CodingKeys: String, CodingKey {
      case keys
      case removalEffect = "removal_effect"
      case removalEffectRevenue = "removal_effect_revenue"
    }
  }

  /// How well a chain of some order foretells journeys that it was not made from.
  public struct OrderScore: Codable, Sendable, Equatable {
    public var order: Int
    /// Mean negative log-likelihood of a held-out journey.
    public var negativeLogLikelihood: Double

    enum CodingKeys: String, CodingKey {
      case order
      case negativeLogLikelihood = "negative_log_likelihood"
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
  /// Of the rows, where they do not add up to the totals by design.
  public var sum: Credit?
  /// Shapley.
  public var game: ShapleyGame?
  /// Markov: conversions per journey that has a touch.
  public var conversionProbability: Double?
  public var order: Int?
  public var states: Int?
  /// Of the linear systems behind it, relative.
  public var residual: Double?
  /// When the order was chosen.
  public var orders: [OrderScore]?
  /// The largest effects first.
  public var sequences: [Sequence]?
  /// With costs: from the dearest conversions to the cheapest.
  public var move: BudgetMove?
  /// Additive hazard.
  public var fit: HazardFit?

  enum CodingKeys: String, CodingKey {
    case model, by, totals, rows, unattributed, sum, game, order, states, residual, orders, sequences, move, fit
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
