import Foundation
import Models
import TestSupport
import Testing

@Suite struct BinaryMetricsTests {
  @Test func aCaseDoneByHand() throws {
    // Positives at 0.8 and 0.4, negatives at 0.4 and 0.1: of four pairs three and a half are won.
    let metrics = try BinaryMetrics(probabilities: [0.8, 0.4, 0.4, 0.1], labels: [1, 1, 0, 0])
    #expect(metrics.auc == 0.875)
    let squares: [Double] = [0.04, 0.36, 0.16, 0.01]
    #expect(abs(metrics.brier - squares.reduce(0, +) / 4) < 1e-15)
    let likelihood: Double = 0.8 * 0.4 * 0.6 * 0.9
    let logLoss = -log(likelihood) / 4
    #expect(abs(metrics.logLoss - logLoss) < 1e-15)
    // Thresholds 0.8 (recall 1/2, precision 1) and 0.4 (recall 1, precision 2/3).
    #expect(abs(try #require(metrics.averagePrecision) - 5.0 / 6) < 1e-15)
    #expect(metrics.positives == 2)
  }

  /// Against counting every pair, with many ties.
  @Test(arguments: 1...5) func rankMetricsAgreeWithNaiveCounting(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let p = (0..<300).map { _ in Double(Int.random(in: 0...12, using: &random)) / 12 }
    let y: [UInt8] = p.map { Double.random(in: 0..<1, using: &random) < $0 * 0.7 ? 1 : 0 }
    let metrics = try BinaryMetrics(probabilities: p, labels: y)

    var wins = 0.0
    for i in y.indices where y[i] == 1 {
      for j in y.indices where y[j] == 0 { wins += p[i] > p[j] ? 1 : p[i] == p[j] ? 0.5 : 0 }
    }
    let positives = y.reduce(0) { $0 + Int($1) }
    #expect(abs(try #require(metrics.auc) - wins / Double(positives * (300 - positives))) < 1e-14)

    var precision = 0.0
    var recallBefore = 0.0
    for threshold in Set(p).sorted(by: >) {
      let chosen = y.indices.filter { p[$0] >= threshold }
      let found = Double(chosen.filter { y[$0] == 1 }.count)
      precision += (found / Double(positives) - recallBefore) * found / Double(chosen.count)
      recallBefore = found / Double(positives)
    }
    #expect(abs(try #require(metrics.averagePrecision) - precision) < 1e-12)
  }

  @Test func theOrderOfRowsChangesNothing() throws {
    var random = SeededRandom(seed: 9)
    let rows = (0..<500).map { _ in
      (p: Double(Int.random(in: 0...20, using: &random)) / 20, y: UInt8.random(in: 0...1, using: &random))
    }
    let shuffled = rows.shuffled(using: &random)
    let one = try BinaryMetrics(probabilities: rows.map(\.p), labels: rows.map(\.y))
    let other = try BinaryMetrics(probabilities: shuffled.map(\.p), labels: shuffled.map(\.y))
    #expect(one.auc == other.auc)
    #expect(one.calibration == other.calibration)
    #expect(one.lift == other.lift)
  }

  @Test func calibrationBinsHoldAllRowsAndSeeABias() throws {
    let p = (0..<1000).map { Double($0) / 1000 }
    // Exactly every second row from the middle up is positive: predicted 0.75 on average there, observed 0.5.
    let y = (0..<1000).map { UInt8($0 >= 500 && $0 % 2 == 0 ? 1 : 0) }
    let curve = try BinaryMetrics(probabilities: p, labels: y).calibration
    #expect(curve.bins.map(\.rows) == Array(repeating: 100, count: 10))
    #expect(curve.bins[2].observedRate == 0)
    #expect(curve.bins[7].observedRate == 0.5)
    #expect(abs(curve.bins[7].meanPredicted - 0.7495) < 1e-12)
    var expected = 0.0
    for bin in 0..<10 {
      let observed = bin < 5 ? 0 : 0.5
      expected += 0.1 * abs(0.0495 + 0.1 * Double(bin) - observed)
    }
    #expect(abs(curve.expectedCalibrationError - expected) < 1e-12)
  }

  @Test func equalPredictionsAreOneBin() throws {
    let metrics = try BinaryMetrics(
      probabilities: Array(repeating: 0.25, count: 8), labels: [1, 0, 0, 0, 1, 0, 0, 0])
    #expect(metrics.calibration.bins.count == 1)
    #expect(metrics.calibration.expectedCalibrationError == 0)
    #expect(metrics.auc == 0.5)
    // A random order finds positives in proportion.
    #expect(metrics.lift.allSatisfy { abs($0.lift - 1) < 1e-12 })
  }

  @Test func aPerfectRankingGainsAllPositivesFirst() throws {
    let p = (0..<100).map { Double(100 - $0) / 101 }
    let y = (0..<100).map { UInt8($0 < 20 ? 1 : 0) }
    let lift = try BinaryMetrics(probabilities: p, labels: y).lift
    #expect(lift.count == 10)
    #expect(abs(lift[0].gain - 0.5) < 1e-12 && abs(lift[0].lift - 5) < 1e-12)
    #expect(abs(lift[1].gain - 1) < 1e-12)
    #expect(abs(lift[9].lift - 1) < 1e-12)
    #expect(lift[1].threshold == p[19])
  }

  @Test func oneClassHasNoRankingAndNoRowsNoMetrics() throws {
    let metrics = try BinaryMetrics(probabilities: [0.2, 0.3], labels: [0, 0])
    #expect(metrics.auc == nil && metrics.averagePrecision == nil && metrics.lift.isEmpty)
    #expect(throws: ModelError.self) { try BinaryMetrics(probabilities: [], labels: []) }
    #expect(throws: ModelError.self) { try BinaryMetrics(probabilities: [.nan], labels: [1]) }
  }
}
