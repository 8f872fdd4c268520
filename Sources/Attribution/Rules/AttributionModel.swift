/// How the credit for a conversion is divided among the touches of its path.
public enum AttributionModel: String, Codable, Sendable, CaseIterable {
  /// All to the first touch.
  case first
  /// All to the last touch.
  case last
  /// All to the last touch that is not direct; to the last one where all are.
  case lastNonDirect = "last-non-direct"
  /// The same to every touch; a key that comes twice collects two shares.
  case linear
  /// The same to every distinct key.
  case linearUnique = "linear-unique"
  /// Fixed shares for the first, the last and, if wanted, the middle touch: see `PositionWeights`.
  case position
  /// Half as much for every half-life that a touch lies before the conversion.
  case timeDecay = "time-decay"
  /// Half as much for every touch that comes after it.
  case decaySteps = "decay-steps"
  /// A whole credit to every distinct key: rows add up to more than the conversions.
  case participation
  /// By removal effects in a Markov chain over the touches: see `MarkovChain`.
  case markov
  /// Shapley values of the channels' sets: see `ShapleyGame`.
  case shapley
  /// Shapley values with the places of the touches: see `OrderedShapley`.
  case orderedShapley = "ordered-shapley"
  /// By what a path converts less without a touch.
  case leaveOneOut = "leave-one-out"
  /// The simple probabilistic model of Shao and Li (2011), to the second order.
  case shaoLi = "shao-li"
  /// What a ridge logistic regression on the presence of keys says a set would convert less without each.
  case ridgeLogistic = "ridge-logistic"
  /// The bagged logistic regression of Shao and Li (2011).
  case baggedLogistic = "bagged-logistic"
  /// By the probability that a touch set the conversion off, in a model of how soon conversions follow touches: see
  /// `AdditiveHazard`.
  case additiveHazard = "additive-hazard"

  /// Whether it has to know when touches were.
  public var needsTimes: Bool { self == .timeDecay || self == .additiveHazard }
}
