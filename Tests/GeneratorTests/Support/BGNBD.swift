import Foundation

/// What the literature says of the models that the shop follows.
enum BGNBD {
  /// Gauss's hypergeometric series, for 0 ≤ z < 1.
  static func hypergeometric(_ a: Double, _ b: Double, _ c: Double, _ z: Double) -> Double {
    var term = 1.0
    var sum = 1.0
    var n = 0.0
    while abs(term) > 1e-14 * abs(sum) {
      term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
      sum += term
      n += 1
    }
    return sum
  }

  /// Expected repeat purchases in the time t after the first one (Fader, Hardie & Lee 2005, equation 9).
  static func expectedPurchases(_ t: Double, r: Double, alpha: Double, a: Double, b: Double) -> Double {
    let z = t / (alpha + t)
    return (a + b - 1) / (a - 1) * (1 - pow(alpha / (alpha + t), r) * hypergeometric(r, b, a + b - 1, z))
  }

  /// The probability of no repeat purchase: the waiting time is exponential with a gamma rate.
  static func probabilityOfNone(_ t: Double, r: Double, alpha: Double) -> Double { pow(alpha / (alpha + t), r) }
}
