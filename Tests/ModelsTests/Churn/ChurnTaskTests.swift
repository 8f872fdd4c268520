import Foundation
import Journeys
import Models
import TestSupport
import Testing

@Suite struct ChurnTaskTests {
  private let folder: TemporaryDirectory
  private let utc: ZonedCalendar
  private let horizon = 30 * EventList.day
  /// The end of 120 days.
  private let asOf = EventList.start + 120 * EventList.day

  init() throws {
    folder = try TemporaryDirectory()
    utc = try ZonedCalendar("UTC")
  }

  /// Customers who buy about weekly, half of whom have a day after which they buy no more: who is overdue is gone.
  private var shop: EventList {
    var random = SeededRandom(seed: 8)
    var events: [EventList.Event] = []
    for customer in 0..<1500 {
      let end = Bool.random(using: &random) ? Double.random(in: 0..<120, using: &random) : 120
      var day = Double.random(in: 0..<40, using: &random)
      while day < end {
        let timestamp = EventList.start + Int64(day * Double(EventList.day))
        events.append(.init(customer: "c\(customer)", timestamp: timestamp, type: "purchase", amount: 10_000))
        day += -7 * log(1 - Double.random(in: 0..<1, using: &random)) + 0.5
      }
      events.append(
        .init(customer: "visitor \(customer)", timestamp: EventList.start, type: "page_view", amount: Money.none))
    }
    return EventList(events: events)
  }

  @Test func itLearnsWhoIsGoneAndSaysHowItKnows() async throws {
    let list = shop
    let store = try list.store(in: folder)
    let (model, card) = try await ChurnTask.train(store: store, asOf: asOf, horizon: horizon, timeZone: utc)

    // Both sides of the split, counted from the events themselves.
    for (rows, moment) in [(card.data.training, asOf - 2 * horizon), (card.data.validation, asOf - horizon)] {
      let purchases = list.events.filter { $0.type == "purchase" }
      let known = Set(purchases.filter { $0.timestamp < moment }.map(\.customer))
      let bought = Set(
        purchases.filter { $0.timestamp >= moment && $0.timestamp < moment + horizon }.map(\.customer))
      #expect(rows.rows == known.count)
      #expect(rows.positives == known.subtracting(bought).count)
    }
    #expect(card.data.training.labelsUntil == card.data.validation.featuresUntil)
    #expect(card.data.validation.labelsUntil == "2024-04-30T00:00:00Z")
    #expect(card.data.horizonDays == 30)
    #expect(model.windows == [7, 30])

    let baselines = card.validation.baselines
    let auc = try #require(card.validation.model.auc)
    #expect(auc > 0.9)
    #expect(baselines["constant_rate"]?.auc == 0.5)
    let constant = try #require(baselines["constant_rate"])
    let recency = try #require(baselines["recency_rule"])
    #expect(card.validation.model.logLoss < recency.logLoss)
    #expect(recency.logLoss < constant.logLoss)
    #expect(card.validation.model.calibration.expectedCalibrationError < 0.1)
  }

  @Test func itPredictsForCustomersOnlyAndSurvivesItsFile() async throws {
    let store = try shop.store(in: folder)
    let registry = ModelRegistry(directory: folder.url.appending(path: "models"))
    let (model, card) = try await ChurnTask.train(store: store, asOf: asOf, horizon: horizon, timeZone: utc)
    let version = try registry.register(task: ChurnTask.name, model: model, card: card)
    let read = try registry.load(ChurnModel.self, task: ChurnTask.name, version: version)
    #expect(read == model)
    #expect(try registry.show(task: ChurnTask.name, version: version).card == card)

    let probabilities = try await read.predict(store: store, asOf: asOf)
    #expect(probabilities.count == store.customerCount)
    for customer in 0..<store.customerCount {
      #expect(probabilities[customer].isNaN == store.customerID(customer).hasPrefix("visitor"))
    }
    #expect(probabilities.allSatisfy { $0.isNaN || (0...1).contains($0) })
    let again = try await model.predict(store: store, asOf: asOf, threads: 1)
    #expect(zip(again, probabilities).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
  }

  @Test func standardisationKnowsTheTrainingRowsOnly() async throws {
    let list = shop
    let model = try await ChurnTask.train(
      store: list.store(in: folder), asOf: asOf, horizon: horizon, timeZone: utc
    ).model
    // Ten times the money after the training labels have ended: validation sees it, the model must not.
    let later = list.events.map { event in
      var event = event
      if event.timestamp >= asOf - horizon, event.amount != Money.none { event.amount *= 10 }
      return event
    }
    let other = try await ChurnTask.train(
      store: EventList(events: later).store(in: folder, "later"), asOf: asOf, horizon: horizon, timeZone: utc
    ).model
    #expect(other == model)
  }

  @Test func dataThatCannotTeachAreRefusedWithTheRemedy() async throws {
    let store = try shop.store(in: folder)
    func refusal(asOf: Int64, horizonDays: Int64) async -> String {
      do {
        _ = try await ChurnTask.train(store: store, asOf: asOf, horizon: horizonDays * EventList.day, timeZone: utc)
        return "trained"
      } catch let error as ModelError {
        return error.message
      } catch {
        return "another error"
      }
    }
    #expect(await refusal(asOf: asOf, horizonDays: 60).contains("--horizon 56d"))
    #expect(await refusal(asOf: asOf, horizonDays: 56) == "trained")
    #expect(await refusal(asOf: EventList.start + EventList.day, horizonDays: 30).contains("longer history"))
    #expect(await refusal(asOf: asOf + 40 * EventList.day, horizonDays: 30).contains("--as-of"))
    #expect(await refusal(asOf: asOf, horizonDays: 0).contains("positive"))
  }
}
