import Foundation

/// The standard normal distribution.
package enum Normal {
  /// φ(z) = exp(−z²/2) / √(2π).
  package static func density(_ z: Double) -> Double { exp(-z * z / 2) / (2 * Double.pi).squareRoot() }

  /// Φ(z) = erfc(−z/√2) / 2, to a relative error of about 1e-15 near 0 and 1e-13 at z = −37.
  package static func cumulative(_ z: Double) -> Double { erfc(-z / 2.0.squareRoot()) / 2 }

  /// P(|Z| > |z|).
  package static func twoSided(_ z: Double) -> Double { erfc(abs(z) / 2.0.squareRoot()) }

  /// The z that |Z| passes with a probability between 0 and 1: 1.96 for 0.05.
  package static func critical(_ probability: Double) -> Double { criticalValue(probability, twoSided) }

  /// The unit normal loss E[(Z − z)⁺] = φ(z) − z Φ(−z), to a relative error of about 1e-13 on both sides.
  ///
  /// Its two terms have all their digits in common for large z: there it is Φ(−z) √2 times the ratio of the repeated
  /// integrals i¹erfc and erfc at z/√2, by its continued fraction (DLMF 7.18.13), whose terms are all positive.
  package static func loss(_ z: Double) -> Double {
    guard z > 2 else { return density(z) - z * cumulative(-z) }
    let x = z / 2.0.squareRoot()
    var fraction = x
    for term in stride(from: 200, through: 1, by: -1) { fraction = x + Double(term + 1) / 2 / fraction }
    return cumulative(-z) / (2.0.squareRoot() * fraction)
  }
}

/// The t at which a two-sided tail, which falls from 1 at 0 to 0, passes a probability: bracketed by doubling, then
/// halved to the last bit.
func criticalValue(_ probability: Double, _ twoSided: (Double) -> Double) -> Double {
  var (low, high) = (0.0, 1.0)
  while twoSided(high) > probability && high < 1e300 { (low, high) = (high, high * 2) }
  while true {
    let middle = low + (high - low) / 2
    guard middle > low, middle < high else { return middle }
    if twoSided(middle) > probability { low = middle } else { high = middle }
  }
}
