import Foundation
import Journeys
import Models
import TestSupport
import Testing

@Suite struct ModelDriftTests {
  private let folder: TemporaryDirectory
  private let utc: ZonedCalendar
  private let horizon = 20 * EventList.day
  /// A month before the data end.
  private let asOf = TestShop.asOf - 30 * EventList.day

  init() throws {
    folder = try TemporaryDirectory()
    utc = try ZonedCalendar("UTC")
  }

  private func trained(_ store: JourneyStore, _ task: PredictionTask = .churn) async throws -> TaskTraining.Outcome {
    try await TaskTraining(task, horizon: horizon).run(store: store, asOf: asOf, timeZone: utc)
  }

  private func drift(
    _ outcome: TaskTraining.Outcome, _ store: JourneyStore, asOf moment: Int64
  ) async throws -> ModelDrift {
    try await ModelDrift(outcome.model, version: "v", card: outcome.card, store: store, asOf: moment)
  }

  @Test(arguments: [PredictionTask.churn, .lifetimeValue])
  func theRowsOfTrainingHaveNotDrifted(task: PredictionTask) async throws {
    let store = try TestShop.list().store(in: folder)
    let outcome = try await trained(store, task)
    // The features are those of the fit, the scores those of the last window.
    let fit = try await drift(outcome, store, asOf: asOf - 3 * horizon)
    #expect(fit.features.allSatisfy { $0.stabilityIndex < 1e-9 })
    #expect(fit.outcome == nil && fit.outcomeProblem?.contains("learned from labels") == true)
    let last = try await drift(outcome, store, asOf: asOf - horizon)
    #expect(last.scores < 1e-9)
    #expect(last.features.contains { $0.name == "tenure" && $0.stabilityIndex > 0.1 })
    #expect(last.features.map(\.stabilityIndex) == last.features.map(\.stabilityIndex).sorted(by: >))
  }

  @Test func onceLabelsExistTheyAreHeldAgainstTheScores() async throws {
    let store = try TestShop.list().store(in: folder)
    let outcome = try await trained(store)
    // As of the day of training the labels are those of the report.
    let now = try await drift(outcome, store, asOf: asOf)
    #expect(now.outcome?.metrics == outcome.card.validation.model)
    let later = try await drift(outcome, store, asOf: TestShop.asOf)
    #expect(later.outcome?.labelsUntil == "2024-05-30T00:00:00Z")
    #expect(try #require(later.outcome?.metrics.binary?.auc) > 0.85)
    let beyond = try await drift(outcome, store, asOf: TestShop.asOf + 9 * EventList.day)
    #expect(beyond.outcome == nil && beyond.outcomeProblem?.contains("the data end") == true)
  }

  @Test func aChangedShopShows() async throws {
    let list = TestShop.list()
    let outcome = try await trained(list.store(in: folder))
    let dearer = list.events.map { event in
      var event = event
      if event.amount != Money.none { event.amount *= 4 }
      return event
    }
    let store = try EventList(events: dearer).store(in: folder, "dearer")
    let report = try await drift(outcome, store, asOf: asOf - 3 * horizon)
    let indexes = Dictionary(uniqueKeysWithValues: report.features.map { ($0.name, $0.stabilityIndex) })
    #expect(try #require(indexes["monetary"]) > ModelDrift.muchDrift)
    #expect(try #require(indexes["recency"]) < 1e-9)
  }

  @Test func theIndexIsItsFormula() throws {
    // Ten bins of a tenth; today all in the first two, one of them a half more than the other, a fifth missing.
    let deciles = try JSONDecoder().decode(
      Deciles.self,
      from: Data(#"{"edges":[1,2,3,4,5,6,7,8,9],"missing":0,"shares":[0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1]}"#.utf8))
    let today: [Double] = (0..<100).map { $0 < 48 ? 0.5 : $0 < 80 ? 2 : .nan }
    func term(_ p: Double, _ q: Double) -> Double { (q - p) * log(q / p) }
    let terms: [Double] = [term(0.1, 0.48), term(0.1, 0.32), 8 * term(0.1, 1e-4), term(1e-4, 0.2)]
    let expected = terms.reduce(0, +)
    #expect(abs(deciles.stabilityIndex(today) - expected) < 1e-12)
  }
}
