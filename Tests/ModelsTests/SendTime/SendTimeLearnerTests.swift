import Foundation
import Models
import TestSupport
import Testing

@Suite struct SendTimeLearnerTests {
  private static func settings(rhythms: Int = 4, levels: Int = 5, iterations: Int = 25) -> SendTimeLearner.Settings {
    var settings = SendTimeLearner.Settings()
    settings.rhythms = rhythms
    settings.levels = levels
    settings.maximumIterations = iterations
    return settings
  }

  @Test(arguments: [24, 168]) func itFindsTheHoursBehindTheMarketersHabit(hours: Int) async throws {
    let world = SimulatedSends(customers: 2000, hours: hours, seed: 5)
    let histories = world.histories
    let model = try await SendTimeLearner(settings: Self.settings(iterations: hours == 24 ? 25 : 12)).fit(histories)
    let forecaster = SendTimeForecaster(model)
    let forecasts = forecaster.forecasts(of: world.truth.indices, in: histories)
    let rate = try #require(model.machineOpenRate)
    // 0.095 of 0.145 sends without a flag have a machine's open.
    #expect(abs(rate - 0.655) < 0.06)

    let everyone = world.truth.indices
    let common = world.value(everyone) { _ in world.globalBestHour }
    let best = world.value(everyone) { world.bestHour(of: $0) }
    let own = world.value(everyone) { forecasts[$0].hour }
    #expect((own - common) / (best - common) > (hours == 24 ? 0.6 : 0.4))
    // In no bucket of history worse than the best hour of all.
    for range in [0...0, 1...4, 5...14, 15...1000] {
      let bucket = everyone.filter { range ~= forecasts[$0].sends }
      #expect(world.value(bucket) { forecasts[$0].hour } >= world.value(bucket) { _ in world.globalBestHour } - 1e-9)
    }
    // What it expects is what comes: opens at the chosen hours, and at the marketer's. The best of 168 hours, each
    // with a few sends, looks better than it is; that is what held-out sends are for.
    let expected = forecasts.map(\.openProbability).reduce(0, +) / Double(forecasts.count)
    #expect(expected > own - 0.02 && (hours == 168 || expected < own + 0.02))
    let atTen = forecasts.map { $0.probabilities[10] }.reduce(0, +) / Double(forecasts.count)
    #expect(abs(atTen - world.value(everyone) { _ in 10 }) < 0.02)
    for forecast in forecasts.prefix(50) {
      #expect(abs(forecast.distribution.reduce(0, +) - 1) < 1e-12)
      #expect(forecast.gain >= 0 && forecast.gainDeviation >= 0)
    }
  }

  @Test func anyNumberOfThreadsGivesTheSameBits() async throws {
    let histories = SimulatedSends(customers: 9000, seed: 1).histories
    let settings = Self.settings(rhythms: 3, levels: 3, iterations: 4)
    let one = try await SendTimeLearner(settings: settings, threads: 1).fit(histories)
    let three = try await SendTimeLearner(settings: settings, threads: 3).fit(histories)
    #expect(one == three)
  }

  /// The posterior of every state by its definition, without tables.
  @Test func aForecastIsThePosteriorMean() async throws {
    let world = SimulatedSends(customers: 300, seed: 3)
    let histories = world.histories
    let model = try await SendTimeLearner(settings: Self.settings(iterations: 5)).fit(histories)
    let forecasts = SendTimeForecaster(model).forecasts(of: 0..<300, in: histories)
    let machine = try #require(model.machineOpenRate)
    for customer in 0..<300 {
      let rows = world.rows.filter { $0.customer == Int32(customer) }
      let isProxied = rows.contains(where: \.isMachine)
      var (sum, open) = (0.0, 0.0)
      for (rhythm, curve) in model.rhythms.enumerated() {
        for (level, step) in model.levels.enumerated() {
          var likelihood = model.shares[rhythm][level]
          for row in rows where !row.isMachine {
            let person = 1 / (1 + exp(-(curve[Int(row.hour)] + step)))
            let seen = isProxied ? 1 - (1 - machine) * (1 - person) : person
            likelihood *= row.isOpened ? seen : 1 - seen
          }
          for visit in world.visits where visit.customer == Int32(customer) {
            likelihood *= 24 * model.sessionHours[rhythm][Int(visit.hour)]
          }
          sum += likelihood
          open += likelihood / (1 + exp(-(curve[7] + step)))
        }
      }
      #expect(abs(forecasts[customer].probabilities[7] - open / sum) < 1e-9)
    }
  }

  @Test func heldOutSendsAreNotLookedAt() async throws {
    let world = SimulatedSends(customers: 400, seed: 8)
    let settings = Self.settings(rhythms: 2, levels: 3, iterations: 5)
    func model(_ rows: [SendRow]) async throws -> SendTimeModel {
      let histories = SendHistories(
        hours: 24, customers: 400, sends: rows, sessions: world.visits, folds: 5)
      return try await SendTimeLearner(settings: settings).fit(histories, without: 2)
    }
    var (told, place) = (world.rows, 0)
    for row in told.indices where !told[row].isMachine {
      if place % 5 == 2 { told[row].isOpened.toggle() }
      place += 1
    }
    #expect(try await model(told) == model(world.rows))
  }

  @Test func aModelSurvivesItsFileAndForeignOnesAreRefused() async throws {
    let folder = try TemporaryDirectory()
    let histories = SimulatedSends(customers: 200, seed: 2).histories
    let model = try await SendTimeLearner(settings: Self.settings(iterations: 3)).fit(histories)
    let file = folder.url.appending(path: "model.json")
    try ModelFile.write(model, to: file)
    #expect(try ModelFile.sendTime(file) == model)
    #expect(try ModelFile.learner(file) == "send-time")
    var damaged = model
    damaged.rhythms.removeLast()
    try ModelFile.write(damaged, to: file)
    let error = #expect(throws: ModelError.self) { try ModelFile.sendTime(file) }
    #expect(error?.code == .foreignModel)
  }

  @Test func dataThatTellNothingAreRefusedAndFewAreBorne() async throws {
    let learner = SendTimeLearner()
    func histories(_ rows: [SendRow], _ customers: Int = 1) -> SendHistories {
      SendHistories(hours: 24, customers: customers, sends: rows, sessions: [(0, 21)], folds: 1)
    }
    let none = await #expect(throws: ModelError.self) { try await learner.fit(histories([])) }
    #expect(none?.code == .untrainable)
    let unopened = SendRow(customer: 0, hour: 3, isOpened: false, isMachine: false)
    let noOpens = await #expect(throws: ModelError.self) { try await learner.fit(histories([unopened])) }
    #expect(noOpens?.message.contains("no send was opened") == true)
    let machine = SendRow(customer: 0, hour: 3, isOpened: true, isMachine: true)
    await #expect(throws: ModelError.self) { try await learner.fit(histories([machine])) }
    // One customer with one opened send: a model, and probabilities.
    let opened = SendRow(customer: 0, hour: 3, isOpened: true, isMachine: false)
    let model = try await learner.fit(histories([opened]))
    let forecast = SendTimeForecaster(model).forecasts(of: 0..<1, in: histories([opened]))[0]
    #expect(forecast.probabilities.allSatisfy { $0 > 0 && $0 < 1 })
    #expect(forecast.sends == 1 && forecast.opens == 1 && forecast.sessions == 1)
    var wrong = learner
    wrong.settings.rhythms = 0
    let setting = await #expect(throws: ModelError.self) { try await wrong.fit(histories([opened])) }
    #expect(setting?.code == .invalidSetting)
  }
}
