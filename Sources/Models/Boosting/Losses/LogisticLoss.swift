import Foundation

/// l = log(1 + exp(-sF)), s = ±1: the negative Bernoulli log-likelihood. F is the log-odds of y = 1.
///
/// g = p - y, h = p (1 - p) with p = 1 / (1 + exp(-F)).
package struct LogisticLoss: Loss {
  package let objective = "binary sigmoid:1"
  package let labelRule = "0 or 1"

  package init() {}

  package func accepts(label: Double) -> Bool { label == 0 || label == 1 }

  package func initialScore(labels: [Double], weights: [Double]?) throws(ModelError) -> Double {
    guard let rate = mean(labels, weights), rate > 0, rate < 1 else {
      throw ModelError(
        .untrainable,
        "boosting: the training rows are all of one class; check the label and which value of it is the positive one")
    }
    return log(rate / (1 - rate))
  }

  package func value(score: Double, label: Double) -> Double {
    let against = label > 0 ? -score : score
    return max(against, 0) + log1p(exp(-abs(against)))
  }

  package func slopes(score: Double, label: Double) -> (gradient: Double, hessian: Double) {
    let e = exp(-abs(score))
    let near = 1 / (1 + e)
    let far = e * near
    let (p, q) = score >= 0 ? (near, far) : (far, near)
    return (label > 0 ? -q : p, near * far)
  }
}
