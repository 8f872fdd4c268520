/// How the credit for a conversion is divided among the touches of its path.
public enum AttributionModel: String, Codable, Sendable, CaseIterable {
  /// All to the first touch.
  case first
  /// All to the last touch.
  case last
  /// The same to every touch; a key that comes twice collects two shares.
  case linear
  /// By removal effects in a first-order Markov chain over the touches: see `MarkovChain`.
  case markov
}
