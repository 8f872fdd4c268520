/// What a policy of personal hours is worth, from sends that its model did not see.
///
/// Self-normalised inverse propensity scoring (Hajek; Swaminathan & Joachims 2015): of the held-out sends those count
/// that went out at the hour that the policy would have chosen, each with the inverse of the share of all sends at
/// that hour: Σ w open / Σ w. It asks that the marketer chose hours without regard to the customer, and that every
/// hour was tried. Intervals are 95 %, by linearisation of the ratios, customers as clusters.
public struct SendTimeEvaluation: Codable, Sendable, Equatable {
  public struct Estimate: Codable, Sendable, Equatable {
    public var value: Double
    public var low: Double
    public var high: Double

    init(_ value: Double, variance: Double) {
      self.value = value
      let half = 1.959964 * variance.squareRoot()
      (low, high) = (value - half, value + half)
    }
  }

  /// The policy and the best hour of everyone, on the same held-out sends.
  public struct Comparison: Codable, Sendable, Equatable {
    /// Open rates.
    public var policy: Estimate
    public var globalBestHour: Estimate
    public var gain: Estimate
    /// Held-out sends at the policy's hour, and how many of equal weight they are worth.
    public var matchedSends: Int
    public var effectiveSends: Double

    enum CodingKeys: String, CodingKey {
      case policy, gain
      case globalBestHour = "global_best_hour"
      case matchedSends = "matched_sends"
      case effectiveSends = "effective_sends"
    }
  }

  /// Customers by how many sends their hour was learnt from.
  public struct HistoryRow: Codable, Sendable, Equatable {
    public var sends: String
    /// Nil where too few held-out sends went out at an hour that was chosen.
    public var comparison: Comparison?
  }

  /// Of each held-out send; what a machine may have opened is expected with its rate.
  public struct LogLoss: Codable, Sendable, Equatable {
    public var model: Double
    /// The curve of everyone for everybody.
    public var everyone: Double
  }

  public var heldOutSends: Int
  /// The first part held out alone, and every part by a model without it; nil where fewer than ten
  /// effective sends matched.
  public var heldOut: Comparison?
  public var crossFitted: Comparison?
  /// The same without customers for whom a machine was seen to open: their opens without a flag may be a machine's.
  public var withoutMachineCustomers: Comparison?
  public var byHistory: [HistoryRow]
  public var logLoss: LogLoss
  /// Of the customers who were sent something, the share whose chosen hour the marketer has tried at all.
  public var triedHours: Double

  enum CodingKeys: String, CodingKey {
    case heldOutSends = "held_out_sends"
    case heldOut = "held_out"
    case crossFitted = "cross_fitted"
    case withoutMachineCustomers = "without_machine_customers"
    case byHistory = "by_history"
    case logLoss = "log_loss"
    case triedHours = "tried_hours"
  }

  /// Holds out part after part, learns without it and compares.
  ///
  /// - Parameters:
  ///   - folds: the parts to hold out, at least one.
  ///   - policy: closed hours are not chosen; nil when all are open.
  ///   - progress: is told how many parts are done.
  /// - Throws: what `SendTimeLearner.fit` throws; `.untrainable` when the parts hold no sends.
  public init(
    _ histories: SendHistories, holding folds: Range<Int>, learner: SendTimeLearner, policy: SendPolicy? = nil,
    progress: (Int) throws -> Void = { _ in }
  ) async throws {
    let trial = try await SendTimeTrial(
      histories, holding: folds, learner: learner, policy: policy, progress: progress)
    self.init(trial, histories, first: folds.lowerBound)
  }

  init(_ trial: SendTimeTrial, _ histories: SendHistories, first: Int) {
    heldOutSends = trial.labels.count
    heldOut = trial.comparison { $0.fold == first }
    crossFitted = trial.comparison { _ in true }
    withoutMachineCustomers = trial.comparison { !histories.isBehindProxy(Int($0.customer)) }
    byHistory = [("0", 0...0), ("1-4", 1...4), ("5-14", 5...14), ("15+", 15...Int32.max)].map { name, range in
      HistoryRow(sends: name, comparison: trial.comparison { range ~= $0.history })
    }
    logLoss = LogLoss(
      model: trial.logLoss(trial.predicted), everyone: trial.logLoss(trial.predictedOfEveryone))
    triedHours = trial.triedHours
  }
}
