import Foundation
import Models
import TestSupport
import Testing

/// Optima found by Newton's method with 50 digits; what the papers and their software print agrees to the digits shown.
@Suite(.enabled(if: SharedData.exists)) struct LikelihoodFitTests {
  @Test func betaGeometricOnCDNOW() async throws {
    let table = try CustomerTables.cdnow()
    let histories = try CustomerHistories(x: table.x, lastPurchase: table.lastPurchase, age: table.age)
    #expect(histories.customers == 2357)
    let fit = try await BetaGeometricNBD.fit(histories, threads: 2)
    try expect(
      fit, ["r": 0.24259452243016, "alpha": 4.4136020190135, "a": 0.7929220172256, "b": 2.4259067768263],
      logLikelihood: -9582.429206673931, standardErrors: [0.0125574, 0.378224, 0.185734, 0.705414])
  }

  @Test func betaGeometricOnThePublishedTable() async throws {
    let columns = try CustomerTables.read("data/cdnow_summary.csv", ["x", "t_x", "T"])
    let histories = try CustomerHistories(x: columns[0], lastPurchase: columns[1], age: columns[2])
    let fit = try await BetaGeometricNBD.fit(histories, threads: 2)
    try expect(
      fit, ["r": 0.24259290720447, "alpha": 4.4135315612054, "a": 0.79288614809877, "b": 2.4257534364936],
      logLikelihood: -9582.425560567363, standardErrors: [0.0125573, 0.378221, 0.185719, 0.705346])
  }

  @Test func paretoOnCDNOW() async throws {
    let table = try CustomerTables.cdnow()
    let histories = try CustomerHistories(x: table.x, lastPurchase: table.lastPurchase, age: table.age)
    let fit = try await ParetoNBD.fit(histories, threads: 2)
    try expect(
      fit, ["r": 0.55327704685318, "alpha": 10.577683463302, "s": 0.60623998912783, "beta": 11.668735288855],
      logLikelihood: -9594.976178939543, standardErrors: [0.0476279, 0.842723, 0.187281, 6.21111])
  }

  @Test func gammaGammaOnCDNOW() async throws {
    let table = try CustomerTables.cdnow()
    let fit = try await GammaGamma.fit(x: table.x, meanValue: table.meanValue, threads: 2)
    try expect(
      fit, ["p": 6.249572277471, "q": 3.7442246677383, "gamma": 15.443520948091],
      logLikelihood: -4055.917694552206, standardErrors: [1.19006, 0.290133, 4.15942])
  }

  @Test func betaBernoulliOnDonations() async throws {
    let columns = try CustomerTables.read(
      "data/donations_bgbb.csv", ["frequency", "recency", "periods", "weights"])
    let histories = try CustomerHistories(
      x: columns[0], lastPurchase: columns[1], age: columns[2], weight: columns[3])
    #expect(histories.customers == 11104)
    let fit = try await BetaGeometricBetaBernoulli.fit(histories, threads: 2)
    try expect(
      fit,
      ["alpha": 1.2035223516019, "beta": 0.74971635817294, "gamma": 0.65671820844183, "delta": 2.7834422325774],
      logLikelihood: -33225.58127434701, standardErrors: nil)
  }

  private func expect(
    _ fit: LikelihoodFit, _ parameters: [String: Double], logLikelihood: Double, standardErrors: [Double]?
  ) throws {
    #expect(Set(fit.names) == Set(parameters.keys))
    #expect(fit.unidentified.isEmpty)
    for (name, value) in zip(fit.names, fit.values) {
      let expected = try #require(parameters[name])
      #expect(abs(value / expected - 1) < 1e-9, "\(name): \(value)")
    }
    #expect(abs(fit.logLikelihood - logLikelihood) < 1e-8, "\(fit.logLikelihood)")
    if let standardErrors {
      for (got, expected) in zip(fit.standardErrors, standardErrors) {
        #expect(abs(try #require(got) / expected - 1) < 1e-5)
      }
    }
  }
}
