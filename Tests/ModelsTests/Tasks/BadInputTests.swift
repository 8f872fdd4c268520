import Foundation
import Journeys
import Models
import TestSupport
import Testing

/// A right answer or an error that names the remedy; never a score that is no number.
@Suite struct BadInputTests {
  private let folder: TemporaryDirectory
  private let utc: ZonedCalendar

  init() throws {
    folder = try TemporaryDirectory()
    utc = try ZonedCalendar("UTC")
  }

  private func outcome(
    _ task: PredictionTask, _ events: [EventList.Event], _ name: String = "store", days: Int64 = 30,
    asOf: Int64 = TestShop.asOf
  ) async throws -> (TaskTraining.Outcome, JourneyStore) {
    let store = try EventList(events: events).store(in: folder, name)
    let outcome = try await TaskTraining(task, horizon: days * EventList.day)
      .run(store: store, asOf: asOf, timeZone: utc)
    return (outcome, store)
  }

  private func refusal(
    _ task: PredictionTask, _ events: [EventList.Event], days: Int64 = 30, asOf: Int64 = TestShop.asOf
  ) async -> String {
    do {
      _ = try await outcome(task, events, UUID().uuidString, days: days, asOf: asOf)
      return "trained"
    } catch let error as ModelError {
      return error.message
    } catch {
      return "another error: \(error)"
    }
  }

  private func purchase(_ customer: Int, _ day: Double, _ amount: Int64 = 10_000) -> EventList.Event {
    .init(
      customer: "c\(customer)", timestamp: EventList.start + Int64(day * Double(EventList.day)), type: "purchase",
      amount: amount)
  }

  private func isSound(_ outcome: TaskTraining.Outcome, _ store: JourneyStore) async throws -> Bool {
    let values = try await outcome.model.predict(store: store, asOf: TestShop.asOf).values
    let most: Double = outcome.model.task.isProbability ? 1 : .greatestFiniteMagnitude
    let areSound = values.allSatisfy { $0.isNaN || (0...most).contains($0) }
    return areSound && values.count == store.customerCount && values.contains { $0.isFinite }
  }

  @Test func datesOutsideTheDataAreRefusedWithTheRemedy() async throws {
    let events = TestShop.list(customers: 600).events
    #expect(await refusal(.churn, events, days: 80).contains("--horizon 71d"))
    #expect(await refusal(.churn, events, days: 71) == "trained")
    #expect(await refusal(.churn, events, asOf: EventList.start + EventList.day).contains("longer history"))
    #expect(await refusal(.nextPurchase, events, asOf: TestShop.asOf + 40 * EventList.day).contains("--as-of"))
    #expect(await refusal(.lifetimeValue, events, days: 0).contains("positive"))
    #expect(await refusal(.churn, []).contains("no events"))
  }

  @Test func noPurchasesAndOneClassSaySo() async throws {
    let views = (0..<100).map { customer in
      EventList.Event(
        customer: "c\(customer)", timestamp: EventList.start + Int64(customer) * EventList.day * 149 / 100,
        type: "page_view", amount: Money.none)
    }
    for task in PredictionTask.allCases { #expect(await refusal(task, views).contains("type 'purchase'")) }
    let daily = (0..<20).flatMap { customer -> [EventList.Event] in
      (0..<150).map { purchase(customer, Double($0) + 0.5) }
    }
    #expect(await refusal(.churn, daily).contains("none of the 20 training customers"))
    #expect(await refusal(.nextPurchase, daily).contains("all of the 20 training customers"))
    let once = (0..<20).map { purchase($0, 1) } + [purchase(99, 149)]
    #expect(await refusal(.lifetimeValue, once).contains("--horizon"))
  }

  @Test(arguments: PredictionTask.allCases) func tenCustomersAreEnoughForAnAnswer(task: PredictionTask) async throws {
    let events = (0..<10).flatMap { customer -> [EventList.Event] in
      let end: Double = customer % 2 == 0 ? 150 : 45
      return stride(from: Double(customer), to: end, by: 6).map { purchase(customer, $0) }
    }
    let (outcome, store) = try await outcome(task, events)
    #expect(try await isSound(outcome, store))
    #expect(outcome.card.data.training.rows == 10)
  }

  /// Everybody buys the same amount on the same days, but for a half that stops: constant columns, and one column
  /// alone tells all.
  @Test(arguments: PredictionTask.allCases) func constantColumnsAndSeparableData(task: PredictionTask) async throws {
    let events = (0..<200).flatMap { customer -> [EventList.Event] in
      let end: Double = customer < 100 ? 150 : 40
      return stride(from: 1.0, to: end, by: 7).map { purchase(customer, $0) }
    }
    let (outcome, store) = try await outcome(task, events)
    #expect(try await isSound(outcome, store))
    if let metrics = outcome.card.validation.model.binary { #expect(metrics.auc == 1) }
  }

  @Test(arguments: PredictionTask.allCases) func hugeFreeAndReturnedAmounts(task: PredictionTask) async throws {
    var events = TestShop.list(customers: 120).events
    for place in events.indices where events[place].type == "purchase" {
      switch place % 7 {
      case 0: events[place].amount = 0
      case 1: events[place].amount = Money.none
      case 2: events[place].amount = 90_000_000_000_000
      default: break
      }
    }
    let (outcome, store) = try await outcome(task, events)
    #expect(try await isSound(outcome, store))
  }

  /// Nobody buys twice: BG/NBD has nothing to learn from, the other candidate answers and the card says why.
  @Test func withoutRepeatPurchasesLifetimeValueIsTheTrees() async throws {
    // The features of training end on day 60.
    let events = (0..<400).flatMap { customer -> [EventList.Event] in
      let days: [Double] = customer % 2 == 0 ? [65, 100, 130] : []
      return ([Double(customer % 50)] + days).map { purchase(customer, $0) }
    }
    let last = EventList.Event(
      customer: "visitor", timestamp: TestShop.asOf - 1, type: "page_view", amount: Money.none)
    let (outcome, store) = try await outcome(.lifetimeValue, events + [last])
    #expect(outcome.card.learner == "boosting")
    #expect(outcome.card.candidates?.first?.problem?.contains("no customer has bought again") == true)
    #expect(try await isSound(outcome, store))
  }

  @Test func modelFilesOfAnotherVersionSayToTrainAgain() async throws {
    struct Old: Encodable {
      var horizon_days = 30.0
      var windows = [7]
      var timezone = "UTC"
    }
    let (outcome, _) = try await outcome(.churn, TestShop.list(customers: 60).events)
    let registry = ModelRegistry(directory: folder.url.appending(path: "models"))
    let version = try registry.register(task: "churn", model: Old(), card: outcome.card)
    let error = #expect(throws: ModelError.self) {
      try registry.load(TaskModel.self, task: "churn", version: version)
    }
    #expect(error?.code == .foreignModel && error?.message.contains("train it again") == true)
    #expect(throws: ModelError.self) { try TaskTraining(.churn, horizon: 1, settings: Self.asking("bg-nbd")) }
    #expect(throws: ModelError.self) { try TaskTraining(.lifetimeValue, horizon: 1, settings: Self.asking("logistic")) }
  }

  private static func asking(_ candidate: String) -> TaskTraining.Settings {
    var settings = TaskTraining.Settings()
    settings.candidates = [candidate]
    return settings
  }
}
