import Foundation

/// ln(1 + eˣ), without overflow and with full precision on both sides.
@inline(__always)
package func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

/// ln(eᵃ + eᵇ); either may be -∞.
@inline(__always)
package func logSum(_ a: Double, _ b: Double) -> Double {
  let larger = max(a, b)
  return larger == -.infinity ? larger : larger + log1p(exp(min(a, b) - larger))
}
