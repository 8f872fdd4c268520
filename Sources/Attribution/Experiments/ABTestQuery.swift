import Journeys

/// Whether a test group does better than the control group, from their sums (kind `ab_test`).
public struct ABTestQuery: Sendable, Equatable {
  public enum Metric: String, Codable, Sendable, CaseIterable {
    /// A number for each customer, such as revenue.
    case mean
    /// Whether a customer did it.
    case proportion
    /// A sum over a sum, such as revenue per order, while customers are what was randomised.
    case ratio
  }

  public enum Method: String, Codable, Sendable, CaseIterable {
    /// A fixed horizon: one look, at a size that was set before.
    case welch
    /// Valid at every look, however often one looks.
    case sequential
    case bayes
  }

  public enum Difference: String, Codable, Sendable, CaseIterable {
    /// Test over control, less one.
    case relative
    /// Test less control.
    case absolute
  }

  /// What is believed of the difference before the data.
  public struct Prior: Sendable, Equatable {
    public var mean: Double
    public var variance: Double

    public init(mean: Double, variance: Double) {
      self.mean = mean
      self.variance = variance
    }
  }

  public var metric: Metric
  public var control: ExperimentGroup
  public var test: ExperimentGroup
  public var method: Method
  public var difference: Difference
  /// One less the level of the interval.
  public var alpha: Double
  /// Customers of both groups at which the sequential interval is about the narrowest.
  public var tuning: Double
  /// Nil for a flat one.
  public var prior: Prior?

  public init(
    _ metric: Metric, control: ExperimentGroup, test: ExperimentGroup, method: Method = .welch,
    difference: Difference = .relative, alpha: Double = 0.05, tuning: Double = 5000, prior: Prior? = nil
  ) {
    self.metric = metric
    self.control = control
    self.test = test
    self.method = method
    self.difference = difference
    self.alpha = alpha
    self.tuning = tuning
    self.prior = prior
  }
}

extension ABTestQuery: Decodable {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case kind, metric, control, test, method, difference, alpha, tuning, prior
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(of: CodingKeys.self, in: "A/B test")
    metric = try container.decode(Metric.self, forKey: .metric)
    control = try container.decode(ExperimentGroup.self, forKey: .control)
    test = try container.decode(ExperimentGroup.self, forKey: .test)
    method = try container.decodeIfPresent(Method.self, forKey: .method) ?? .welch
    difference = try container.decodeIfPresent(Difference.self, forKey: .difference) ?? .relative
    alpha = try container.decodeIfPresent(Double.self, forKey: .alpha) ?? 0.05
    tuning = try container.decodeIfPresent(Double.self, forKey: .tuning) ?? 5000
    if let numbers = try container.decodeIfPresent([Double].self, forKey: .prior) {
      guard numbers.count == 2 else { throw AttributionError(.invalidQuery, "A/B test: 'prior' is [mean, variance]") }
      prior = Prior(mean: numbers[0], variance: numbers[1])
    }
  }
}
