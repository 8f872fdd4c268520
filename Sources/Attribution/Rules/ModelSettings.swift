/// What the models can be told beside the paths.
public struct ModelSettings: Sendable, Equatable {
  /// How many touches a state of the Markov chain remembers.
  public enum Order: Sendable, Equatable {
    case fixed(Int)
    /// That of the smallest negative log-likelihood of held-out journeys.
    case auto
  }

  /// `Order.auto` tries the orders up to it.
  static let highestTried = 5

  /// Of `position`.
  public var weights = PositionWeights.u
  /// Of `timeDecay`, in microseconds.
  public var halfLife: Int64 = 7 * 86_400 * 1_000_000
  /// Of `lastNonDirect`: what the direct channel (or campaign) is called.
  public var direct = "direct"
  /// Of `markov`.
  public var order = Order.fixed(1)
  /// Of `markov`: whether paths that came to nothing are part of the chain.
  public var withNulls = true
  /// Of `markov`: how many sequences of keys are listed by their removal effects.
  public var sequences = 0
  /// Of `shapley`.
  public var game = ShapleyGame.subsetConversions
  /// Of everything that draws lots.
  public var seed: UInt64 = 1

  public init() {}
}
