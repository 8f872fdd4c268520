import Foundation
import Models
import Testing

@Suite struct LossTests {
  static let losses: [(any Loss, labels: [Double])] = [
    (LogisticLoss(), [0, 1]), (SquaredLoss(), [-3, 0.5, 40]), (PoissonLoss(), [0, 1, 7]),
    (TweedieLoss(power: 1.1), [0, 2.5, 300]), (TweedieLoss(power: 1.7), [0, 0.01, 90]),
    (QuantileLoss(share: 0.9), [-1, 0.3, 5]),
  ]

  @Test func gradientIsTheSlopeOfTheValue() {
    for (loss, labels) in Self.losses {
      for label in labels {
        for score in [-2.3, -0.4, 0.11, 1.7] {
          let step = 1e-5
          let rise = loss.value(score: score + step, label: label) - loss.value(score: score - step, label: label)
          let gradient = loss.slopes(score: score, label: label).gradient
          #expect(abs(rise / (2 * step) - gradient) < 1e-6 * max(1, abs(gradient)), "\(loss.objective) \(label)")
        }
      }
    }
  }

  @Test func hessianIsTheSlopeOfTheGradient() {
    for (loss, labels) in Self.losses where loss.leafQuantile == nil {
      // Poisson steps with a larger hessian, e^0.7 of the true one.
      let caution = loss is PoissonLoss ? exp(0.7) : 1
      for label in labels {
        for score in [-2.3, -0.4, 0.11, 1.7] {
          let step = 1e-5
          let rise =
            loss.slopes(score: score + step, label: label).gradient
            - loss.slopes(score: score - step, label: label).gradient
          let hessian = loss.slopes(score: score, label: label).hessian
          #expect(abs(caution * rise / (2 * step) - hessian) < 1e-6 * max(1, hessian), "\(loss.objective) \(label)")
          #expect(hessian > 0)
        }
      }
    }
  }

  @Test func logisticLossStaysFiniteFarOut() {
    let loss = LogisticLoss()
    #expect(loss.value(score: 800, label: 0) == 800)
    #expect(loss.value(score: 800, label: 1) == 0)
    #expect(loss.slopes(score: -800, label: 1).gradient == -1)
    #expect(loss.slopes(score: -800, label: 0).hessian == 0)
  }

  /// No constant is better than the initial score.
  @Test func initialScoreIsTheBestConstant() throws {
    var draws = Draws(5)
    for (loss, values) in Self.losses {
      let labels = (0..<60).map { _ in values[draws.below(values.count)] }
      let weights = (0..<60).map { _ in draws.uniform() + 0.1 }
      for weights in [nil, weights] {
        let best = try loss.initialScore(labels: labels, weights: weights)
        func total(_ score: Double) -> Double {
          labels.indices.reduce(0) { $0 + (weights?[$1] ?? 1) * loss.value(score: score, label: labels[$1]) }
        }
        for step in [-0.3, -0.01, 0.01, 0.3] {
          #expect(total(best) <= total(best + step) + 1e-12, "\(loss.objective)")
        }
      }
    }
  }

  @Test func labelsOutsideTheLossAreRefused() throws {
    let matrix = try features([("a", [1, 2, 3, 4])])
    let refused: [(BoostingLoss, [Double], ModelError.Code)] = [
      (.logistic, [0, 1, 2, 0], .untrainable), (.poisson, [0, 1, -1, 0], .untrainable),
      (.tweedie(power: 1.5), [0, .infinity, 1, 2], .untrainable), (.squared, [0, .nan, 1, 2], .untrainable),
      (.logistic, [1, 1, 1, 1], .untrainable), (.poisson, [0, 0, 0, 0], .untrainable),
      (.tweedie(power: 2), [1, 2, 3, 4], .invalidSetting), (.quantile(0), [1, 2, 3, 4], .invalidSetting),
    ]
    for (loss, labels, code) in refused {
      let error = #expect(throws: ModelError.self) {
        try GradientBoosting(settings: settings(loss: loss)).fit(matrix, labels: labels)
      }
      #expect(error?.code == code, "\(loss)")
    }
  }

  @Test func labelsTooLargeForTheirSlopesAreRefused() throws {
    let matrix = try features([("a", [1, 2, 3, 4])])
    let error = #expect(throws: ModelError.self) {
      try GradientBoosting(settings: settings()).fit(matrix, labels: [0, 1e300, 2, 3])
    }
    #expect(error?.code == .untrainable)
  }
}
