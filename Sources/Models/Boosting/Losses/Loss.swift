import Foundation

/// What boosting minimises: the mean over the rows of l(F, y), F being the raw score and y the label.
///
/// Each tree is a Newton step: with g = ∂l/∂F and h = ∂²l/∂F² (or an upper bound of it) at the scores so far, a leaf
/// gets -Σg / (Σh + λ) (Friedman 2001; Chen & Guestrin 2016, equation 5).
package protocol Loss: Sendable {
  /// As LightGBM's model files name it.
  var objective: String { get }
  /// What a label must be, for the message when it is not.
  var labelRule: String { get }
  func accepts(label: Double) -> Bool
  /// The best constant score.
  ///
  /// - Throws: `.untrainable` when there is none that is finite.
  func initialScore(labels: [Double], weights: [Double]?) throws(ModelError) -> Double
  /// l(F, y), up to a term that does not depend on F.
  func value(score: Double, label: Double) -> Double
  /// g and h.
  func slopes(score: Double, label: Double) -> (gradient: Double, hessian: Double)
  /// The quantile of y - F that a leaf gets, for losses whose h says nothing of their curvature; else nil.
  var leafQuantile: Double? { get }
  /// `slopes` for many rows; there is no reason to write another.
  func slopes(of block: LossBlock)
}

/// Some rows of the buffers of a fit: n scores, n labels, n weights (or none), and room for n pairs of g and h.
package struct LossBlock {
  let scores: UnsafePointer<Double>
  let labels: UnsafePointer<Double>
  let weights: UnsafePointer<Double>?
  let slopes: UnsafeMutablePointer<SIMD2<Float>>
  let count: Int
}

extension Loss {
  package var leafQuantile: Double? { nil }

  package func slopes(of block: LossBlock) {
    let (scores, labels, slopes) = (block.scores, block.labels, block.slopes)
    if let weights = block.weights {
      for row in 0..<block.count {
        let (gradient, hessian) = self.slopes(score: scores[row], label: labels[row])
        slopes[row] = SIMD2(Float(gradient * weights[row]), Float(hessian * weights[row]))
      }
    } else {
      for row in 0..<block.count {
        let (gradient, hessian) = self.slopes(score: scores[row], label: labels[row])
        slopes[row] = SIMD2(Float(gradient), Float(hessian))
      }
    }
  }

  /// Weighted mean of the labels; nil without weight.
  func mean(_ labels: [Double], _ weights: [Double]?) -> Double? {
    guard let weights else { return labels.isEmpty ? nil : labels.reduce(0, +) / Double(labels.count) }
    let total = weights.reduce(0, +)
    return total > 0 ? zip(labels, weights).reduce(0) { $0 + $1.0 * $1.1 } / total : nil
  }
}

/// The losses by name.
public enum BoostingLoss: Sendable, Equatable, Codable {
  case logistic
  case squared
  case poisson
  /// Variance power, between 1 and 2.
  case tweedie(power: Double)
  /// The share of labels that should lie below the prediction.
  case quantile(Double)

  /// - Throws: `.invalidSetting` for a power or share out of its range.
  func loss() throws(ModelError) -> any Loss {
    switch self {
    case .logistic: return LogisticLoss()
    case .squared: return SquaredLoss()
    case .poisson: return PoissonLoss()
    case .tweedie(let power):
      guard power > 1, power < 2 else {
        throw ModelError(.invalidSetting, "boosting: the Tweedie power must lie between 1 and 2, without them")
      }
      return TweedieLoss(power: power)
    case .quantile(let share):
      guard share > 0, share < 1 else {
        throw ModelError(.invalidSetting, "boosting: a quantile must lie between 0 and 1, without them")
      }
      return QuantileLoss(share: share)
    }
  }
}
