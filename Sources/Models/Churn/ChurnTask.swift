import Foundation
import Journeys

/// Trains the churn model and validates it on a later time than it was trained on.
///
///     history ────────► │ features │ labels    │
///     training:         └ as-of − 2h ┘ as-of − h
///     validation:                      └ as-of − h ┘ as-of
///
/// Population: customers with at least one purchase before the moment of their features. Label: 1 for no purchase in
/// the `horizon` from there on. Training rows have their labels before the first validation label begins, as a model
/// in use has; a random split would let the model see the future of its own customers' neighbours in time.
public enum ChurnTask {
  public struct Settings: Sendable {
    /// C is 0.01 by default: a prior standard deviation of 0.1 log-odds for each standard deviation of a feature.
    /// Thousands of customers outweigh it; a few hundred can not fool two dozen features any more.
    public var regression: LogisticRegression.Settings
    /// Days over which behaviour is counted; nil for those of 7, 30 and 90 that the history holds twice.
    public var windows: [Int]?
    public var threads: Int

    public init(
      regression: LogisticRegression.Settings = .init(inversePenalty: 0.01), windows: [Int]? = nil,
      threads: Int = defaultThreads
    ) {
      self.regression = regression
      self.windows = windows
      self.threads = threads
    }
  }

  public static let name = "churn"

  /// - Parameters:
  ///   - asOf: microseconds since 1970 UTC, exclusive; the last labels end there.
  ///   - horizon: microseconds that a label looks ahead.
  ///   - timeZone: cuts the days on which purchases count as one.
  /// - Throws: `ModelError` `.untrainable` when the data are too short, too old or of one class, with the remedy.
  public static func train(
    store: JourneyStore, asOf: Int64, horizon: Int64, timeZone: ZonedCalendar, settings: Settings = Settings()
  ) async throws -> (model: ChurnModel, card: ModelCard) {
    let window = try ChurnWindow(store.manifest, asOf: asOf, horizon: horizon, timeZone)
    let windows = settings.windows ?? CustomerFeatures.usualWindows(history: window.history)
    func sample(at moment: Int64) async throws -> ChurnSample {
      let features = try CustomerFeatures(of: store, before: moment, windows: windows, calendar: timeZone)
      return try await ChurnSample(store, features, horizon: horizon, threads: settings.threads)
    }
    let training = try await sample(at: window.training)
    let regression = try await fit(training, settings)
    let validation = try await sample(at: window.validation)
    let probabilities = try await regression.predictProbability(validation.rows.table, threads: settings.threads)
    let model = ChurnModel(
      horizonDays: Double(horizon) / Double(microsecondsPerDay), windows: windows, timeZone: timeZone.identifier,
      regression: regression)
    let report = ModelCard.Validation(
      model: try BinaryMetrics(probabilities: probabilities, labels: validation.labels),
      baselines: try await ChurnBaselines.metrics(training, validation, settings),
      baselineMeanings: ChurnBaselines.meanings)
    let card = ModelCard(
      task: name, learner: "logistic", population: "customers with at least one purchase before the features' moment",
      label: "no purchase within the horizon from the features' moment on",
      data: window.card(store.manifest, training, validation),
      features: training.features.map { ModelCard.Feature(name: $0.name, meaning: $0.meaning) },
      settings: [
        "C": settings.regression.inversePenalty, "tolerance": settings.regression.tolerance,
        "maximum_iterations": Double(settings.regression.maximumIterations),
      ],
      seed: nil, validation: report)
    return (model, card)
  }

  private static func fit(_ sample: ChurnSample, _ settings: Settings) async throws -> LogisticModel {
    try await LogisticModel(
      fitting: LabelledTable(
        table: sample.rows.table, labels: sample.labels, label: LabelledTable.Label(column: name)),
      settings: settings.regression, threads: settings.threads)
  }
}
