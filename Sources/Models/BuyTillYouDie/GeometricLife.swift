import Foundation

/// The future of a living customer of BG/NBD: buys at rate λ ~ Gamma(shape, rate), drops out after each purchase with
/// probability p ~ Beta(a, b).
package struct GeometricLife {
  let shape: Double
  let rate: Double
  let a: Double
  let b: Double

  package init(shape: Double, rate: Double, a: Double, b: Double) {
    self.shape = shape
    self.rate = rate
    self.a = a
    self.b = b
  }

  /// E[purchases within t].
  ///
  /// The closed form is (a + b - 1)/(a - 1) [1 - (rate/(rate + t))^shape ₂F₁(shape, b; a + b - 1; t/(rate + t))]
  /// (Fader, Hardie & Lee 2005, eq. 10), which loses all digits near a = 1 and overflows for large shapes. It equals
  /// Σₙ P(N = n) Sₙ: N, the purchases of one who never drops out, is negative binomial, and Sₙ, how many of n are made,
  /// is Σ_{j<n} (b)ⱼ/(a + b)ⱼ. Every term is positive, for every a. Where that takes too many terms, the expectation
  /// over p of (1 - (1 + p t/rate)^(-shape))/p by quadrature. Relative error below 1e-12 both ways.
  package func expectedPurchases(in t: Double) -> Double {
    guard t > 0 else { return 0 }
    return series(t / rate) ?? quadrature(t / rate)
  }

  private static let mostTerms = 3000.0

  /// Nil where it would take too long or underflow.
  package func series(_ y: Double) -> Double? {
    let nobody = -shape * log1p(y)
    // The terms are largest around n = shape · y.
    guard nobody > -600, shape * y < Self.mostTerms else { return nil }
    let z = y / (1 + y)
    var probability = exp(nobody)
    var made = 0.0
    var survival = 1.0
    var sum = 0.0
    var n = 0.0
    while n < Self.mostTerms {
      probability *= z * (shape + n) / (n + 1)
      let before = made
      made += survival
      survival *= (b + n) / (a + b + n)
      n += 1
      sum += probability * made
      // The ratio of later terms: both of its factors only come nearer to 1.
      let ratio = z * max(1, (shape + n) / (n + 1)) * (before > 0 ? made / before : 2)
      if ratio < 1, probability * made * ratio < 1e-17 * sum * (1 - ratio) { return sum }
    }
    return nil
  }

  package func quadrature(_ y: Double) -> Double {
    BetaRule(a: a, b: b, largestInverse: max(1, shape * y)).mean { p in -expm1(-shape * log1p(p * y)) / p }
  }
}

/// E[λ/(δ + λ p)]: the purchases to come of a living customer, each discounted by e^(-δ s), s from now on.
///
/// δ > 0 keeps it finite for every a, as what comes after time s is worth less than λ e^(-δ s). λ and p are
/// independent, so it is a double sum over two rules; those depend on x alone, so one serves all histories of one x.
/// Relative error below 1e-12.
package struct DiscountedGeometricLife {
  private let shape: Double
  private let lambdas: GammaRule
  private let p: BetaRule

  /// - Parameter smallestDiscount: δ times the rate of every later call is no less.
  package init(shape: Double, a: Double, b: Double, smallestDiscount: Double) {
    self.shape = shape
    // Under the density of λ times λ, which is that of Gamma(shape + 1).
    lambdas = GammaRule(shape: shape + 1)
    p = BetaRule(a: a, b: b, largestInverse: max(1, (shape + 60) / smallestDiscount))
  }

  package func discountedPurchases(discount: Double, rate: Double) -> Double {
    let scaled = discount * rate
    var sum = 0.0
    for (lambda, weight) in zip(lambdas.nodes, lambdas.weights) {
      sum += weight * p.meanInverse(scaled, lambda)
    }
    return shape * sum
  }
}
