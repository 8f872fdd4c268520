import Foundation
import Models
import Testing

/// Expected values: mpmath with 40 digits.
@Suite struct SpecialFunctionTests {
  @Test(arguments: [
    (1e-3, -1000.5755719318103005, 1000001.642533195869),
    (0.24259452443016, -4.358461500914211689, 18.19898471948417809),
    (0.5, -1.9635100260214234794, 4.9348022005446793094), (1, -0.57721566490153286061, 1.6449340668482264365),
    (2.5, 0.70315664064524318723, 0.49035775610023486497), (7.75, 1.9817915626943455972, 0.13771379144765566054),
    (10, 2.2517525890667211076, 0.10516633568168574612), (100.5, 4.6051743525818452119, 0.0099999166695831027116),
    (1e6, 13.815510057964190771, 1.0000005000001666667e-6),
  ]) func digammaAndTrigamma(x: Double, first: Double, second: Double) {
    #expect(abs(digamma(x) / first - 1) < 4e-15)
    #expect(abs(trigamma(x) / second - 1) < 4e-15)
  }

  @Test func digammaVanishesWhereGammaIsSmallest() {
    #expect(abs(digamma(1.4616321449683623)) < 2e-15)
  }

  @Test(arguments: [
    (0.606, 0.12, 3.088652119396201388), (0.606, 1e-6, 518.32667899875934099), (1, 0.01, 4.0785114434564258466),
    (2, 0.5, 0.53854468375813476558), (3.7, 4, 0.13738816745334731967), (0.05, 30, 0.033279601293298352071),
    (50, 0.3, 0.020281421125796304781), (900, 2, 0.0011098751760520676821), (1e-3, 1e-4, 9914.038898354167051),
    (12.25, 200, 0.0047126954456771591229),
  ]) func exponentialIntegralIsTricomisU(s: Double, z: Double, expected: Double) {
    #expect(abs(scaledExponentialIntegral(s, z) / expected - 1) < 2e-13)
  }

  /// (θ)ₙ of θ = 1 is n!, with Σ 1/i and -Σ 1/i²; across the gap that is not summed.
  @Test func risingFactorialsOfOneAreFactorials() {
    let table = RisingFactorials(of: 1, counts: [0, 1, 5, 20, 400])
    #expect(table.logarithm[0] == 0 && table.first[0] == 0 && table.second[0] == 0)
    #expect(abs(table.logarithm[2] - log(120)) < 1e-14)
    #expect(abs(table.first[2] - 137.0 / 60) < 1e-15)
    #expect(abs(table.second[2] + 5269.0 / 3600) < 1e-15)
    #expect(abs(table.logarithm[3] - log(2_432_902_008_176_640_000)) < 1e-13)
    #expect(abs(table.logarithm[4] - logGamma(401)) < 1e-11)
    #expect(abs(table.first[4] - (digamma(401) - digamma(1))) < 1e-14)
    #expect(abs(table.second[4] - (trigamma(401) - trigamma(1))) < 1e-14)
  }

  /// ln Γ(θ + 3) - ln Γ(θ) keeps 16 digits where both are 10⁸.
  @Test func risingFactorialsOfALargeNumberLoseNothing() {
    let table = RisingFactorials(of: 1e7, counts: [3])
    #expect(abs(table.logarithm[0] - (3 * log(1e7) + log1p(1e-7) + log1p(2e-7))) < 1e-13)
  }

  @Test func softplusNeitherOverflowsNorLosesTheSmallOne() {
    #expect(softplus(800) == 800)
    #expect(softplus(-700) == exp(-700))
    #expect(abs(softplus(0) - log(2)) < 1e-16)
  }

  /// Exact for x³¹, and no more: sixteen points.
  @Test func gaussLegendreIntegratesPolynomials() {
    let rule = GaussLegendre.sixteen
    for power in [0.0, 1, 7, 31] {
      let integral = zip(rule.nodes, rule.weights).reduce(0) { $0 + $1.1 * pow($1.0, power) }
      #expect(abs(integral * (power + 1) - 1) < 1e-14)
    }
  }
}
