import Foundation

/// BG/BB (Fader, Hardie & Shang, "Customer-base analysis in a discrete-time noncontractual setting", Marketing Science
/// 29, 2010): buying at n occasions, such as yearly donations.
///
/// While alive a customer buys at an occasion with probability p ~ Beta(α, β) and dies before each with probability
/// θ ~ Beta(γ, δ). Of each customer x occasions with a purchase are known, the last one t_x, and n, all whole numbers.
public struct BetaGeometricBetaBernoulli: Sendable, Equatable {
  public var alpha: Double
  public var beta: Double
  public var gamma: Double
  public var delta: Double

  public init(alpha: Double, beta: Double, gamma: Double, delta: Double) {
    self.alpha = alpha
    self.beta = beta
    self.gamma = gamma
    self.delta = delta
  }

  /// Maximum likelihood over all customers; T of the histories is n.
  ///
  /// - Throws: `ModelError` `.malformedTable` for times that are no occasions, `.untrainable`, `.notConverged`;
  ///   `CancellationError`.
  public static func fit(_ histories: CustomerHistories, threads: Int) async throws -> LikelihoodFit {
    try histories.checkTrainable("BG/BB")
    try histories.checkOccasions()
    let search = MaximumLikelihood(
      model: "BG/BB",
      parameters: ["alpha", "beta", "gamma", "delta"].map { .init(name: $0, start: 1) }, threads: threads)
    return try await search.maximise(BetaBernoulliLikelihood(histories))
  }

  /// P(alive at occasion n | x, t_x, n).
  public func probabilityAlive(x: Double, lastPurchase: Double, occasions n: Double) -> Double {
    // Everything relative to being alive at n, so that nothing underflows: the terms of having died before occasion
    // m + 1, for m from n - 1 down to t_x.
    var died = 0.0
    // B(α + x, β + m - x) B(γ + 1, δ + m) / (B(α + x, β + n - x) B(γ, δ + n)); at m = n it is γ/(γ + δ + n).
    var ratio = gamma / (gamma + delta + n)
    var m = n - 1
    while m >= lastPurchase {
      ratio *= (alpha + beta + m) / (beta + m - x) * (gamma + delta + m + 1) / (delta + m)
      died += ratio
      m -= 1
    }
    return 1 / (1 + died)
  }

  /// E[purchases at the next t occasions | x, t_x, n], t a whole number.
  public func expectedPurchases(in t: Double, x: Double, lastPurchase: Double, occasions n: Double) -> Double {
    probabilityAlive(x: x, lastPurchase: lastPurchase, occasions: n) * (alpha + x) / (alpha + beta + n)
      * expectedOccasions(in: t, after: n)
  }

  /// E[purchases at the first t occasions] of a new customer.
  public func expectedPurchasesOfNewCustomer(in t: Double) -> Double {
    alpha / (alpha + beta) * expectedOccasions(in: t, after: 0)
  }

  /// E[Σ e^(-discount · j)] over the purchases to come, at occasions n + j.
  public func discountedPurchases(discount: Double, x: Double, lastPurchase: Double, occasions n: Double) -> Double {
    probabilityAlive(x: x, lastPurchase: lastPurchase, occasions: n) * (alpha + x) / (alpha + beta + n)
      * discountedOccasions(discount: discount, after: n)
  }

  /// Σ P(alive at n + j | alive at n) over j = 1...t: positive terms, where the closed form divides by γ - 1.
  func expectedOccasions(in t: Double, after n: Double) -> Double {
    var (survival, sum) = (1.0, 0.0)
    for j in stride(from: 0, to: t, by: 1) {
      survival *= (delta + n + j) / (gamma + delta + n + j)
      sum += survival
    }
    return sum
  }

  func discountedOccasions(discount: Double, after n: Double) -> Double {
    let factor = exp(-discount)
    var (term, sum, j) = (1.0, 0.0, 0.0)
    while term > 1e-17 * sum * -expm1(-discount) {
      term *= factor * (delta + n + j) / (gamma + delta + n + j)
      sum += term
      j += 1
    }
    return sum
  }
}

extension CustomerHistories {
  /// - Throws: `.malformedTable` when times are no occasions.
  func checkOccasions() throws(ModelError) {
    for group in purchases.indices {
      for history in starts[group]..<starts[group + 1] {
        let (x, last, n) = (purchases[group], lastPurchase[history], age[history])
        guard last == last.rounded(), n == n.rounded(), x <= last else {
          let row = historyOfRow.firstIndex(of: Int32(history)) ?? 0
          throw ModelError(
            .malformedTable,
            """
            BG/BB: row \(row + 1): t_x and n must be whole numbers of occasions, and x no more than t_x; for purchases \
            at any time take bg-nbd or pareto-nbd
            """)
        }
        guard n <= Self.mostOccasions else {
          throw ModelError(.malformedTable, "BG/BB: there are more than \(Int(Self.mostOccasions)) occasions")
        }
      }
    }
  }

  private static var mostOccasions: Double { 100_000 }
}
