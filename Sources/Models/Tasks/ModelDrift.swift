import Foundation
import Journeys

/// Today's features and scores against those of training, and calibration as far as labels exist.
public struct ModelDrift: Encodable, Sendable, Equatable {
  public struct Feature: Encodable, Sendable, Equatable {
    public var name: String
    /// Population stability index; see `Deciles`.
    public var stabilityIndex: Double

    enum CodingKeys: String, CodingKey {
      case name
      case stabilityIndex = "psi"
    }
  }

  /// The model as of one horizon ago, against what came.
  public struct Outcome: Encodable, Sendable, Equatable {
    public var featuresUntil: String
    public var labelsUntil: String
    public var metrics: TaskMetrics

    enum CodingKeys: String, CodingKey {
      case metrics
      case featuresUntil = "features_until"
      case labelsUntil = "labels_until"
    }
  }

  public var task: String
  public var version: String
  public var trainedAsOf: String
  public var asOf: String
  public var customers: Int
  public var scores: Double
  /// The largest first.
  public var features: [Feature]
  public var outcome: Outcome?
  /// Why there is no outcome.
  public var outcomeProblem: String?

  enum CodingKeys: String, CodingKey {
    case task, version, customers, features, outcome
    case trainedAsOf = "trained_as_of"
    case asOf = "as_of"
    case scores = "score_psi"
    case outcomeProblem = "outcome_problem"
  }

  /// Above this much has changed.
  public static let muchDrift = 0.25

  /// - Parameter moment: microseconds since 1970 UTC, exclusive.
  /// - Throws: `ModelError` `.foreignModel` for a card without a profile, `.untrainable` without customers;
  ///   `CancellationError`.
  public init(
    _ model: TaskModel, version: String, card: ModelCard, store: JourneyStore, asOf moment: Int64,
    threads: Int = defaultThreads
  ) async throws {
    guard let profile = card.profile else {
      throw ModelError(
        .foreignModel,
        "models: the card of \(card.task) \(version) does not tell the training's features: train the model again")
    }
    let calendar = try ZonedCalendar(model.timeZone)
    let horizon = Int64(model.horizonDays * Double(microsecondsPerDay))
    func sample(at moment: Int64) async throws -> TaskSample {
      try await TaskSample(
        store, model.task, at: moment, horizon: horizon, list: model.features, calendar: calendar, threads: threads)
    }
    let today = try await sample(at: moment)
    guard today.count > 0 else {
      throw ModelError(
        .untrainable,
        "models drift: journey store \(store.directory.path) has no \(model.task.population); choose another --as-of")
    }
    let values = try await model.predict(today.rows, histories: today.histories, threads: threads)
    task = card.task
    self.version = version
    trainedAsOf = card.data.asOf
    asOf = calendar.text(moment)
    customers = today.count
    scores = profile.scores.stabilityIndex(values.lifetime)
    features = profile.features.map {
      Feature(name: $0.name, stabilityIndex: $0.deciles.stabilityIndex(today.rows.column($0.name)))
    }
    .sorted { ($1.stabilityIndex, $0.name) < ($0.stabilityIndex, $1.name) }
    outcomeProblem = Self.problem(store.manifest, trainedAsOf: try? calendar.moment(card.data.asOf), moment, calendar)
    guard outcomeProblem == nil else { return }
    let past = try await sample(at: moment - horizon)
    guard past.count > 0 else {
      outcomeProblem = "there were no customers one horizon ago"
      return
    }
    outcome = Outcome(
      featuresUntil: calendar.text(past.moment), labelsUntil: calendar.text(moment),
      metrics: try await TaskTraining.Report(model.task, model, past, threads: threads).metrics)
  }

  /// What was chosen by its labels says nothing of a model; nor do labels that are not over.
  private static func problem(
    _ manifest: StoreManifest, trainedAsOf: Int64?, _ moment: Int64, _ calendar: ZonedCalendar
  ) -> String? {
    if let last = manifest.lastTimestamp, moment - last > microsecondsPerDay {
      return "the data end at \(calendar.text(last)), before the labels do"
    }
    if let trainedAsOf, moment < trainedAsOf {
      return "the model has learned from labels up to \(calendar.text(trainedAsOf))"
    }
    return nil
  }
}
