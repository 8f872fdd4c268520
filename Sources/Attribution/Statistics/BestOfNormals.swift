import Foundation

/// Which of several independent normal quantities is the largest, and what it costs to take another.
///
/// With F_i their distribution functions and f_i the densities: quantity i is the largest with probability
/// ∫ f_i Π_{j≠i} F_j, and the largest of the others exceeds it by ∫ F_i (1 − Π_{j≠i} F_j) on average, as
/// (max_{j≠i} X_j − X_i)⁺ is the length of the t with X_i ≤ t < max X_j. Both by Gauss–Legendre quadrature with eight
/// nodes between points that lie half a standard deviation apart, to about 1e-12. For k quantities k³ steps.
package struct BestOfNormals: Sendable, Equatable {
  /// They add up to 1.
  package let probabilities: [Double]
  /// E[(max_{j≠i} X_j − X_i)⁺].
  package let losses: [Double]

  /// Nil without a quantity that varies. One that does not is taken as all but a point.
  package init?(means: [Double], errors: [Double]) {
    let largest = errors.max() ?? 0
    guard largest > 0, (means + errors).allSatisfy(\.isFinite) else { return nil }
    let errors = errors.map { max($0, largest * 1e-9) }
    var probabilities = [Double](repeating: 0, count: means.count)
    var losses = probabilities
    // Behind ten standard deviations of a quantity there is none of it; in between its densities are smooth.
    let points = zip(means, errors).flatMap { mean, error in (-20...20).map { mean + Double($0) / 2 * error } }.sorted()
    for (low, high) in zip(points, points.dropFirst()) where high > low {
      for (node, weight) in Self.nodes {
        let x = low + (high - low) * (1 + node) / 2
        let width = (high - low) / 2 * weight
        let scores = zip(means, errors).map { (x - $0) / $1 }
        let below = scores.map { Normal.cumulative($0) }
        // Close to 1 by what is left above, which keeps the digits of the smallest losses.
        let logarithms = zip(scores, below).map { $0 < 0 ? log($1) : log1p(-Normal.cumulative(-$0)) }
        let sum = logarithms.reduce(0, +)
        for place in means.indices {
          let others = below[place] > 0 ? sum - logarithms[place] : -Double.infinity
          probabilities[place] += width * Normal.density(scores[place]) / errors[place] * exp(others)
          losses[place] -= width * below[place] * expm1(others)
        }
      }
    }
    self.probabilities = probabilities
    self.losses = losses
  }

  /// Of the interval from -1 to 1.
  private static let nodes: [(Double, Double)] = [
    (0.183434642495650, 0.362683783378362), (0.525532409916329, 0.313706645877887),
    (0.796666477413627, 0.222381034453374), (0.960289856497536, 0.101228536290376),
  ].flatMap { [(-$0.0, $0.1), $0] }
}
