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
  public init(from decoder: any Decoder) throws { try self.init(QueryValue(from: decoder)) }

  package init(_ json: QueryValue) throws(AttributionError) {
    let fields = try json.object([
      "kind", "metric", "control", "test", "method", "difference", "alpha", "tuning", "prior",
    ])
    metric = try fields.required("metric").choice()
    control = try ExperimentGroup(fields.required("control"))
    test = try ExperimentGroup(fields.required("test"))
    method = try fields["method"]?.choice() ?? .welch
    difference = try fields["difference"]?.choice() ?? .relative
    alpha = try fields["alpha"]?.number() ?? 0.05
    tuning = try fields["tuning"]?.number() ?? 5000
    if let field = fields["prior"] {
      let numbers = try field.list()
      guard numbers.count == 2 else { throw field.error("is to be [mean, variance]") }
      prior = Prior(mean: try numbers[0].number(), variance: try numbers[1].number())
    }
  }
}
