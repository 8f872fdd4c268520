import Foundation

/// Nodes and weights of Gauss' quadrature of n points on (0, 1), exact for polynomials of degree 2n - 1.
package struct GaussLegendre: Sendable {
  package let nodes: [Double]
  package let weights: [Double]

  package static let sixteen = GaussLegendre(16)

  /// Newton's method on Legendre's polynomial, from Tricomi's approximation of its zeros (NIST DLMF 18.16.14).
  package init(_ count: Int) {
    var nodes: [Double] = []
    var weights: [Double] = []
    for k in 0..<count {
      var x = cos(.pi * (Double(k) + 0.75) / (Double(count) + 0.5))
      var slope = 1.0
      for _ in 0..<8 {
        let (value, derivative) = Self.legendre(count, x)
        x -= value / derivative
        slope = derivative
      }
      nodes.append((1 - x) / 2)
      weights.append(1 / ((1 - x * x) * slope * slope))
    }
    self.nodes = nodes
    self.weights = weights
  }

  private static func legendre(_ n: Int, _ x: Double) -> (value: Double, derivative: Double) {
    var (previous, current) = (1.0, x)
    for k in stride(from: 2.0, through: Double(n), by: 1) {
      (previous, current) = (current, ((2 * k - 1) * x * current - (k - 1) * previous) / k)
    }
    return (current, Double(n) * (x * current - previous) / (x * x - 1))
  }
}
