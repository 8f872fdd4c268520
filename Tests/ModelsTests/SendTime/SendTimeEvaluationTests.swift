import Foundation
import Models
import TestSupport
import Testing

@Suite struct SendTimeEvaluationTests {
  private var learner: SendTimeLearner {
    var settings = SendTimeLearner.Settings()
    settings.rhythms = 3
    settings.levels = 5
    settings.maximumIterations = 12
    return SendTimeLearner(settings: settings)
  }

  @Test func theIntervalCoversTheTruth() async throws {
    let world = SimulatedSends(customers: 3000, isMachineSeen: false, seed: 21)
    let histories = world.histories
    let evaluation = try await SendTimeEvaluation(histories, holding: 0..<2, learner: learner)
    let comparison = try #require(evaluation.crossFitted)
    let model = try await learner.fit(histories, without: 0)
    let forecasts = SendTimeForecaster(model).forecasts(of: 0..<3000, in: histories, without: 0)
    // Held-out sends are spread over customers as their sends are.
    let senders = world.rows.map { Int($0.customer) }
    let own = world.value(senders) { forecasts[$0].hour }
    let common = world.value(senders) { _ in world.globalBestHour }
    #expect(comparison.policy.low < own && own < comparison.policy.high)
    #expect(comparison.gain.low < own - common && own - common < comparison.gain.high)
    #expect(comparison.gain.low > 0)
    #expect(comparison.effectiveSends > 1 && comparison.effectiveSends <= Double(comparison.matchedSends))
    #expect(evaluation.heldOutSends == world.rows.indices.filter { $0 % 5 < 2 }.count)
    #expect(evaluation.byHistory.map(\.sends) == ["0", "1-4", "5-14", "15+"])
    #expect(evaluation.logLoss.model < evaluation.logLoss.everyone)
    #expect(evaluation.withoutMachineCustomers == evaluation.crossFitted)
    #expect(evaluation.triedHours == 1)
  }

  @Test func withoutPersonalHoursNoGainIsClaimed() async throws {
    var random = SeededRandom(seed: 9)
    let rows = (0..<12_000).map { place in
      let hour = Int.random(in: 0..<24, using: &random)
      let isOpened = Double.random(in: 0..<1, using: &random) < (hour == 18 ? 0.3 : 0.2)
      return SendRow(customer: Int32(place / 8), hour: UInt8(hour), isOpened: isOpened, isMachine: false)
    }
    let histories = SendHistories(hours: 24, customers: 1500, sends: rows, sessions: [], folds: 5)
    let evaluation = try await SendTimeEvaluation(histories, holding: 0..<5, learner: learner)
    let gain = try #require(evaluation.crossFitted?.gain)
    #expect(gain.low <= 0 && gain.high >= 0)
    #expect(abs(gain.value) < 0.1)
  }

  @Test func closedHoursAreNotEvaluatedAndPartsWithoutSendsAreRefused() async throws {
    let world = SimulatedSends(customers: 800, isMachineSeen: false, seed: 4)
    let policy = try SendPolicy(quietHours: "11-10")
    let evaluation = try await SendTimeEvaluation(world.histories, holding: 0..<1, learner: learner, policy: policy)
    // Only ten o'clock is open: for everyone the same hour, so the same rate and no gain.
    let comparison = try #require(evaluation.crossFitted)
    #expect(comparison.policy == comparison.globalBestHour)
    #expect(comparison.gain.value == 0 && comparison.gain.low == 0)
    let error = await #expect(throws: ModelError.self) {
      _ = try await SendTimeEvaluation(world.histories, holding: 7..<8, learner: learner)
    }
    #expect(error?.code == .untrainable)
  }

  /// Three sends at the chosen hours, all opened, would have an interval without width.
  @Test func aFewMatchesAreNoEvidence() async throws {
    let world = SimulatedSends(customers: 30, isMachineSeen: false, seed: 4)
    let evaluation = try await SendTimeEvaluation(world.histories, holding: 0..<1, learner: learner)
    #expect(evaluation.heldOutSends > 20)
    #expect(evaluation.heldOut == nil && evaluation.crossFitted == nil)
  }
}
