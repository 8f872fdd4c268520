import Foundation

/// Student's t distribution with any positive number of degrees of freedom, not only whole ones.
package struct StudentT {
  /// From here on the normal approximation of Abramowitz & Stegun 26.7.8, whose error falls with the square of the
  /// degrees of freedom, is as good as a double.
  private static let normalFrom = 1e7

  package let degreesOfFreedom: Double

  package init(degreesOfFreedom: Double) { self.degreesOfFreedom = degreesOfFreedom }

  /// P(|T| > |t|), from 1 at 0 on down, to a relative error of about 1e-12.
  ///
  /// It is the regularised incomplete beta function I_x(ν/2, 1/2) at x = ν/(ν + t²) (Abramowitz & Stegun 26.5.27,
  /// 26.7.1). Cost: up to √ν steps.
  package func twoSided(_ t: Double) -> Double {
    let n = degreesOfFreedom
    guard !t.isNaN, n > 0 else { return .nan }
    guard t.isFinite else { return 0 }
    if n >= Self.normalFrom {
      let z = abs(t) * (1 - 1 / (4 * n)) / (1 + t * t / (2 * n)).squareRoot()
      return erfc(z / 2.0.squareRoot())
    }
    return incompleteBeta(n / 2, x: n / (n + t * t), rest: t * t / (n + t * t))
  }

  /// The t that |T| passes with a probability, between 0 and 1: 1.96 for 0.05 and many degrees of freedom.
  package func critical(_ probability: Double) -> Double { criticalValue(probability, twoSided) }
}

/// I_x(a, 1/2) = 1 − I_{1−x}(1/2, a), by the continued fraction of DLMF 8.17.22 on the side where it converges fast.
///
/// - Parameter rest: 1 − x, which a caller knows better than a subtraction.
private func incompleteBeta(_ a: Double, x: Double, rest: Double) -> Double {
  if x <= 0 { return 0 }
  if rest <= 0 { return 1 }
  // x^a √(1−x) / B(a, 1/2)
  let front = exp(logGammaStep(a) + a * (rest < 0.5 ? log1p(-rest) : log(x))) * (rest / Double.pi).squareRoot()
  if x <= (a + 1) / (a + 2.5) { return front / a * betaFraction(a, 0.5, x) }
  return 1 - front / 0.5 * betaFraction(0.5, a, rest)
}

/// ln Γ(a + 1/2) − ln Γ(a): beyond 100 by its series (Tricomi & Erdélyi 1951), as the difference would lose the digits
/// that the two have in common.
private func logGammaStep(_ a: Double) -> Double {
  if a < 100 { return lgamma(a + 0.5) - lgamma(a) }
  let square = a * a
  return 0.5 * log(a) - (1 / 8 - (1 / 192 - 1 / (640 * square)) / square) / a
}

/// The continued fraction of I_x(a, b), forwards, by the modified method of Lentz (Thompson & Barnett 1986).
private func betaFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
  func bounded(_ value: Double) -> Double { abs(value) < 1e-300 ? 1e-300 : value }
  var c = 1.0
  var d = 1 / bounded(1 - (a + b) * x / (a + 1))
  var fraction = d
  for step in 1...10_000 {
    let m = Double(step)
    let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / bounded(1 + even * d)
    c = bounded(1 + even / c)
    fraction *= d * c
    let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / bounded(1 + odd * d)
    c = bounded(1 + odd / c)
    let change = d * c
    fraction *= change
    if abs(change - 1) < 1e-16 { break }
  }
  return fraction
}
