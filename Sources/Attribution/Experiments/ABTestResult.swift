/// The read-out of one test group against its control.
public struct ABTestResult: Encodable, Sendable, Equatable {
  public struct Group: Encodable, Sendable, Equatable {
    public let n: Int
    /// Of the metric: per customer, or numerator over denominator.
    public let mean: Double
  }

  public let method: ABTestQuery.Method
  public let metric: ABTestQuery.Metric
  public let difference: ABTestQuery.Difference
  public let alpha: Double
  public let control: Group
  public let test: Group
  /// Of test against control; of `bayes` the posterior mean. Nil, as all that follows is, when it does not exist: see
  /// `undefined`.
  public internal(set) var estimate: Double?
  /// Of the estimate; of `bayes` the posterior standard deviation.
  public internal(set) var standardError: Double?
  public internal(set) var interval: [Double]?
  /// Not of `bayes`.
  public internal(set) var pValue: Double?
  /// The probability that test is better than control; of `bayes` alone.
  public internal(set) var chanceToWin: Double?
  /// What keeping control, and what choosing test, loses on average, in units of the estimate; of `bayes` alone.
  public internal(set) var risk: [Double]?
  /// Why there is no estimate or no interval.
  public internal(set) var undefined: String?

  enum CodingKeys: String, CodingKey {
    case method, metric, difference, alpha, control, test, estimate, risk, undefined
    case standardError = "standard_error"
    case interval = "ci"
    case pValue = "p_value"
    case chanceToWin = "chance_to_win"
  }

  /// With null for what the method gives in general, but not here.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(method, forKey: .method)
    try container.encode(metric, forKey: .metric)
    try container.encode(difference, forKey: .difference)
    try container.encode(alpha, forKey: .alpha)
    try container.encode(control, forKey: .control)
    try container.encode(test, forKey: .test)
    try container.encode(estimate, forKey: .estimate)
    try container.encode(standardError, forKey: .standardError)
    try container.encode(interval, forKey: .interval)
    if method == .bayes {
      try container.encode(chanceToWin, forKey: .chanceToWin)
      try container.encode(risk, forKey: .risk)
    } else {
      try container.encode(pValue, forKey: .pValue)
    }
    try container.encodeIfPresent(undefined, forKey: .undefined)
  }
}
