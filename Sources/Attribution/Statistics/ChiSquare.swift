import Foundation

/// The chi-square distribution.
package enum ChiSquare {
  /// P(X > x) with any positive number of degrees of freedom, to a relative error of about 1e-12.
  ///
  /// It is the regularised incomplete gamma function Q(k/2, x/2): below the mean by the series of DLMF 8.11.4, above it
  /// by the continued fraction of DLMF 8.9.2. Cost: up to √k steps.
  package static func upperTail(_ x: Double, degreesOfFreedom: Double) -> Double {
    let (a, x) = (degreesOfFreedom / 2, x / 2)
    guard !x.isNaN, a > 0 else { return .nan }
    guard x > 0 else { return 1 }
    guard x.isFinite else { return 0 }
    let front = gammaFront(a, x)
    return x < a + 1 ? 1 - front * gammaSeries(a, x) : front * a * gammaFraction(a, x)
  }
}

/// x^a e^{−x} / Γ(a + 1).
///
/// Beyond 16 by Stirling's series, as logarithms that are large and nearly equal would lose the digits they share:
/// x^a e^{−x} = a^a e^{−a} · exp(−a (λ − 1 − ln λ)) with λ = x/a.
private func gammaFront(_ a: Double, _ x: Double) -> Double {
  guard a > 16 else { return exp(a * log(x) - x - lgamma(a + 1)) }
  let off = (x - a) / a
  let square = a * a
  let stirling = (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / (1188 * square)) / square) / square) / square) / a
  return exp(-a * (off - log1p(off)) - stirling) / (2 * Double.pi * a).squareRoot()
}

/// Σ x^n / ((a + 1) … (a + n)).
private func gammaSeries(_ a: Double, _ x: Double) -> Double {
  var (term, sum, n) = (1.0, 1.0, 1.0)
  while term > sum * 1e-17 {
    term *= x / (a + n)
    sum += term
    n += 1
  }
  return sum
}

/// Γ(a, x) / (x^a e^{−x}), by the modified method of Lentz (Thompson & Barnett 1986).
private func gammaFraction(_ a: Double, _ x: Double) -> Double {
  func bounded(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
  var b = x + 1 - a
  var c = 1e300
  var d = 1 / bounded(b)
  var fraction = d
  for step in 1...100_000 {
    let n = Double(step)
    b += 2
    d = 1 / bounded(n * (a - n) * d + b)
    c = bounded(b + n * (a - n) / c)
    let change = c * d
    fraction *= change
    if abs(change - 1) < 1e-16 { break }
  }
  return fraction
}
