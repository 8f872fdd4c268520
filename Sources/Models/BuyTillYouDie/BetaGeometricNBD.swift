import Foundation

/// BG/NBD (Fader, Hardie & Lee, "Counting your customers the easy way", Marketing Science 24, 2005) and MBG/NBD
/// (Batislam, Denizel & Filiztekin, "Empirical validation and comparison of models for customer base analysis",
/// IJRM 24, 2007).
///
/// While alive a customer buys at rate λ ~ Gamma(r, α) and drops out for good with probability p ~ Beta(a, b) after
/// each repeat purchase, in MBG/NBD also right after the first. Times are in the unit of t_x and T, α in the same.
public struct BetaGeometricNBD: Sendable, Equatable {
  /// When a customer may drop out.
  public enum Dropout: String, Codable, Sendable {
    /// BG/NBD: after repeat purchases, so that a customer without one is alive.
    case afterRepeatPurchase
    /// MBG/NBD: after every purchase, the first included.
    case afterEveryPurchase
  }

  public var dropout: Dropout
  public var r: Double
  public var alpha: Double
  public var a: Double
  public var b: Double

  public init(dropout: Dropout = .afterRepeatPurchase, r: Double, alpha: Double, a: Double, b: Double) {
    self.dropout = dropout
    self.r = r
    self.alpha = alpha
    self.a = a
    self.b = b
  }

  /// Times at which a customer with x repeat purchases may have dropped out.
  @inline(__always) func chances(_ x: Double) -> Double { dropout == .afterRepeatPurchase ? x : x + 1 }

  /// Maximum likelihood over all customers.
  ///
  /// - Throws: `ModelError` `.untrainable` (no customers, no repeat purchase), `.notConverged`; `CancellationError`.
  public static func fit(
    _ histories: CustomerHistories, dropout: Dropout = .afterRepeatPurchase, threads: Int
  ) async throws -> LikelihoodFit {
    let name = dropout == .afterRepeatPurchase ? "BG/NBD" : "MBG/NBD"
    try histories.checkTrainable(name)
    let means = histories.means
    let search = MaximumLikelihood(
      model: name,
      parameters: [
        .init(name: "r", start: 1), .init(name: "alpha", start: means.age / means.purchases, unit: means.age),
        .init(name: "a", start: 1), .init(name: "b", start: 2),
      ], threads: threads)
    return try await search.maximise(BetaGeometricLikelihood(histories, dropout: dropout))
  }

  /// P(alive at T | x, t_x, T).
  public func probabilityAlive(x: Double, lastPurchase: Double, age: Double) -> Double {
    let k = chances(x)
    if k == 0 { return 1 }
    return sigmoid(-(log(a / (b + k - 1)) + (r + x) * log((alpha + age) / (alpha + lastPurchase))))
  }

  /// E[purchases in (T, T + t] | x, t_x, T].
  public func expectedPurchases(in t: Double, x: Double, lastPurchase: Double, age: Double) -> Double {
    probabilityAlive(x: x, lastPurchase: lastPurchase, age: age)
      * expectedPurchasesIfAlive(in: t, x: x, age: age)
  }

  /// E[repeat purchases in (0, t]] of a customer who has just bought for the first time.
  public func expectedPurchasesOfNewCustomer(in t: Double) -> Double {
    switch dropout {
    case .afterRepeatPurchase: GeometricLife(shape: r, rate: alpha, a: a, b: b).expectedPurchases(in: t)
    case .afterEveryPurchase:
      b / (a + b) * GeometricLife(shape: r, rate: alpha, a: a, b: b + 1).expectedPurchases(in: t)
    }
  }

  /// E[Σ e^(-δ s)] over the purchases to come, s from T on; see `DiscountedGeometricLife`.
  ///
  /// - Parameter discount: δ > 0, continuous, per unit of time.
  public func discountedPurchases(discount: Double, x: Double, lastPurchase: Double, age: Double) -> Double {
    probabilityAlive(x: x, lastPurchase: lastPurchase, age: age)
      * discountedLife(x: x, smallestDiscount: discount * (alpha + age))
      .discountedPurchases(discount: discount, rate: alpha + age)
  }

  func discountedLife(x: Double, smallestDiscount: Double) -> DiscountedGeometricLife {
    DiscountedGeometricLife(shape: r + x, a: a, b: b + chances(x), smallestDiscount: smallestDiscount)
  }

  func expectedPurchasesIfAlive(in t: Double, x: Double, age: Double) -> Double {
    GeometricLife(shape: r + x, rate: alpha + age, a: a, b: b + chances(x)).expectedPurchases(in: t)
  }
}
