import Foundation

/// ln Γ(x), x > 0 (C's lgamma, a few ulp).
@inline(__always)
package func logGamma(_ x: Double) -> Double { lgamma(x).0 }

/// ψ(x) = d ln Γ(x) / dx, x > 0.
///
/// Upwards by ψ(x) = ψ(x + 1) - 1/x until the asymptotic series in 1/x² is exact to the last digit (Abramowitz &
/// Stegun 6.3.5, 6.3.18). Absolute error about 1e-15 near its zero 1.4616, elsewhere a few ulp.
package func digamma(_ x: Double) -> Double {
  var x = x
  var result = 0.0
  while x < 10 {
    result -= 1 / x
    x += 1
  }
  let square = 1 / (x * x)
  return result + log(x) - 0.5 / x - square * horner(square, digammaTerms)
}

/// ψ'(x), x > 0; as `digamma` (6.4.6, 6.4.12).
package func trigamma(_ x: Double) -> Double {
  var x = x
  var result = 0.0
  while x < 10 {
    result += 1 / (x * x)
    x += 1
  }
  let square = 1 / (x * x)
  return result + 1 / x + square / 2 + square / x * horner(square, trigammaTerms)
}

/// B₂ₖ / 2k, k = 1...
private let digammaTerms: [Double] = zip(trigammaTerms, 1...).map { $0 / Double(2 * $1) }

/// B₂ₖ, k = 1...
private let trigammaTerms: [Double] = {
  let numerators: [Double] = [1, -1, 1, -1, 5, -691, 7, -3617, 43867]
  let denominators: [Double] = [6, 30, 42, 30, 66, 2730, 6, 510, 798]
  return zip(numerators, denominators).map { $0 / $1 }
}()

private func horner(_ x: Double, _ coefficients: [Double]) -> Double {
  coefficients.reversed().reduce(0) { $0 * x + $1 }
}
