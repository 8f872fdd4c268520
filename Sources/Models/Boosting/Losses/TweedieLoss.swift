import Foundation

/// l = -y exp((1-ρ)F) / (1-ρ) + exp((2-ρ)F) / (2-ρ): the negative log-likelihood of a compound Poisson-gamma variable
/// with variance φ mean^ρ, 1 < ρ < 2, F being the log of the mean (Jørgensen 1987): sums that are often exactly 0.
///
/// g = -y exp((1-ρ)F) + exp((2-ρ)F), h = -y (1-ρ) exp((1-ρ)F) + (2-ρ) exp((2-ρ)F) > 0.
package struct TweedieLoss: Loss {
  package let power: Double
  package let labelRule = "a finite number not below 0"

  /// - Precondition: 1 < power < 2.
  package init(power: Double) {
    precondition(power > 1 && power < 2, "a compound Poisson-gamma variable has a power between 1 and 2")
    self.power = power
  }

  package var objective: String { "tweedie tweedie_variance_power:\(power)" }

  package func accepts(label: Double) -> Bool { label >= 0 && label.isFinite }

  package func initialScore(labels: [Double], weights: [Double]?) throws(ModelError) -> Double {
    try logOfMean(labels, weights)
  }

  package func value(score: Double, label: Double) -> Double {
    -label * exp((1 - power) * score) / (1 - power) + exp((2 - power) * score) / (2 - power)
  }

  package func slopes(score: Double, label: Double) -> (gradient: Double, hessian: Double) {
    let falling = label * exp((1 - power) * score)
    let rising = exp((2 - power) * score)
    return (rising - falling, (power - 1) * falling + (2 - power) * rising)
  }
}
