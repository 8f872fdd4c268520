/// l = α (y - F) for y > F, (1-α) (F - y) else: the pinball loss, least at the α-quantile (Koenker & Bassett 1978).
///
/// g = 1-α for F ≥ y, -α else. There is no curvature: h = 1 only weighs rows, and each leaf gets the α-quantile of its
/// residuals y - F instead of a Newton step.
package struct QuantileLoss: Loss {
  package let share: Double
  package let labelRule = "a finite number"

  /// - Precondition: 0 < share < 1.
  package init(share: Double) {
    precondition(share > 0 && share < 1, "a quantile lies between 0 and 1")
    self.share = share
  }

  package var objective: String { "quantile alpha:\(share)" }
  package var leafQuantile: Double? { share }

  package func accepts(label: Double) -> Bool { label.isFinite }

  package func initialScore(labels: [Double], weights: [Double]?) throws(ModelError) -> Double {
    guard let quantile = weightedQuantile(labels, weights: weights, share) else {
      throw ModelError(.untrainable, "boosting: no training row has weight")
    }
    return quantile
  }

  package func value(score: Double, label: Double) -> Double {
    label > score ? share * (label - score) : (1 - share) * (score - label)
  }

  package func slopes(score: Double, label: Double) -> (gradient: Double, hessian: Double) {
    (score >= label ? 1 - share : -share, 1)
  }
}

/// The smallest value with at least the share of the weight at or below it; nil without weight.
func weightedQuantile(_ values: [Double], weights: [Double]?, _ share: Double) -> Double? {
  guard let weights else {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    return sorted[min(max(Int((share * Double(sorted.count)).rounded(.up)) - 1, 0), sorted.count - 1)]
  }
  let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  let total = order.reduce(0) { $0 + weights[$1] }
  guard total > 0 else { return nil }
  var below = 0.0
  for index in order {
    below += weights[index]
    if below >= share * total { return values[index] }
  }
  return order.last.map { values[$0] }
}
