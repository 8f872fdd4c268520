import Foundation

/// ln (θ)ₙ = ln Γ(θ + n) - ln Γ(θ) and its first two derivatives by θ, for many n at once.
///
/// One factor after the other, so that a large θ loses no digits, as the difference of two ln Γ does; over wide gaps
/// between two n by ln Γ, ψ and ψ', so that one customer with a million purchases costs no more than another.
package struct RisingFactorials: Sendable {
  package private(set) var logarithm: [Double] = []
  package private(set) var first: [Double] = []
  package private(set) var second: [Double] = []

  private static let widestSum = 64.0

  /// - Parameter counts: n ≥ 0, whole and ascending.
  package init(of theta: Double, counts: [Double]) {
    logarithm.reserveCapacity(counts.count)
    first.reserveCapacity(counts.count)
    second.reserveCapacity(counts.count)
    var n = 0.0
    var (value, slope, curvature) = (0.0, 0.0, 0.0)
    for count in counts {
      if count - n > Self.widestSum {
        value += logGamma(theta + count) - logGamma(theta + n)
        slope += digamma(theta + count) - digamma(theta + n)
        curvature += trigamma(theta + count) - trigamma(theta + n)
        n = count
      }
      while n < count {
        let inverse = 1 / (theta + n)
        value += log(theta + n)
        slope += inverse
        curvature -= inverse * inverse
        n += 1
      }
      logarithm.append(value)
      first.append(slope)
      second.append(curvature)
    }
  }
}
