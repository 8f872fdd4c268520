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

  /// Customers per batch of writes.
  private static let batchSize = 1000

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
  /// - Throws: `ScoringError.noChampion` before anything is written; `StoreError`, `ModelError`, `CancellationError`.
  public func run(
    asOf: Int64, calendar: ZonedCalendar, now: Date = Date(), report: Report = { _, _, _ in }
  ) async throws -> ScoringSummary {
    let (model, version) = try churnChampion()
    // Both databases answer, or nothing is begun.
    try await scores.ping()
    try await analytics.check()
    try report(.predict, 0, store.customerCount)
    let probabilities = try await model.predict(store: store, asOf: asOf)
    var summary = ScoringSummary(modelVersions: [PredictedMetric.churnProbability.model: version])
    let stamp = Stamp(
      versions: summary.modelVersions, asOf: Date(timeIntervalSince1970: Double(asOf) / 1e6), scoredAt: now)
    try await publish(probabilities, stamp, into: &summary, report)

    let query = CampaignDayQuery(calendar: calendar, end: asOf)
    let rows = CampaignMetrics.rows(try await CampaignDays(query, of: store).run(over: store))
    try report(.campaigns, 0, rows.count)
    summary.analytics = try await analytics.write(rows)
    try report(.campaigns, rows.count, rows.count)
    return summary
  }

  private func churnChampion() throws -> (model: ChurnModel, version: String) {
    guard let champion = try registry.champion(task: ChurnTask.name) else {
      throw ScoringError(
        .noChampion,
        "score: the registry \(registry.directory.path) has no champion for churn; train one with 'train churn' and "
          + "promote it with 'models promote'")
    }
    return (try registry.load(ChurnModel.self, task: champion.task, version: champion.version), champion.version)
  }

  private struct Stamp {
    var versions: [String: String]
    var asOf: Date
    var scoredAt: Date
  }

  private func publish(
    _ probabilities: [Double], _ stamp: Stamp, into summary: inout ScoringSummary, _ report: Report
  ) async throws {
    for start in stride(from: 0, to: probabilities.count, by: Self.batchSize) {
      try report(.profiles, start, probabilities.count)
      var batch: [CustomerScores] = []
      var unscored: [String] = []
      for customer in start..<min(start + Self.batchSize, probabilities.count) {
        let id = store.customerID(customer)
        // Not a number: the customer is none of those that the model is for.
        guard probabilities[customer].isFinite else {
          unscored.append(id)
          continue
        }
        batch.append(
          CustomerScores(
            customerID: id, scores: PredictedMetrics(churnProbability: probabilities[customer]),
            modelVersions: stamp.versions, asOf: stamp.asOf, scoredAt: stamp.scoredAt))
      }
      summary.profiles += try await scores.upsert(batch)
      summary.unscored += unscored.count
      summary.withdrawn += try await scores.withdraw(.churnProbability, from: unscored)
    }
    try report(.profiles, probabilities.count, probabilities.count)
  }
}
