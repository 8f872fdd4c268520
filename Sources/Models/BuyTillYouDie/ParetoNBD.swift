import Foundation

/// Pareto/NBD (Schmittlein, Morrison & Colombo, "Counting your customers", Management Science 33, 1987; Fader & Hardie,
/// "A note on deriving the Pareto/NBD model", 2005).
///
/// While alive a customer buys at rate λ ~ Gamma(r, α) and dies at rate μ ~ Gamma(s, β). Times are in the unit of t_x
/// and T, α and β in the same.
public struct ParetoNBD: Sendable, Equatable {
  public var r: Double
  public var alpha: Double
  public var s: Double
  public var beta: Double

  public init(r: Double, alpha: Double, s: Double, beta: Double) {
    self.r = r
    self.alpha = alpha
    self.s = s
    self.beta = beta
  }

  /// Maximum likelihood over all customers.
  ///
  /// - Throws: `ModelError` `.untrainable` (no customers, no repeat purchase), `.notConverged`; `CancellationError`.
  public static func fit(_ histories: CustomerHistories, threads: Int) async throws -> LikelihoodFit {
    try histories.checkTrainable("Pareto/NBD")
    let means = histories.means
    let search = MaximumLikelihood(
      model: "Pareto/NBD",
      parameters: [
        .init(name: "r", start: 1), .init(name: "alpha", start: means.age / means.purchases, unit: means.age),
        .init(name: "s", start: 1), .init(name: "beta", start: means.age, unit: means.age),
      ], threads: threads)
    return try await search.maximise(ParetoLikelihood(histories))
  }

  /// P(alive at T | x, t_x, T).
  public func probabilityAlive(x: Double, lastPurchase: Double, age: Double) -> Double {
    let died = ParetoIntegral(self, x: x, from: lastPurchase, to: age).logarithm
    let alive = -(r + x) * log(alpha + age) - s * log(beta + age)
    return sigmoid(alive - (log(s) + died))
  }

  /// E[purchases in (T, T + t] | x, t_x, T].
  public func expectedPurchases(in t: Double, x: Double, lastPurchase: Double, age: Double) -> Double {
    probabilityAlive(x: x, lastPurchase: lastPurchase, age: age)
      * expectedPurchasesIfAlive(in: t, x: x, age: age)
  }

  /// E[repeat purchases in (0, t]] of a customer who has just bought for the first time.
  public func expectedPurchasesOfNewCustomer(in t: Double) -> Double { expectedPurchasesIfAlive(in: t, x: 0, age: 0) }

  /// DERT: E[Σ e^(-δ s)] over the purchases to come, s from T on (Fader, Hardie & Lee, "RFM and CLV", Journal of
  /// Marketing Research 42, 2005, eq. 2): (r + x)/(α + T) (β + T)ˢ δˢ⁻¹ U(s, s, δ (β + T)) P(alive).
  ///
  /// - Parameter discount: δ > 0, continuous, per unit of time.
  public func discountedPurchases(discount: Double, x: Double, lastPurchase: Double, age: Double) -> Double {
    probabilityAlive(x: x, lastPurchase: lastPurchase, age: age)
      * (r + x) * discountedLife(discount: discount, age: age) / (alpha + age)
  }

  func expectedPurchasesIfAlive(in t: Double, x: Double, age: Double) -> Double {
    guard t > 0 else { return 0 }
    // (1 - ((β+T)/(β+T+t))^(s-1)) / (s - 1), which is ln((β+T+t)/(β+T)) at s = 1.
    let length = log1p(t / (beta + age))
    let life = s == 1 ? length : -expm1(-(s - 1) * length) / (s - 1)
    return (r + x) * (beta + age) / (alpha + age) * life
  }

  /// ∫₀^∞ e^(-δ u) ((β + T)/(β + T + u))ˢ du: what is left of a life, discounted.
  func discountedLife(discount: Double, age: Double) -> Double {
    (beta + age) * scaledExponentialIntegral(s, discount * (beta + age))
  }
}

/// ∫ (α + u)^-(r + x) (β + u)^-(s + 1) du from t_x to T: the customer died in between.
///
/// By Gauss' quadrature in w = ln(min(α, β) + u), where both factors are nearly exponentials: the nearest singularity
/// of the other is π away. Sixteen nodes for every stretch of w over which the integrand falls by less than e^20 and
/// w itself grows by less than 4 leave an error below 1e-15; what is e^-42 of the whole is left out. No ₂F₁, whose
/// series overflow for many purchases, and derivatives come from the same nodes.
struct ParetoIntegral {
  private let alpha: Double
  private let beta: Double
  private let shape: Double
  private let death: Double
  private let start: Double
  private let smaller: Double
  private let panels: Int
  private let panelWidth: Double
  private let firstLog: Double

  init(_ model: ParetoNBD, x: Double, from start: Double, to end: Double) {
    alpha = model.alpha
    beta = model.beta
    shape = model.r + x
    death = model.s + 1
    self.start = start
    smaller = min(alpha, beta)
    let (a, b) = (alpha + start, beta + start)
    let length = min(end - start, a * expm1(42 / shape), b * expm1(42 / death))
    let range = log1p(length / (smaller + start))
    let fall = shape * log1p(length / a) + death * log1p(length / b)
    panels = length > 0 ? max(1, Int(max(range / 4, fall / 20).rounded(.up))) : 0
    panelWidth = panels > 0 ? range / Double(panels) : 0
    firstLog = log(smaller + start)
  }

  /// Calls `body` with ln(α + u), ln(β + u), 1/(α + u), 1/(β + u) and the share of the integral's weight, relative to
  /// the integrand at t_x, of every node.
  @inline(__always)
  func forEachNode(_ body: (_ logs: (Double, Double), _ inverses: (Double, Double), _ weight: Double) -> Void) {
    let (startAlpha, startBeta) = (log(alpha + start), log(beta + start))
    let rule = GaussLegendre.sixteen
    let (nodes, weights) = (rule.nodes.span, rule.weights.span)
    let isAlphaSmaller = alpha <= beta
    let difference = isAlphaSmaller ? beta - alpha : alpha - beta
    for panel in 0..<panels {
      let begin = firstLog + Double(panel) * panelWidth
      for k in 0..<nodes.count {
        let w = begin + panelWidth * nodes[k]
        let near = exp(w)
        let far = near + difference
        let farLog = log(far)
        let (nearInverse, farInverse) = (1 / near, 1 / far)
        let logs = isAlphaSmaller ? (w, farLog) : (farLog, w)
        let inverses = isAlphaSmaller ? (nearInverse, farInverse) : (farInverse, nearInverse)
        let density = exp(-shape * (logs.0 - startAlpha) - death * (logs.1 - startBeta))
        body(logs, inverses, panelWidth * weights[k] * near * density)
      }
    }
  }

  /// ln of the integrand at t_x.
  var scale: Double { -shape * log(alpha + start) - death * log(beta + start) }

  /// ln of the integral; -∞ where T is t_x.
  var logarithm: Double {
    var sum = 0.0
    forEachNode { _, _, weight in sum += weight }
    return scale + log(sum)
  }
}
