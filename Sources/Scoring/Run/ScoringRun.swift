import Attribution
import Foundation
import Journeys
import Models

/// Applies the champion models to a journey store and publishes: scores to the profiles, campaign days to
/// `marketing_analytics`. May be stopped and repeated: the second run ends where the first would have.
public struct ScoringRun: Sendable {
  /// What a run is doing.
  public enum Step: String, Sendable { case predict, profiles, campaigns }

  /// Called with a step and how many of how many customers or rows it has done. What it throws stops the run.
  public typealias Report = @Sendable (Step, _ done: Int, _ total: Int) throws -> Void

  public let store: JourneyStore
  public let registry: ModelRegistry
  public let scores: any ScoreStore
  public let analytics: MarketingAnalyticsWriter

  /// Customers per batch of writes, and batches that wait for the database at once.
  private static let batchSize = 1000
  public static let batchesAtOnce = 4
  /// Microseconds.
  private static let oldestStore: Int64 = 30 * 86_400 * 1_000_000

  public init(
    store: JourneyStore, registry: ModelRegistry, scores: any ScoreStore, analytics: MarketingAnalyticsWriter
  ) {
    self.store = store
    self.registry = registry
    self.scores = scores
    self.analytics = analytics
  }

  /// - Parameters:
  ///   - asOf: microseconds since 1970 UTC; nothing at or after it is seen.
  ///   - calendar: cuts the campaigns' days.
  /// - Throws: `ScoringError` `.noChampion`, `.staleStore` before anything is written; `StoreError`, `ModelError`,
  ///   `CancellationError`.
  public func run(
    asOf: Int64, calendar: ZonedCalendar, now: Date = Date(), report: Report = { _, _, _ in }
  ) async throws -> ScoringSummary {
    let champions = try champions()
    try checkAge(asOf, calendar)
    // Both databases answer, or nothing is begun.
    try await scores.ping()
    try await analytics.check()
    let versions = Dictionary(uniqueKeysWithValues: champions.map { ($0.metric.model, $0.version) })
    var summary = ScoringSummary(modelVersions: versions)
    let stamp = Stamp(asOf: Date(timeIntervalSince1970: Double(asOf) / 1e6), scoredAt: now)
    var predictions: [Prediction] = []
    for champion in champions {
      try report(.predict, 0, store.customerCount)
      predictions.append(
        Prediction(
          metric: champion.metric, version: champion.version,
          values: try await champion.model.predict(store: store, asOf: asOf).values))
      if let trainedAsOf = champion.trainedAsOf, trainedAsOf > stamp.asOf {
        summary.warnings.append(
          "the champion of \(champion.metric.model) has learned from data up to \(trainedAsOf.ISO8601Format()), after "
            + "--as-of: for that day it knows what came later")
      }
    }
    for metric in PredictedMetric.allCases where versions[metric.model] == nil {
      summary.warnings.append(
        "'\(metric.model)' has no champion: \(metric.rawValue) stays as it is; 'train \(metric.model)' makes one")
    }
    let profiles = CustomerProfiles(of: store, before: asOf, calendar: calendar)
    try await publish(predictions, profiles, stamp, into: &summary, report)

    let query = CampaignDayQuery(calendar: calendar, end: asOf)
    let rows = CampaignMetrics.rows(try await CampaignDays(query, of: store).run(over: store))
    try report(.campaigns, 0, rows.count)
    summary.analytics = try await analytics.write(rows)
    try report(.campaigns, rows.count, rows.count)
    return summary
  }

  /// Silence is what the models take for churn: a store that was not refreshed would make everybody look lost.
  private func checkAge(_ asOf: Int64, _ calendar: ZonedCalendar) throws(ScoringError) {
    guard let last = store.manifest.lastTimestamp, asOf > last, asOf - last > Self.oldestStore else { return }
    throw ScoringError(
      .staleStore,
      "score: the events of journey store \(store.directory.path) end on \(CivilDate(days: calendar.day(last))), more "
        + "than \(Self.oldestStore / 86_400_000_000) days before --as-of; take a new snapshot, or an earlier date")
  }

  private struct Champion {
    var metric: PredictedMetric
    var model: TaskModel
    var version: String
    var trainedAsOf: Date?
  }

  /// Of every task that has one.
  private func champions() throws -> [Champion] {
    let champions = try PredictedMetric.allCases.compactMap { metric -> Champion? in
      guard let champion = try registry.champion(task: metric.model) else { return nil }
      return Champion(
        metric: metric, model: try registry.load(TaskModel.self, task: champion.task, version: champion.version),
        version: champion.version, trainedAsOf: champion.card.flatMap { try? Date($0.data.asOf, strategy: .iso8601) })
    }
    guard !champions.isEmpty else {
      throw ScoringError(
        .noChampion,
        "score: the registry \(registry.directory.path) has no champion; train one with 'train churn', "
          + "'train next-purchase' or 'train ltv', or promote one with 'models promote'")
    }
    return champions
  }

  /// One champion's scores of all customers; not a number for those whom its task is not for.
  private struct Prediction {
    var metric: PredictedMetric
    var version: String
    var values: [Double]
  }

  private struct Stamp {
    var asOf: Date
    var scoredAt: Date
  }

  private func publish(
    _ predictions: [Prediction], _ profiles: CustomerProfiles, _ stamp: Stamp, into summary: inout ScoringSummary,
    _ report: Report
  ) async throws {
    let total = store.customerCount
    try report(.profiles, 0, total)
    summary = try await withThrowingTaskGroup(of: Batch.self) { [summary] group in
      var summary = summary
      var next = 0
      func start() {
        guard next < total else { return }
        let customers = next..<min(next + Self.batchSize, total)
        next = customers.upperBound
        group.addTask { try await publish(customers, predictions, profiles, stamp) }
      }
      for _ in 0..<Self.batchesAtOnce { start() }
      var done = 0
      while let batch = try await group.next() {
        summary.profiles += batch.writes
        summary.unscored += batch.unscored
        summary.withdrawn += batch.withdrawn
        done += batch.customers
        try report(.profiles, done, total)
        start()
      }
      return summary
    }
  }

  private struct Batch {
    var customers: Int
    var writes: ScoreWrites
    var unscored: Int
    var withdrawn: Int
  }

  private func publish(
    _ customers: Range<Int>, _ predictions: [Prediction], _ profiles: CustomerProfiles, _ stamp: Stamp
  ) async throws -> Batch {
    var scored: [CustomerScores] = []
    var unscored = 0
    var without = predictions.map { _ in [String]() }
    for (customer, profile) in zip(customers, profiles.profiles(of: customers)) {
      let id = store.customerID(customer)
      var scores = CustomerScores(
        customerID: id, scores: PredictedMetrics(), asOf: stamp.asOf, scoredAt: stamp.scoredAt, profile: profile)
      for (place, prediction) in predictions.enumerated() {
        let value = prediction.values[customer]
        if value.isFinite {
          scores.scores[prediction.metric] = value
          scores.modelVersions[prediction.metric.model] = prediction.version
        } else {
          without[place].append(id)
        }
      }
      if scores.scores.isEmpty {
        unscored += 1
        if let profile { scored.append(CustomerScores(customerID: id, scores: PredictedMetrics(), profile: profile)) }
      } else {
        scored.append(scores)
      }
    }
    let writes = try await scores.upsert(scored)
    var withdrawn = 0
    for (prediction, customers) in zip(predictions, without) {
      withdrawn += try await scores.withdraw(prediction.metric, from: customers)
    }
    return Batch(customers: customers.count, writes: writes, unscored: unscored, withdrawn: withdrawn)
  }
}
