import Foundation

/// Platt's calibration of scores: P(positive | s) = 1/(1 + exp(A s + B)).
///
/// Platt, "Probabilistic outputs for support vector machines" (1999): maximum likelihood with the smoothed targets
/// (N₊ + 1)/(N₊ + 2) for positives and 1/(N₋ + 2) for negatives, so that separable scores have a finite answer; solved
/// by Newton's method with backtracking as Lin, Lin & Weng, "A note on Platt's probabilistic outputs for support vector
/// machines", Machine Learning 68, 2007, in terms that do not cancel. With weights, N₊ and N₋ are their sums.
public struct PlattScaling: Codable, Sendable, Equatable {
  /// Negative where higher scores mean positives.
  public var slope: Double
  public var intercept: Double

  public init(slope: Double, intercept: Double) {
    self.slope = slope
    self.intercept = intercept
  }

  public func callAsFunction(_ score: Double) -> Double { sigmoid(-(slope * score + intercept)) }

  /// - Parameters:
  ///   - scores: any finite numbers, such as log-odds.
  ///   - labels: 0 or 1.
  /// - Throws: `ModelError` `.untrainable` without rows of both classes or for a number that is not finite,
  ///   `.notConverged`.
  public init(fitting scores: [Double], labels: [UInt8], weights: [Double]? = nil) throws(ModelError) {
    let totals = try CalibrationTotals("Platt scaling", scores, labels, weights)
    let high = (totals.positive + 1) / (totals.positive + 2)
    let low = 1 / (totals.negative + 2)
    // Scores far from 0 or far apart would make the Hessian singular: A is found for centred scores of unit spread.
    let center = totals.mean
    let scale = totals.spread > 0 ? totals.spread : 1
    let standard = scores.map { ($0 - center) / scale }
    var a = 0.0
    var b = log((totals.negative + 1) / (totals.positive + 1))
    func sums(_ a: Double, _ b: Double) -> PlattSums {
      var sums = PlattSums()
      for i in standard.indices {
        sums.add(standard[i], target: labels[i] != 0 ? high : low, weight: weights?[i] ?? 1, a: a, b: b)
      }
      return sums
    }
    var current = sums(a, b)
    let noise = 1e-15 * (totals.positive + totals.negative)
    search: for _ in 0..<200 {
      let (stepA, stepB) = current.newtonStep
      let promised = current.gradientA * stepA + current.gradientB * stepB
      // What is promised is below what rounding lets be seen.
      guard promised < -noise else { break }
      var length = 1.0
      while true {
        let next = sums(a + length * stepA, b + length * stepB)
        if next.loss < current.loss + 1e-4 * length * promised {
          (a, b, current) = (a + length * stepA, b + length * stepB, next)
          break
        }
        length /= 2
        if length < 1e-10 { break search }
      }
    }
    slope = a / scale
    intercept = b - a * center / scale
    guard slope.isFinite, intercept.isFinite else {
      throw ModelError(.notConverged, "Platt scaling: no finite maximum; check the scores")
    }
  }
}

/// Loss, gradient and Hessian in A and B.
private struct PlattSums {
  var loss = 0.0
  var (gradientA, gradientB) = (0.0, 0.0)
  var (aa, ab, bb) = (0.0, 0.0, 0.0)

  mutating func add(_ score: Double, target: Double, weight: Double, a: Double, b: Double) {
    let f = a * score + b
    let e = exp(-abs(f))
    // p = 1/(1 + eᶠ) and 1 - p, from the exponential that does not overflow.
    let (p, q) = f >= 0 ? (e / (1 + e), 1 / (1 + e)) : (1 / (1 + e), e / (1 + e))
    loss += weight * (f >= 0 ? target * f + log1p(e) : (target - 1) * f + log1p(e))
    let curvature = weight * p * q
    let slope = weight * (target - p)
    gradientA += slope * score
    gradientB += slope
    aa += curvature * score * score
    ab += curvature * score
    bb += curvature
  }

  /// -H⁻¹ g; a diagonal of 1e-12 keeps H regular where all scores are alike.
  var newtonStep: (Double, Double) {
    let (h, k) = (aa + 1e-12, bb + 1e-12)
    let determinant = h * k - ab * ab
    return (
      -(k * gradientA - ab * gradientB) / determinant, -(h * gradientB - ab * gradientA) / determinant
    )
  }
}

/// Checks what calibration is learnt from, and adds it up.
struct CalibrationTotals {
  private(set) var positive = 0.0
  private(set) var negative = 0.0
  private(set) var mean = 0.0
  private(set) var spread = 0.0

  init(_ method: String, _ scores: [Double], _ labels: [UInt8], _ weights: [Double]?) throws(ModelError) {
    precondition(scores.count == labels.count && scores.count == weights?.count ?? scores.count)
    var sum = 0.0
    for i in scores.indices {
      let weight = weights?[i] ?? 1
      guard scores[i].isFinite, weight >= 0, weight.isFinite else {
        throw ModelError(.untrainable, "\(method): row \(i + 1): the score or its weight is not a finite number")
      }
      if labels[i] != 0 { positive += weight } else { negative += weight }
      sum += weight * scores[i]
    }
    guard positive > 0, negative > 0 else {
      throw ModelError(
        .untrainable, "\(method): the rows are of one class or there are none; calibrate on rows of both classes")
    }
    mean = sum / (positive + negative)
    var squares = 0.0
    for i in scores.indices { squares += (weights?[i] ?? 1) * (scores[i] - mean) * (scores[i] - mean) }
    spread = (squares / (positive + negative)).squareRoot()
  }
}
