import Foundation

/// A quadrature rule for means over p ~ Beta(a, b).
///
/// The trapezoidal rule in u = ln(p/(1 - p)): the density is analytic there and vanishes exponentially on both sides,
/// so that the rule converges geometrically (Trefethen & Weideman, SIAM Review 56, 2014), for any a and b > 0 and for
/// integrands that change on the scale of ln p. Tails of small a or b, over which the integrand is constant, are
/// summed as the geometric series they are. Weights add up to 1, so no Beta function is needed.
struct BetaRule {
  private(set) var nodes: [Double] = []
  private(set) var weights: [Double] = []

  /// - Parameter largestInverse: the integrand is constant where p is far smaller than 1 over this.
  init(a: Double, b: Double, largestInverse: Double) {
    let step = trapezoidStep(curvature: a * b / (a + b))
    let mode = log(a / b)
    let top = Self.logDensity(mode, a, b)
    let left = min(-40 - log(largestInverse), mode - 1)
    let right = max(40, mode + 1)
    var u = mode
    while true {
      let density = exp(Self.logDensity(u, a, b) - top)
      if u < left || density < 1e-22 {
        append(1 / (1 + exp(-u)), density / -expm1(-a * step))
        break
      }
      append(1 / (1 + exp(-u)), density)
      u -= step
    }
    u = mode + step
    while true {
      let density = exp(Self.logDensity(u, a, b) - top)
      if u > right || density < 1e-22 {
        append(1 / (1 + exp(-u)), density / -expm1(-b * step))
        break
      }
      append(1 / (1 + exp(-u)), density)
      u += step
    }
    let total = weights.reduce(0, +)
    for i in weights.indices { weights[i] /= total }
  }

  private mutating func append(_ node: Double, _ weight: Double) {
    nodes.append(node)
    weights.append(weight)
  }

  /// ln of pᵃ (1 - p)ᵇ, the density of u.
  private static func logDensity(_ u: Double, _ a: Double, _ b: Double) -> Double {
    -a * softplus(-u) - b * softplus(u)
  }

  func mean(_ integrand: (Double) -> Double) -> Double {
    var sum = 0.0
    for i in nodes.indices { sum += weights[i] * integrand(nodes[i]) }
    return sum
  }

  /// The mean of 1/(c + d p).
  func meanInverse(_ c: Double, _ d: Double) -> Double {
    let (nodes, weights) = (nodes.span, weights.span)
    precondition(nodes.count == weights.count)
    var sum = 0.0
    for i in 0..<nodes.count { sum += weights[unchecked: i] / (c + d * nodes[unchecked: i]) }
    return sum
  }
}

/// A quadrature rule for means over λ ~ Gamma(shape, 1), as `BetaRule` in ln λ.
struct GammaRule {
  private(set) var nodes: [Double] = []
  private(set) var weights: [Double] = []

  init(shape: Double) {
    let step = trapezoidStep(curvature: shape)
    let mode = log(shape)
    for direction in [-1.0, 1.0] {
      var v = direction < 0 ? mode : mode + step
      while true {
        let density = exp(shape * (v - mode - expm1(v - mode)))
        if density < 1e-22 { break }
        nodes.append(exp(v))
        weights.append(density)
        v += direction * step
      }
    }
    let total = weights.reduce(0, +)
    for i in weights.indices { weights[i] /= total }
  }
}
