/// Gamma-Gamma spend per purchase (Fader, Hardie & Lee, "RFM and CLV", Journal of Marketing Research 42, 2005; Fader &
/// Hardie, "The gamma-gamma model of monetary value", 2013).
///
/// A customer's purchases are Gamma(p, ν) with ν ~ Gamma(q, γ), independent of how often and how long they buy.
public struct GammaGamma: Sendable, Equatable {
  public var p: Double
  public var q: Double
  public var gamma: Double

  public init(p: Double, q: Double, gamma: Double) {
    self.p = p
    self.q = q
    self.gamma = gamma
  }

  /// Maximum likelihood over the customers with x > 0 and z̄ > 0; the others say nothing of spend.
  ///
  /// - Parameters:
  ///   - x: purchases that z̄ is the mean of, per customer.
  ///   - meanValue: z̄, in any currency.
  ///   - weight: how many customers each row stands for; 1 by default.
  /// - Throws: `ModelError` `.malformedTable` naming the row, `.untrainable`, `.notConverged`; `CancellationError`.
  public static func fit(
    x: [Double], meanValue: [Double], weight: [Double]? = nil, threads: Int
  ) async throws -> LikelihoodFit {
    let likelihood = try GammaGammaLikelihood(x: x, meanValue: meanValue, weight: weight)
    let search = MaximumLikelihood(
      model: "Gamma-Gamma",
      parameters: [
        .init(name: "p", start: 2), .init(name: "q", start: 3),
        .init(name: "gamma", start: likelihood.meanValue, unit: likelihood.meanValue),
      ], threads: threads)
    return try await search.maximise(likelihood)
  }

  /// E[mean spend per purchase | x purchases of mean z̄] = p (γ + x z̄)/(p x + q - 1); of everybody for x = 0.
  ///
  /// - Returns: infinity where the expectation does not exist (p x + q ≤ 1: too heavy a tail).
  public func expectedValue(x: Double, meanValue: Double) -> Double {
    let rest = p * x + q - 1
    return rest > 0 ? p * (gamma + x * meanValue) / rest : .infinity
  }
}
