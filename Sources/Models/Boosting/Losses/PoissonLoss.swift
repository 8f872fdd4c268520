import Foundation

/// l = exp(F) - y F: the negative Poisson log-likelihood, F being the log of the mean.
///
/// g = exp(F) - y. h is exp(F + 0.7) where the second derivative is exp(F): as in LightGBM, the larger value keeps a
/// leaf of few counts from a step that exp would blow up.
package struct PoissonLoss: Loss {
  package let objective = "poisson"
  package let labelRule = "a finite number not below 0"

  package init() {}

  package func accepts(label: Double) -> Bool { label >= 0 && label.isFinite }

  package func initialScore(labels: [Double], weights: [Double]?) throws(ModelError) -> Double {
    try logOfMean(labels, weights)
  }

  package func value(score: Double, label: Double) -> Double { exp(score) - label * score }

  package func slopes(score: Double, label: Double) -> (gradient: Double, hessian: Double) {
    let mean = exp(score)
    return (mean - label, mean * Self.caution)
  }

  static let caution = exp(0.7)
}

extension Loss {
  /// The initial score of losses that model the log of a mean.
  func logOfMean(_ labels: [Double], _ weights: [Double]?) throws(ModelError) -> Double {
    guard let mean = mean(labels, weights), mean > 0 else {
      throw ModelError(.untrainable, "boosting: all labels are 0, so that the log of their mean has no finite value")
    }
    return log(mean)
  }
}
