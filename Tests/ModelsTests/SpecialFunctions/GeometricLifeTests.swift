import Foundation
import Models
import Testing

/// Expected values: mpmath with 40 digits; the closed form with ₂F₁, and ∫ over λ of the closed form over p.
@Suite struct GeometricLifeTests {
  struct Case: Sendable {
    var shape, rate, a, b, t, expected: Double
  }

  /// A day, centuries, 400 purchases, a at its singularity, large and tiny parameters.
  @Test(arguments: [
    Case(shape: 0.243, rate: 4.414, a: 0.793, b: 2.426, t: 0.0001, expected: 5.5051915977136326957e-6),
    Case(shape: 0.243, rate: 4.414, a: 0.793, b: 2.426, t: 5000, expected: 11.987053076811554743),
    Case(shape: 0.243, rate: 4.414, a: 0.793, b: 2.426, t: 1e7, expected: 92.383980656915202925),
    Case(shape: 400.243, rate: 43, a: 0.793, b: 402.4, t: 39, expected: 276.7066413388432866),
    Case(shape: 400.243, rate: 300, a: 0.793, b: 402.4, t: 365, expected: 346.76962128886052465),
    Case(shape: 2.5, rate: 10, a: 1.0000001, b: 3, t: 20, expected: 2.9073304187263800093),
    Case(shape: 2.5, rate: 10, a: 3.5, b: 0.2, t: 2000, expected: 1.0799958249797365253),
    Case(shape: 1500, rate: 20, a: 60, b: 1400, t: 30, expected: 24.728813559322033898),
    Case(shape: 0.01, rate: 1, a: 0.02, b: 0.03, t: 100, expected: 0.57760188514831575493),
    Case(shape: 30, rate: 2, a: 0.5, b: 30, t: 5000, expected: 2916.6899037841738321),
  ]) func expectedPurchasesBySeriesAndByQuadrature(c: Case) {
    let life = GeometricLife(shape: c.shape, rate: c.rate, a: c.a, b: c.b)
    #expect(abs(life.expectedPurchases(in: c.t) / c.expected - 1) < 2e-12)
    #expect(abs(life.quadrature(c.t / c.rate) / c.expected - 1) < 2e-12)
    if let sum = life.series(c.t / c.rate) { #expect(abs(sum / c.expected - 1) < 2e-12) }
  }

  /// a = 1, where the closed form divides by nothing.
  @Test func aOfOneIsTheLimit() throws {
    let (below, at, above) = (life(a: 1 - 1e-6), life(a: 1), life(a: 1 + 1e-6))
    let middle = (below.expectedPurchases(in: 20) + above.expectedPurchases(in: 20)) / 2
    #expect(abs(at.expectedPurchases(in: 20) / middle - 1) < 1e-10)
    let series = try #require(at.series(2))
    #expect(abs(series / at.quadrature(2) - 1) < 1e-13)
  }

  private func life(a: Double) -> GeometricLife { GeometricLife(shape: 2.5, rate: 10, a: a, b: 3) }

  static let weekly = log(1.15) / 52

  @Test(arguments: [
    Case(
      shape: 0.24259452443016, rate: 4.4136020190135, a: 0.7929220172256, b: 2.4259067768263, t: weekly,
      expected: 3.6512104054536982449),
    Case(
      shape: 2.24259452443016, rate: 43.27, a: 0.7929220172256, b: 4.4259067768263, t: weekly,
      expected: 7.1149362787301810777),
    Case(shape: 29.24, rate: 42, a: 0.793, b: 31.4, t: weekly, expected: 74.794390495467425494),
    Case(shape: 2, rate: 10, a: 1, b: 1, t: 0.5, expected: 0.31831129486107119275),
    Case(shape: 400.24, rate: 43, a: 0.793, b: 402, t: 1e-4, expected: 3566.2792922832331104),
  ]) func discountedPurchasesByTwoRules(c: Case) {
    let life = DiscountedGeometricLife(shape: c.shape, a: c.a, b: c.b, smallestDiscount: c.t * c.rate)
    #expect(abs(life.discountedPurchases(discount: c.t, rate: c.rate) / c.expected - 1) < 2e-12)
  }
}
