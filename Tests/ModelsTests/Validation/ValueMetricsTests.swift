import Foundation
import Models
import TestSupport
import Testing

@Suite struct ValueMetricsTests {
  /// By hand: actual 0, 1, 4, 15; the prediction ranks 15 first, then 1 and 4 alike, then 0.
  @Test func figuresByHand() throws {
    let metrics = try ValueMetrics(predicted: [1, 4, 4, 9], actual: [0, 1, 4, 15])
    #expect(metrics.actualTotal == 20 && metrics.predictedTotal == 18)
    #expect(abs(try #require(metrics.totalError) + 0.1) < 1e-12)
    #expect(metrics.mae == 2.5)
    #expect(abs(metrics.rmse - 11.5.squareRoot()) < 1e-12)
    // 4 (√y - √μ)² / √μ.
    let surprise: Double = 15.0.squareRoot() - 3
    let deviances: [Double] = [4, 2, 0, 4 * surprise * surprise / 3]
    let deviance = deviances.reduce(0, +) / 4
    #expect(abs(metrics.deviance - deviance) < 1e-12)
    // Areas of a quarter each: 15/2, the two of the tie at 15 + 5/2, the last at 20, all over 20.
    // So the area is 62.5/80, and that of the best ranking (7.5, 17, 19.5, 20) 64/80.
    #expect(abs(try #require(metrics.gini) - 0.5625) < 1e-12)
    #expect(abs(try #require(metrics.normalisedGini) - 0.9375) < 1e-12)
    #expect(metrics.deciles.count == 4 && metrics.deciles.last?.meanActual == 15)
  }

  @Test func perfectAndUselessPredictions() throws {
    var random = SeededRandom(seed: 5)
    let actual = (0..<5000).map { _ in
      Bool.random(using: &random) ? 0 : -100 * log(Double.random(in: 0.001..<1, using: &random))
    }
    let perfect = try ValueMetrics(predicted: actual, actual: actual)
    #expect(perfect.normalisedGini == 1 && perfect.mae == 0 && perfect.totalError == 0)
    let mean = actual.reduce(0, +) / Double(actual.count)
    let useless = try ValueMetrics(predicted: Array(repeating: mean, count: actual.count), actual: actual)
    #expect(abs(try #require(useless.gini)) < 1e-12)
    // The mean is the best constant.
    for factor in [0.5, 0.9, 1.1, 2] {
      let other = try ValueMetrics(predicted: Array(repeating: mean * factor, count: actual.count), actual: actual)
      #expect(other.deviance > useless.deviance)
    }
    #expect(perfect.deviance < useless.deviance)
  }

  @Test func withoutMoneyThereIsNoShareOfIt() throws {
    let metrics = try ValueMetrics(predicted: [1, 2], actual: [0, 0])
    #expect(metrics.gini == nil && metrics.normalisedGini == nil && metrics.totalError == nil)
    #expect(throws: ModelError.self) { try ValueMetrics(predicted: [], actual: []) }
    #expect(throws: ModelError.self) { try ValueMetrics(predicted: [.nan], actual: [1]) }
    #expect(throws: ModelError.self) { try ValueMetrics(predicted: [-1], actual: [1]) }
  }

  @Test func metricsOfBothKindsSurviveJSON() throws {
    let value = TaskMetrics.value(try ValueMetrics(predicted: [1, 4, 4, 9], actual: [0, 1, 4, 15]))
    let binary = TaskMetrics.probability(try BinaryMetrics(probabilities: [0.1, 0.9], labels: [0, 1]))
    for metrics in [value, binary] {
      #expect(try JSONDecoder().decode(TaskMetrics.self, from: JSONEncoder().encode(metrics)) == metrics)
    }
    let text = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    #expect(text.contains("\"total_error\":-0.0") && text.contains("\"normalised_gini\""))
  }
}
