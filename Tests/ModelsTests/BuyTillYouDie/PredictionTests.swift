import Foundation
import Models
import TestSupport
import Testing

/// The formulas against values that were computed twice, in closed form and by quadrature, with 40 digits.
@Suite struct PredictionTests {
  /// Fader, Hardie & Lee 2005; Fader & Hardie 2013.
  static let publishedBG = BetaGeometricNBD(r: 0.243, alpha: 4.414, a: 0.793, b: 2.426)
  static let publishedPareto = ParetoNBD(r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669)
  static let publishedSpend = GammaGamma(p: 6.25, q: 3.74, gamma: 15.44)
  static let bg = BetaGeometricNBD(r: 0.24259452243016, alpha: 4.4136020190135, a: 0.7929220172256, b: 2.4259067768263)
  static let pareto = ParetoNBD(r: 0.55327704685318, alpha: 10.577683463302, s: 0.60623998912783, beta: 11.668735288855)
  static let spend = GammaGamma(p: 6.249572277471, q: 3.7442246677383, gamma: 15.443520948091)
  static let weekly = log(1.15) / 52

  /// Brucie Hardie's spreadsheet shows 1.226.
  @Test func hardiesCustomer() {
    let value = Self.publishedBG.expectedPurchases(in: 39, x: 2, lastPurchase: 30.43, age: 38.86)
    #expect(abs(value - 1.22602817) < 5e-9)
  }

  /// CDNOW's customers 0001 and 1901 (21 purchases, then silence), whose P(alive) is 3e-11.
  @Test func twoCustomersOfCDNOW() {
    let (bg, pareto, spend) = (Self.publishedBG, Self.publishedPareto, Self.publishedSpend)
    let (last, age) = (213.0 / 7, 272.0 / 7)
    expect(bg.probabilityAlive(x: 2, lastPurchase: last, age: age), 0.7265897218)
    expect(bg.expectedPurchases(in: 39, x: 2, lastPurchase: last, age: age), 1.226115806)
    expect(pareto.probabilityAlive(x: 2, lastPurchase: last, age: age), 0.8691861547)
    expect(pareto.expectedPurchases(in: 52, x: 2, lastPurchase: last, age: age), 1.850954587)
    expect(pareto.discountedPurchases(discount: Self.weekly, x: 2, lastPurchase: last, age: age), 6.502100929)
    expect(spend.expectedValue(x: 2, meanValue: 22.345), 24.65961286)
    let (gone, since) = (33.0 / 7, 205.0 / 7)
    expect(bg.probabilityAlive(x: 21, lastPurchase: gone, age: since), 2.521524372e-11)
    expect(bg.expectedPurchases(in: 39, x: 21, lastPurchase: gone, age: since), 4.557342804e-10)
    expect(pareto.probabilityAlive(x: 21, lastPurchase: gone, age: since), 2.407369637e-8)
    expect(pareto.discountedPurchases(discount: Self.weekly, x: 21, lastPurchase: gone, age: since), 1.733160739e-6)
    expect(spend.expectedValue(x: 0, meanValue: 0), 35.2189781)
  }

  @Test func newCustomers() {
    expect(Self.bg.expectedPurchasesOfNewCustomer(in: 52), 1.444012397)
    expect(Self.pareto.expectedPurchasesOfNewCustomer(in: 52), 1.473434288)
    for (t, expected) in [
      (0.1429, 0.0078160004), (1, 0.053184292), (3, 0.15063084), (31.8571, 1.0404891), (32, 1.043732), (78, 1.8579584),
    ] {
      #expect(abs(Self.bg.expectedPurchasesOfNewCustomer(in: t) / expected - 1) < 5e-8)
    }
  }

  /// Maximum likelihood on CDNOW; expected values: the closed forms of Batislam et al. with 30 digits.
  @Test func modifiedBetaGeometric() {
    let model = BetaGeometricNBD(
      dropout: .afterEveryPurchase, r: 0.5248431591063025, alpha: 6.183085279576041, a: 0.8913593907322085,
      b: 1.6140022401703122)
    expect(model.probabilityAlive(x: 0, lastPurchase: 0, age: 255.0 / 7), 0.396663754117878, 1e-12)
    expect(model.expectedPurchases(in: 39, x: 0, lastPurchase: 0, age: 255.0 / 7), 0.164529101291956, 1e-12)
    expect(model.probabilityAlive(x: 2, lastPurchase: 213.0 / 7, age: 272.0 / 7), 0.706138478985354, 1e-12)
    expect(model.expectedPurchases(in: 39, x: 2, lastPurchase: 213.0 / 7, age: 272.0 / 7), 1.26275885086363, 1e-12)
    expect(model.expectedPurchases(in: 39, x: 29, lastPurchase: 264.0 / 7, age: 266.0 / 7), 18.9518720674504, 1e-12)
    expect(model.expectedPurchasesOfNewCustomer(in: 52), 1.41888487677123, 1e-12)
  }

  /// Customers A and B of the donation data at the maximum likelihood; closed forms with 30 digits.
  @Test func donors() {
    let model = BetaGeometricBetaBernoulli(
      alpha: 1.2035223516019, beta: 0.74971635817294, gamma: 0.65671820844183, delta: 2.7834422325774)
    expect(model.probabilityAlive(x: 0, lastPurchase: 0, occasions: 6), 0.116218164, 1e-8)
    expect(model.probabilityAlive(x: 4, lastPurchase: 5, occasions: 6), 0.748898286852227539, 1e-13)
    expect(model.expectedPurchases(in: 10, x: 0, lastPurchase: 0, occasions: 6), 0.1302180884033033541, 1e-13)
    expect(model.expectedPurchases(in: 10, x: 4, lastPurchase: 5, occasions: 6), 3.62796765623606223, 1e-13)
    expect(
      model.discountedPurchases(discount: 0.1, x: 0, lastPurchase: 0, occasions: 6), 0.110376935363101240, 1e-13)
    expect(model.discountedPurchases(discount: 0.1, x: 4, lastPurchase: 5, occasions: 6), 3.07517915830218358, 1e-13)
    expect(model.expectedPurchasesOfNewCustomer(in: 10), 3.17982902813263350, 1e-13)
  }

  /// s = 1 divides by nothing, and T = t_x is certainly alive.
  @Test func removableSingularities() {
    let model = ParetoNBD(r: 0.5, alpha: 10, s: 1, beta: 12)
    let near = [1 - 1e-6, 1 + 1e-6].map {
      ParetoNBD(r: 0.5, alpha: 10, s: $0, beta: 12).expectedPurchases(in: 20, x: 3, lastPurchase: 5, age: 9)
    }
    let at = model.expectedPurchases(in: 20, x: 3, lastPurchase: 5, age: 9)
    #expect(abs(at / ((near[0] + near[1]) / 2) - 1) < 1e-10)
    #expect(model.probabilityAlive(x: 3, lastPurchase: 9, age: 9) == 1)
    #expect(model.probabilityAlive(x: 0, lastPurchase: 0, age: 0) == 1)
    #expect(GammaGamma(p: 6, q: 0.9, gamma: 15).expectedValue(x: 0, meanValue: 0) == .infinity)
  }

  /// 400 purchases, times in days: nothing overflows, and a change of the unit changes nothing.
  @Test func manyPurchasesInDays() {
    let weeks = (Self.bg, Self.pareto)
    let days = (
      BetaGeometricNBD(r: Self.bg.r, alpha: Self.bg.alpha * 7, a: Self.bg.a, b: Self.bg.b),
      ParetoNBD(r: Self.pareto.r, alpha: Self.pareto.alpha * 7, s: Self.pareto.s, beta: Self.pareto.beta * 7)
    )
    for (x, last, age) in [(400.0, 271.0, 272.0), (400, 100, 272), (400, 3000, 3650), (1, 1, 3650)] {
      let (lastWeek, week) = (last / 7, age / 7)
      let alive = (
        days.0.probabilityAlive(x: x, lastPurchase: last, age: age),
        days.1.probabilityAlive(x: x, lastPurchase: last, age: age)
      )
      expect(alive.0, weeks.0.probabilityAlive(x: x, lastPurchase: lastWeek, age: week), 1e-10)
      expect(alive.1, weeks.1.probabilityAlive(x: x, lastPurchase: lastWeek, age: week), 1e-10)
      #expect((0...1).contains(alive.0) && (0...1).contains(alive.1))
      expect(
        days.0.expectedPurchases(in: 365, x: x, lastPurchase: last, age: age),
        weeks.0.expectedPurchases(in: 365.0 / 7, x: x, lastPurchase: lastWeek, age: week), 1e-10)
      expect(
        days.1.expectedPurchases(in: 365, x: x, lastPurchase: last, age: age),
        weeks.1.expectedPurchases(in: 365.0 / 7, x: x, lastPurchase: lastWeek, age: week), 1e-10)
      expect(
        days.1.discountedPurchases(discount: Self.weekly / 7, x: x, lastPurchase: last, age: age),
        weeks.1.discountedPurchases(discount: Self.weekly, x: x, lastPurchase: lastWeek, age: week), 1e-10)
    }
  }

  private func expect(
    _ value: Double, _ expected: Double, _ tolerance: Double = 1e-9, _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(abs(value / expected - 1) < tolerance, "\(value) is not \(expected)", sourceLocation: location)
  }
}
