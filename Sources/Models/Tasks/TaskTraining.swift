import Foundation
import Journeys

/// Trains a task's candidates, tunes them on a later time, reports on a still later one and holds the result against
/// the champion.
///
/// Candidates are chosen, trees counted (early stopping) and probabilities calibrated on the tuning rows; the report
/// and the challenge see rows that nothing was chosen by. The same store, settings and seed give the same model, bit
/// for bit, on any number of threads.
public struct TaskTraining: Sendable {
  public struct Settings: Sendable {
    /// C is 0.01 by default: a prior standard deviation of 0.1 log-odds for each standard deviation of a feature.
    /// Thousands of customers outweigh it; a few hundred can not fool scores of features any more.
    public var regression = LogisticRegression.Settings(inversePenalty: 0.01)
    /// Trees are at most these: early stopping ends sooner.
    public var boosting = BoostingSettings(
      trees: 400, leaves: 15, learningRate: 0.05, minSamplesLeaf: 50, l2Regularization: 1, earlyStopping: 30)
    /// By name; nil for all that the task has.
    public var candidates: [String]?
    /// Days over which behaviour is counted; nil for those of 7, 30 and 90 that the history holds twice.
    public var windows: [Int]?
    /// For `ltv`, a year: money that comes in a year is worth 1 / (1 + discount) of it.
    public var discount = 0.15
    public var seed: UInt64 = 0
    public var threads = defaultThreads

    public init() {}
  }

  /// The model that scores now, for the challenge.
  public struct Champion: Sendable {
    public var version: String
    public var model: TaskModel
    /// The moment it was trained as of, as its card has it.
    public var asOf: String?

    public init(version: String, model: TaskModel, asOf: String?) {
      self.version = version
      self.model = model
      self.asOf = asOf
    }
  }

  public struct Outcome: Sendable {
    public var model: TaskModel
    public var card: ModelCard
  }

  public let task: PredictionTask
  public let horizon: Int64
  public var settings: Settings

  /// - Parameter horizon: microseconds that a label looks ahead.
  /// - Throws: `.unknownName` for a candidate that the task has not, `.invalidSetting`.
  public init(_ task: PredictionTask, horizon: Int64, settings: Settings = Settings()) throws(ModelError) {
    self.task = task
    self.horizon = horizon
    self.settings = settings
    self.settings.boosting.seed = settings.seed
    self.settings.boosting.threads = settings.threads
    let known = Self.candidates(of: task)
    if let asked = settings.candidates, asked.isEmpty || !Set(asked).isSubset(of: known) {
      throw ModelError(.unknownName, "train \(task.name): its candidates are \(known.joined(separator: ", "))")
    }
    guard settings.discount > 0, settings.discount.isFinite else {
      throw ModelError(
        .invalidSetting, "train \(task.name): the discount must be above 0: an endless future has no finite value else")
    }
    guard settings.threads > 0 else { throw ModelError(.invalidSetting, "train: threads must be 1 or more") }
  }

  public static func candidates(of task: PredictionTask) -> [String] {
    task.isProbability
      ? ProbabilityModel.Candidate.allCases.map(\.rawValue) : ValueModel.Candidate.allCases.map(\.rawValue)
  }

  /// Fewer rows than these can not choose between candidates.
  static let leastTuningRows = 50

  /// - Parameters:
  ///   - asOf: microseconds since 1970 UTC, exclusive; the last labels end there.
  ///   - timeZone: cuts the days on which purchases count as one.
  ///   - champion: is compared on the last window; nil when the task has none.
  ///   - step: is told what begins. What it throws stops the run.
  /// - Throws: `ModelError` `.untrainable` when the data are too short, too old or of one class, with the remedy;
  ///   `CancellationError`.
  public func run(
    store: JourneyStore, asOf: Int64, timeZone: ZonedCalendar, champion: Champion? = nil,
    step: (String) throws -> Void = { _ in }
  ) async throws -> Outcome {
    let split = try TaskSplit(task, store.manifest, asOf: asOf, horizon: horizon, timeZone)
    guard store.eventTypeNames.code(of: "purchase") != nil else {
      throw ModelError(
        .untrainable,
        """
        train \(task.name): journey store \(store.directory.path) has no events of type 'purchase', which say who \
        bought; import them
        """)
    }
    try step("features")
    let list = try await FeatureList.usual(
      for: store, before: split.fit, windows: settings.windows, threads: settings.threads)
    func sample(at moment: Int64, _ list: FeatureList, _ calendar: ZonedCalendar) async throws -> TaskSample {
      try await TaskSample(
        store, task, at: moment, horizon: horizon, list: list, calendar: calendar, threads: settings.threads)
    }
    let first = try await sample(at: split.fit, list, timeZone)
    guard first.count > 0 else {
      throw ModelError(
        .untrainable,
        """
        train \(task.name): there are no \(task.population) \(timeZone.text(split.fit)); choose a shorter --horizon, \
        or import a longer history
        """)
    }
    let (fit, tune) =
      if let moment = split.tune { (first, try await sample(at: moment, list, timeZone)) } else {
        first.divided(seed: settings.seed)
      }
    let trained = try await train(fit: fit, tune: tune, step)
    let model = TaskModel(
      task: task, horizonDays: Double(horizon) / Double(microsecondsPerDay), timeZone: timeZone.identifier,
      features: list, predictor: trained.predictor)
    try step("report")
    let report = try await sample(at: split.report, list, timeZone)
    let scored = try await Report(task, model, report, threads: settings.threads)
    var validation = ModelCard.Validation(
      model: scored.metrics, baselines: try await baselines(fit, report), baselineMeanings: Self.meanings(task))
    var challenge: ModelCard.Challenge?
    if let champion {
      let old = try await comparable(champion, model) {
        try await sample(at: split.report, champion.model.features, ZonedCalendar(champion.model.timeZone))
      }
      challenge = ModelCard.Challenge(champion: champion.version, comparison: nil, problem: old.problem)
      if let rows = old.rows {
        let other = try await Report(task, champion.model, rows, threads: settings.threads)
        validation.baselines["champion"] = other.metrics
        challenge?.comparison = PairedBootstrap(old: other.losses, new: scored.losses, seed: settings.seed)
      }
    }
    let card = ModelCard(
      task: task.name, learner: model.learner, population: task.population, label: task.label,
      data: split.card(store.manifest, task, fit: fit, tune: tune, report: report),
      features: list.features.map { ModelCard.Feature(name: $0.name, meaning: $0.description) }, settings: named,
      seed: settings.seed, validation: validation, candidates: trained.candidates, challenge: challenge,
      profile: ModelProfile(fit.rows, scores: scored.values.lifetime))
    return Outcome(model: model, card: card)
  }

  private func train(
    fit: TaskSample, tune: TaskSample, _ step: (String) throws -> Void
  ) async throws -> (predictor: TaskModel.Predictor, candidates: [ModelCard.Candidate]) {
    if task.isProbability {
      let (model, candidates) = try await ProbabilityTraining(task, settings, fit: fit, tune: tune).run(step)
      return (.probability(model), candidates)
    }
    let days = Double(horizon) / Double(microsecondsPerDay)
    let (model, candidates) = try await ValueTraining(settings, horizonDays: days, fit: fit, tune: tune).run(step)
    return (.value(model), candidates)
  }

  private func comparable(
    _ champion: Champion, _ model: TaskModel, rows: () async throws -> TaskSample
  ) async throws -> (rows: TaskSample?, problem: String?) {
    guard champion.model.horizonDays == model.horizonDays else {
      return (nil, "its horizon is \(champion.model.horizonDays) days, so the two answer different questions")
    }
    return (try await rows(), nil)
  }

  private var named: [String: Double] {
    var named = [
      "trees": Double(settings.boosting.trees), "leaves": Double(settings.boosting.leaves),
      "learningRate": settings.boosting.learningRate, "minSamplesLeaf": Double(settings.boosting.minSamplesLeaf),
      "bins": Double(settings.boosting.bins), "l2Regularization": settings.boosting.l2Regularization,
      "earlyStopping": Double(settings.boosting.earlyStopping ?? 0),
    ]
    if task.isProbability {
      named["C"] = settings.regression.inversePenalty
      named["tolerance"] = settings.regression.tolerance
      named["maximum_iterations"] = Double(settings.regression.maximumIterations)
    } else {
      named["discount"] = settings.discount
    }
    return named
  }

  /// A model on the last window: its figures and the loss of each row.
  struct Report {
    let values: ValueModel.Values
    let metrics: TaskMetrics
    let losses: [Double]

    init(_ task: PredictionTask, _ model: TaskModel, _ sample: TaskSample, threads: Int) async throws {
      values = try await model.predict(sample.rows, histories: sample.histories, threads: threads)
      if task.isProbability {
        let labels = sample.labels(task)
        metrics = .probability(try BinaryMetrics(probabilities: values.horizon, labels: labels))
        losses = BinaryMetrics.logLosses(values.horizon, labels)
      } else {
        metrics = .value(try ValueMetrics(predicted: values.horizon, actual: sample.paid))
        losses = ValueMetrics.deviances(predicted: values.horizon, actual: sample.paid)
      }
    }
  }
}
