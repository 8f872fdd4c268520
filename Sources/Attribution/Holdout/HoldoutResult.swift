import Journeys

/// What each channel's experiments say it causes.
public struct HoldoutResult: Codable, Sendable, Equatable {
  /// Of the intervals.
  public let level: Double
  /// Event types that are counted.
  public let conversions: [String]
  /// In the order in which channels and experiments came up in the events.
  public let tests: [HoldoutTest]
}

/// One experiment on one channel.
public struct HoldoutTest: Codable, Sendable, Equatable {
  /// What a group did after its assignment.
  public struct Group: Codable, Sendable, Equatable {
    public let customers: Int
    /// Customers with at least one conversion, and their share of all; nil for a group of nobody, as all means are.
    public let convertingCustomers: Int
    public let conversionRate: Double?
    public let conversions: Int
    public let conversionsPerCustomer: Double?
    /// Major units.
    public let revenue: Double
    public let revenuePerCustomer: Double?

    enum CodingKeys: String, CodingKey {
      case customers, conversions, revenue
      case convertingCustomers = "converting_customers"
      case conversionRate = "conversion_rate"
      case conversionsPerCustomer = "conversions_per_customer"
      case revenuePerCustomer = "revenue_per_customer"
    }
  }

  /// Nil where the events name none.
  public let channel: String?
  public let experiment: String?
  public let treatment: Group
  public let holdout: Group
  /// Of the customers of both groups. Whether it is the share that was meant shows whether the drawing went well.
  public let holdoutShare: Double
  /// Customers whose first assignment names neither group: they are left out.
  public let otherCustomers: Int
  /// Later assignments that contradict a customer's first: they are left out, the customer is not.
  public let conflicting: Int
  /// Nil unless both groups have a customer.
  public let conversionRateLift: Lift?
  public let conversionsLift: Lift?
  public let revenueLift: Lift?

  enum CodingKeys: String, CodingKey {
    case channel, experiment, treatment, holdout, conflicting
    case holdoutShare = "holdout_share"
    case otherCustomers = "other_customers"
    case conversionRateLift = "conversion_rate_lift"
    case conversionsLift = "conversions_lift"
    case revenueLift = "revenue_lift"
  }

  init(channel: String?, experiment: String?, _ groups: [HoldoutKey.Group: HoldoutSums], level: Double) {
    let treated = groups[.treatment] ?? .zero
    let heldOut = groups[.holdout] ?? .zero
    self.channel = channel
    self.experiment = experiment
    treatment = Group(treated)
    holdout = Group(heldOut)
    let customers = treated.customers + heldOut.customers
    holdoutShare = customers > 0 ? Double(heldOut.customers) / Double(customers) : 0
    otherCustomers = groups[.other]?.customers ?? 0
    conflicting = groups.values.reduce(0) { $0 + $1.conflicting }
    func lift(_ moments: (HoldoutSums) -> Moments) -> Lift? { Lift(moments(treated), moments(heldOut), level: level) }
    // Of zeros and ones the squares are the ones.
    conversionRateLift = lift {
      Moments(count: $0.customers, sum: Double($0.converting), sumOfSquares: Double($0.converting))
    }
    conversionsLift = lift {
      Moments(count: $0.customers, sum: Double($0.conversions), sumOfSquares: Double($0.conversionsSquared))
    }
    let minor = Double(Money.minorPerMajor)
    revenueLift = lift {
      Moments(
        count: $0.customers, sum: Double($0.revenue) / minor, sumOfSquares: Double($0.revenueSquared) / minor / minor)
    }
  }
}

extension HoldoutTest.Group {
  init(_ sums: HoldoutSums) {
    func mean(_ sum: Double) -> Double? { sums.customers > 0 ? sum / Double(sums.customers) : nil }
    customers = sums.customers
    convertingCustomers = sums.converting
    conversionRate = mean(Double(sums.converting))
    conversions = sums.conversions
    conversionsPerCustomer = mean(Double(sums.conversions))
    revenue = Double(sums.revenue) / Double(Money.minorPerMajor)
    revenuePerCustomer = mean(revenue)
  }
}
