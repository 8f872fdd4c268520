/// Samplers of the distributions that the shop's model needs. Each takes only exactly rounded operations.
extension RandomStream {
  /// Exponential with the given mean, by inversion.
  package mutating func exponential(mean: Double) -> Double { -mean * Elementary.log(openUniform()) }

  /// Standard normal by the polar method (Marsaglia & Bray 1964): no sine, no cosine. Its second number is dropped,
  /// so that a draw depends on nothing before it.
  package mutating func normal() -> Double {
    while true {
      let x = 2 * openUniform() - 1
      let y = 2 * openUniform() - 1
      let s = x * x + y * y
      if s < 1 && s > 0x1p-1000 { return x * (-2 * Elementary.log(s) / s).squareRoot() }
    }
  }

  /// Gamma of shape > 0 and scale 1 (Marsaglia & Tsang 2000); below shape 1 by the power of a uniform (their § 6).
  package mutating func gamma(shape: Double) -> Double {
    if shape < 1 {
      let power = Elementary.exp(Elementary.log(openUniform()) / shape)
      return gamma(shape: shape + 1) * power
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      if root <= 0 { continue }
      let v = root * root * root
      let u = openUniform()
      let square = x * x
      if u < 1 - 0.0331 * square * square { return d * v }
      if Elementary.log(u) < 0.5 * square + d * (1 - v + Elementary.log(v)) { return d * v }
    }
  }

  /// Beta(a, b) as the share of one gamma in the sum of two; 0.5 in the limit where both vanish.
  package mutating func beta(_ a: Double, _ b: Double) -> Double {
    let x = gamma(shape: a)
    let y = gamma(shape: b)
    return x + y > 0 ? x / (x + y) : 0.5
  }

  /// Poisson by counting the factors of e^-mean (Knuth), for means up to a few dozen. Cost: mean + 1 draws.
  package mutating func poisson(mean: Double) -> Int {
    let limit = Elementary.exp(-mean)
    var product = openUniform()
    var count = 0
    while product > limit {
      product *= openUniform()
      count += 1
    }
    return count
  }

  /// Failures before the first success: 0, 1, 2, … up to `limit`.
  package mutating func geometric(success: Double, limit: Int) -> Int {
    var count = 0
    while count < limit && !chance(success) { count += 1 }
    return count
  }
}
