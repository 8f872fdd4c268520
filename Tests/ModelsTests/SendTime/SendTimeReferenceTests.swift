import Foundation
import Models
import TestSupport
import Testing

/// The simulated world of the reference cases, whose true open rates are known.
@Suite(.enabled(if: SharedData.exists)) struct SendTimeReferenceTests {
  private let folder = SharedData.url("cases/models/send_time")

  private func table() throws -> SendTimeTable {
    try SendTimeTable(
      sends: folder.appending(path: "sends_seed1.csv").path,
      sessions: folder.appending(path: "sessions_seed1.csv").path, hours: 24)
  }

  @Test func itBeatsTheMixtureAndNeverFallsBelowTheGlobalBestHour() async throws {
    let table = try table()
    #expect(table.rows == 190_932 + 304_142)
    let model = try await SendTimeLearner().fit(table.histories)
    let forecaster = SendTimeForecaster(model)
    let forecasts = forecaster.forecasts(of: table.customers.indices, in: table.histories)
    let data = try Data(contentsOf: folder.appending(path: "truth_p_seed1.npy"))
    let truth = data.dropFirst(128).withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
    try #require(truth.count == 20_000 * 24)
    var hours = Array(repeating: forecaster.commonHour, count: 20_000)
    for (place, name) in table.customers.enumerated() { hours[try #require(Int(name))] = forecasts[place].hour }
    func score(_ customers: [Int], _ hour: (Int) -> Int) -> Double {
      customers.reduce(0) { $0 + truth[$1 * 24 + hour($1)] } / Double(customers.count)
    }
    let everyone = Array(0..<20_000)
    let own = score(everyone) { hours[$0] }
    // mixture_opens_sessions has 0.24081, the posterior mean under the true prior 0.25269.
    #expect(own > 0.248 && own < 0.25269)
    // SEND_TIME.md counts all sends of a customer, those that a machine opened too.
    var sends = Array(repeating: 0, count: 20_000)
    for line in try String(contentsOf: folder.appending(path: "sends_seed1.csv"), encoding: .utf8).split(
      separator: "\n"
    )
    .dropFirst() {
      sends[try #require(Int(line.prefix { $0 != "," }))] += 1
    }
    let byHour: [Double] = (0..<24).map { hour in score(everyone) { _ in hour } }
    let best = byHour.indices.reduce(0) { byHour[$1] > byHour[$0] ? $1 : $0 }
    for range in [0...0, 1...4, 5...14, 15...Int.max] {
      let bucket = everyone.filter { range ~= sends[$0] }
      #expect(bucket.count > 1000)
      #expect(score(bucket) { hours[$0] } > score(bucket) { _ in best } + 0.03)
    }
    let rate = try #require(model.machineOpenRate)
    #expect(abs(rate - 0.095 / 0.145) < 0.01)
  }

  @Test func theGainShowsOnSendsThatItDidNotSee() async throws {
    let histories = try table().histories
    let evaluation = try await SendTimeEvaluation(histories, holding: 0..<1, learner: SendTimeLearner())
    let heldOut = try #require(evaluation.heldOut)
    // The reference's SNIPS of the global best hour: of one hour, so that propensities cancel.
    #expect(abs(heldOut.globalBestHour.value - 0.20098) < 5e-6)
    #expect(heldOut.gain.low > 0)
    #expect(heldOut.gain.low < 0.067 && heldOut.gain.high > 0.067)
    #expect(evaluation.logLoss.model < evaluation.logLoss.everyone)
  }
}
