import Foundation
import Models
import TestSupport
import Testing

@Suite struct CalibrationTests {
  /// Done by hand: 1 and 2 violate and are pooled to 1/2; equal scores count as one.
  @Test func isotonicPoolsViolators() throws {
    let fit = try IsotonicCalibration(fitting: [3, 1, 2, 4, 4, 0], labels: [0, 1, 0, 1, 0, 0])
    #expect(fit.scores == [0, 1, 3, 4])
    #expect(fit.probabilities == [0, 1.0 / 3, 1.0 / 3, 0.5])
    #expect(fit(-5) == 0 && fit(0.5) == 1.0 / 6 && fit(2.2) == 1.0 / 3 && fit(9) == 0.5)
    let weighted = try IsotonicCalibration(fitting: [1, 2, 3], labels: [1, 0, 1], weights: [3, 1, 2])
    #expect(weighted.scores == [1, 2, 3] && weighted.probabilities == [0.75, 0.75, 1])
  }

  /// The best of all non-decreasing step functions, tried one by one (min-max formula of Barlow et al.).
  @Test func isotonicIsTheLeastSquaresFit() throws {
    var random = SeededRandom(seed: 4)
    let scores = (0..<60).map { _ in Double(Int.random(in: 0..<40, using: &random)) }
    let labels = scores.map { UInt8(Double.random(in: 0..<40, using: &random) < $0 ? 1 : 0) }
    let fit = try IsotonicCalibration(fitting: scores, labels: labels)
    for score in Set(scores) {
      var largest = 0.0
      for low in scores where low <= score {
        var smallest = 1.0
        for high in scores where high >= score {
          let rows = scores.indices.filter { (low...high).contains(scores[$0]) }
          smallest = min(smallest, Double(rows.count { labels[$0] == 1 }) / Double(rows.count))
        }
        largest = max(largest, smallest)
      }
      #expect(abs(fit(score) - largest) < 1e-14)
    }
  }

  /// At the maximum Σ (target - p) and Σ (target - p) s vanish, with the smoothed targets.
  @Test(arguments: [0.0, 1e6]) func plattReachesItsMaximum(offset: Double) throws {
    var random = SeededRandom(seed: 9)
    let scores = (0..<400).map { _ in Double.random(in: -3..<3, using: &random) + offset }
    let labels = scores.map { UInt8(Double.random(in: 0..<1, using: &random) < sigmoid(2 * ($0 - offset) - 1) ? 1 : 0) }
    let fit = try PlattScaling(fitting: scores, labels: labels)
    let positives = Double(labels.count { $0 == 1 })
    let (high, low) = ((positives + 1) / (positives + 2), 1 / (400 - positives + 2))
    var (sum, moment) = (0.0, 0.0)
    for (score, label) in zip(scores, labels) {
      let rest = (label == 1 ? high : low) - fit(score)
      sum += rest
      moment += rest * (score - offset)
    }
    #expect(abs(sum) < 1e-6 && abs(moment) < 1e-6)
    #expect((-3.0)...(-1.2) ~= fit.slope)
  }

  /// Separable scores: the smoothed targets keep the answer finite, 1 of 4 and 3 of 4 here.
  @Test func plattOfSeparableScoresIsFinite() throws {
    let fit = try PlattScaling(fitting: [-1, -1, 1, 1], labels: [0, 0, 1, 1])
    #expect(abs(fit(1) - 0.75) < 1e-9 && abs(fit(-1) - 0.25) < 1e-9)
    #expect(abs(fit.slope + log(3)) < 1e-9 && abs(fit.intercept) < 1e-9)
    // Scores that say nothing get the rate, smoothed: (2 · 3/4 + 2 · 1/4)/4.
    let flat = try PlattScaling(fitting: [5, 5, 5, 5], labels: [0, 1, 0, 1])
    #expect(abs(flat(5) - 0.5) < 1e-9)
  }

  @Test func theyMakeScoresCalibrated() throws {
    var random = SeededRandom(seed: 12)
    let scores = (0..<20_000).map { _ in Double.random(in: -4..<4, using: &random) }
    let labels = scores.map { UInt8(Double.random(in: 0..<1, using: &random) < sigmoid(0.5 * $0 - 1) ? 1 : 0) }
    let half = scores.count / 2
    for method in Calibration.Method.allCases {
      let fit = try Calibration(method, scores: Array(scores[..<half]), labels: Array(labels[..<half]))
      let metrics = try BinaryMetrics(probabilities: scores[half...].map { fit($0) }, labels: Array(labels[half...]))
      #expect(metrics.calibration.expectedCalibrationError < 0.02)
      #expect(try JSONDecoder().decode(Calibration.self, from: JSONEncoder().encode(fit)) == fit)
    }
  }

  @Test func oneClassAndNonsenseAreRefused() {
    for method in Calibration.Method.allCases {
      let error = #expect(throws: ModelError.self) { try Calibration(method, scores: [1, 2], labels: [1, 1]) }
      #expect(error?.code == .untrainable)
      #expect(throws: ModelError.self) { try Calibration(method, scores: [], labels: []) }
      #expect(throws: ModelError.self) { try Calibration(method, scores: [1, .nan], labels: [0, 1]) }
    }
    #expect(throws: ModelError.self) { try IsotonicCalibration(scores: [1, 2], probabilities: [0.5, 0.4]) }
  }
}
