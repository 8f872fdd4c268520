/// l = ½ (F - y)²: g = F - y, h = 1. The prediction is the mean.
package struct SquaredLoss: Loss {
  package let objective = "regression"
  package let labelRule = "a finite number"

  package init() {}

  package func accepts(label: Double) -> Bool { label.isFinite }

  package func initialScore(labels: [Double], weights: [Double]?) throws(ModelError) -> Double {
    guard let mean = mean(labels, weights) else {
      throw ModelError(.untrainable, "boosting: no training row has weight")
    }
    return mean
  }

  package func value(score: Double, label: Double) -> Double { (score - label) * (score - label) / 2 }

  package func slopes(score: Double, label: Double) -> (gradient: Double, hessian: Double) { (score - label, 1) }
}
