/// What `fit send-time` answers.
public struct SendTimeReport: Codable, Sendable {
  /// The hours of a customer of whom nothing is known.
  public struct Everyone: Codable, Sendable {
    public var hour: Int
    public var allowedHour: Int
    public var openProbability: Double
    /// When opens would come if messages went out evenly over the hours; sums to 1.
    public var distribution: [Double]

    enum CodingKeys: String, CodingKey {
      case hour, distribution
      case allowedHour = "allowed_hour"
      case openProbability = "open_probability"
    }
  }

  public struct Seconds: Codable, Sendable {
    public var read: Double
    public var fit: Double
    public var predict: Double
    public var evaluate: Double?

    public init(read: Double, fit: Double, predict: Double, evaluate: Double?) {
      self.read = read
      self.fit = fit
      self.predict = predict
      self.evaluate = evaluate
    }
  }

  public var learner = SendTimeModel.learner
  public var hours: Int
  public var customers: Int
  /// Those that tell something; the others are `machineSends`.
  public var sends: Int
  public var opens: Int
  public var machineSends: Int
  public var sessions: Int
  public var everyone: Everyone
  /// Mean of P(open) at the customers' own hours and at the hour that is best for everyone, as the model has it: the
  /// best of many hours looks better than it is, of 168 the more so. `evaluation` says what it is worth.
  public var expectedOpenRate: Double
  public var expectedOpenRateAtCommonHour: Double
  public var machineOpenRate: Double?
  public var rhythmDeviation: Double
  public var logLikelihood: Double
  public var iterations: Int
  public var settings: SendTimeLearner.Settings
  public var policy: SendPolicy
  /// What held-out sends say of it; nil when none were held out.
  public var evaluation: SendTimeEvaluation?
  public var seconds: Seconds
  /// Rows of both files by the seconds of reading, fitting and predicting.
  public var rowsPerSecond: Double

  enum CodingKeys: String, CodingKey {
    case learner, hours, customers, sends, opens, sessions, everyone, iterations, settings, policy, evaluation, seconds
    case machineSends = "machine_sends"
    case expectedOpenRate = "expected_open_rate"
    case expectedOpenRateAtCommonHour = "expected_open_rate_at_common_hour"
    case machineOpenRate = "machine_open_rate"
    case rhythmDeviation = "rhythm_deviation"
    case logLikelihood = "log_likelihood"
    case rowsPerSecond = "rows_per_second"
  }

  /// - Parameter expected: sums of P(open) over all customers, at their own and at the common hour.
  public init(
    _ table: SendTimeTable, _ forecaster: SendTimeForecaster, policy: SendPolicy,
    expected: (own: Double, common: Double),
    evaluation: SendTimeEvaluation?, seconds: Seconds
  ) {
    let (model, histories) = (forecaster.model, table.histories)
    hours = model.hours
    customers = histories.customers
    sends = histories.sendCount
    opens = histories.openCount
    machineSends = histories.machineSends
    sessions = histories.sessionCount
    let prior = model.prior
    let sum = prior.reduce(0, +)
    everyone = Everyone(
      hour: forecaster.commonHour, allowedHour: policy.bestHour(prior), openProbability: prior[forecaster.commonHour],
      distribution: prior.map { $0 / sum })
    expectedOpenRate = expected.own / Double(max(customers, 1))
    expectedOpenRateAtCommonHour = expected.common / Double(max(customers, 1))
    machineOpenRate = model.machineOpenRate
    rhythmDeviation = model.rhythmDeviation
    logLikelihood = model.logLikelihood
    iterations = model.iterations
    settings = model.settings
    self.policy = policy
    self.evaluation = evaluation
    self.seconds = seconds
    rowsPerSecond = Double(table.rows) / max(seconds.read + seconds.fit + seconds.predict, 1e-9)
  }
}
