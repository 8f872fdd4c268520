import Foundation
import Journeys
import Models
import TestSupport
import Testing

@Suite struct TaskTrainingTests {
  private let folder: TemporaryDirectory
  private let utc: ZonedCalendar
  private let horizon = TestShop.horizon
  private let asOf = TestShop.asOf

  init() throws {
    folder = try TemporaryDirectory()
    utc = try ZonedCalendar("UTC")
  }

  private func train(
    _ task: PredictionTask, _ store: JourneyStore, asOf: Int64? = nil, horizon: Int64? = nil,
    champion: TaskTraining.Champion? = nil, _ change: (inout TaskTraining.Settings) -> Void = { _ in }
  ) async throws -> TaskTraining.Outcome {
    var settings = TaskTraining.Settings()
    settings.boosting.trees = 60
    change(&settings)
    return try await TaskTraining(task, horizon: horizon ?? self.horizon, settings: settings)
      .run(store: store, asOf: asOf ?? self.asOf, timeZone: utc, champion: champion)
  }

  @Test(arguments: [PredictionTask.churn, .nextPurchase])
  func probabilitiesAreLearntOnThreeWindowsAndBeatTheBaselines(task: PredictionTask) async throws {
    let list = TestShop.list()
    let card = try await train(task, list.store(in: folder)).card
    let tuning = try #require(card.data.tuning)
    // All three sides of the split, counted from the events themselves.
    for (rows, back) in [(card.data.training, Int64(3)), (tuning, 2), (card.data.validation, 1)] {
      let moment = asOf - back * horizon
      let purchases = list.events.filter { $0.type == "purchase" }
      let population = task == .churn ? purchases : list.events
      let known = Set(population.filter { $0.timestamp < moment }.map(\.customer))
      let bought = Set(
        purchases.filter { $0.timestamp >= moment && $0.timestamp < moment + horizon }.map(\.customer))
      #expect(rows.rows == known.count)
      #expect(rows.positives == (task == .churn ? known.subtracting(bought) : known.intersection(bought)).count)
    }
    #expect(card.data.training.labelsUntil == tuning.featuresUntil)
    #expect(tuning.labelsUntil == card.data.validation.featuresUntil)
    #expect(card.data.validation.labelsUntil == "2024-05-30T00:00:00Z")
    #expect(card.candidates?.map(\.name) == ["logistic", "boosting"])
    #expect(card.candidates?.count { $0.isChosen } == 1)
    #expect(card.candidates?.allSatisfy { $0.loss != nil } == true)

    let model = try #require(card.validation.model.binary)
    #expect(try #require(model.auc) > 0.9)
    #expect(card.validation.baselines["constant_rate"]?.binary?.auc == 0.5)
    let constant = try #require(card.validation.baselines["constant_rate"])
    let recency = try #require(card.validation.baselines["recency_rule"])
    #expect(model.logLoss < recency.loss && recency.loss < constant.loss)
    #expect(model.calibration.expectedCalibrationError < 0.06)
    // Visitors have no recency and never buy: who has none must not pass for one who has just bought.
    if task == .nextPurchase { #expect(try #require(recency.binary?.auc) > 0.9) }
    #expect(card.challenge == nil)
  }

  @Test func moneyIsLearntAndBeatsTheMean() async throws {
    let list = TestShop.list()
    let store = try list.store(in: folder)
    let outcome = try await train(.lifetimeValue, store)
    let card = outcome.card
    #expect(card.candidates?.map(\.name) == ["bg-nbd", "boosting", "stack"])
    #expect(card.candidates?.allSatisfy { $0.problem == nil } == true)
    let metrics = try #require(card.validation.model.value)
    let paid = list.events.filter { $0.type == "purchase" && $0.timestamp >= asOf - horizon }.map(\.amount)
    let known = Set(list.events.filter { $0.type == "purchase" && $0.timestamp < asOf - horizon }.map(\.customer))
    let actual = list.events.filter {
      $0.type == "purchase" && $0.timestamp >= asOf - horizon && known.contains($0.customer)
    }
    #expect(paid.count >= actual.count)
    #expect(abs(metrics.actualTotal - Double(actual.map(\.amount).reduce(0, +)) / 100) < 0.01)
    #expect(abs(try #require(metrics.totalError)) < 0.15)
    #expect(try #require(metrics.normalisedGini) > 0.4)
    let mean = try #require(card.validation.baselines["constant_mean"])
    #expect(metrics.deviance < 0.75 * mean.loss)

    // A life is worth more than its next month, and those who are gone are worth less.
    let scores = try await outcome.model.predict(store: store, asOf: asOf)
    let next = try #require(scores.horizonValues)
    var (lost, alive) = ([Double](), [Double]())
    for customer in 0..<store.customerCount {
      #expect(scores.values[customer].isNaN == store.customerID(customer).hasPrefix("visitor"))
      guard scores.values[customer].isFinite else { continue }
      #expect(scores.values[customer] > 0.95 * next[customer])
      let last = store.timestamps[store.events(of: customer).upperBound - 1]
      if last < asOf - 2 * horizon {
        lost.append(next[customer])
      } else if last > asOf - 7 * EventList.day {
        alive.append(next[customer])
      }
    }
    let (lostMean, aliveMean) = (lost.reduce(0, +) / Double(lost.count), alive.reduce(0, +) / Double(alive.count))
    #expect(lostMean < aliveMean / 4)
  }

  /// The same store, settings and seed: the same model and card, bit for bit, on any number of threads.
  @Test(arguments: PredictionTask.allCases) func threadsChangeNoBit(task: PredictionTask) async throws {
    let store = try TestShop.list(customers: 600).store(in: folder)
    let one = try await train(task, store) { $0.threads = 1 }
    let eight = try await train(task, store) { $0.threads = 8 }
    #expect(one.model == eight.model)
    #expect(one.card == eight.card)
    let scores = try await one.model.predict(store: store, asOf: asOf, threads: 1)
    let again = try await one.model.predict(store: store, asOf: asOf, threads: 8)
    #expect(scores.values.map(\.bitPattern) == again.values.map(\.bitPattern))
  }

  @Test(arguments: ["logistic", "boosting"]) func aModelSurvivesItsFiles(candidate: String) async throws {
    let store = try TestShop.list(customers: 400).store(in: folder)
    let registry = ModelRegistry(directory: folder.url.appending(path: "models"))
    let outcome = try await train(.churn, store) { $0.candidates = [candidate] }
    #expect(outcome.card.learner == candidate)
    let version = try registry.register(outcome.model, card: outcome.card)
    let files = registry.directory.appending(path: "churn/\(version)/boosting.txt")
    #expect(FileManager.default.fileExists(atPath: files.path) == (candidate == "boosting"))
    let read = try registry.load(TaskModel.self, task: "churn", version: version)
    #expect(try registry.show(task: "churn", version: version).card == outcome.card)
    let own = try await outcome.model.predict(store: store, asOf: asOf).values
    let theirs = try await read.predict(store: store, asOf: asOf).values
    #expect(zip(own, theirs).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
    for customer in 0..<store.customerCount {
      #expect(own[customer].isNaN == store.customerID(customer).hasPrefix("visitor"))
      #expect(own[customer].isNaN || (0...1).contains(own[customer]))
    }
    guard candidate == "boosting" else { return }
    // A part that is changed or gone is damage.
    try Data("tree\n".utf8).write(to: files)
    #expect(throws: ModelError.self) { try registry.load(TaskModel.self, task: "churn", version: version) }
  }

  @Test func everyLifetimeCandidateSurvivesItsFiles() async throws {
    let store = try TestShop.list(customers: 400).store(in: folder)
    let registry = ModelRegistry(directory: folder.url.appending(path: "models"))
    for candidate in ["bg-nbd", "boosting", "stack"] {
      let outcome = try await train(.lifetimeValue, store) { $0.candidates = [candidate] }
      #expect(outcome.card.learner == candidate)
      let version = try registry.register(outcome.model, card: outcome.card)
      let read = try registry.load(TaskModel.self, task: "ltv", version: version)
      let own = try await outcome.model.predict(store: store, asOf: asOf)
      let theirs = try await read.predict(store: store, asOf: asOf)
      #expect(own.values.map(\.bitPattern) == theirs.values.map(\.bitPattern))
    }
  }

  @Test func whatIsLearntKnowsNothingOfTheLastWindow() async throws {
    let list = TestShop.list(customers: 500)
    let model = try await train(.churn, list.store(in: folder)).model
    // Ten times the money after the tuning labels have ended: the report sees it, the model must not.
    let later = list.events.map { event in
      var event = event
      if event.timestamp >= asOf - horizon, event.amount != Money.none { event.amount *= 10 }
      return event
    }
    let other = try await train(.churn, EventList(events: later).store(in: folder, "later")).model
    #expect(other == model)
  }

  @Test func aChallengerReplacesOnlyWhenItWinsByMoreThanChance() async throws {
    let store = try TestShop.list().store(in: folder)
    let good = try await train(.churn, store)
    // One question is all that such a model asks.
    func stump(_ settings: inout TaskTraining.Settings) {
      settings.candidates = ["boosting"]
      (settings.boosting.trees, settings.boosting.leaves) = (1, 2)
    }
    let poor = try await train(.churn, store, stump)
    func champion(_ outcome: TaskTraining.Outcome) -> TaskTraining.Champion {
      .init(version: "20240415T031500Z-00000000", model: outcome.model, asOf: nil)
    }
    let up = try #require(try await train(.churn, store, champion: champion(poor)).card.challenge)
    #expect(up.wins)
    let comparison = try #require(up.comparison)
    #expect(comparison.lower > 0 && comparison.upper > comparison.gain && comparison.standardError > 0)
    let losses = poor.card.validation.model.loss - good.card.validation.model.loss
    #expect(abs(comparison.gain - losses) < 1e-9)
    let same = try #require(try await train(.churn, store, champion: champion(good)).card.challenge)
    #expect(!same.wins && same.comparison?.gain == 0)
    let down = try #require(try await train(.churn, store, champion: champion(good), stump).card.challenge)
    #expect(!down.wins && (down.comparison?.upper ?? 1) < 0)
    let other = try #require(
      try await train(.churn, store, horizon: 20 * EventList.day, champion: champion(good)).card.challenge)
    #expect(!other.wins && other.comparison == nil && other.problem?.contains("30.0 days") == true)
  }
}
