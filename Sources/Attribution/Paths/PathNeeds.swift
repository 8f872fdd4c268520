/// What of the paths is counted: as little as the models that were asked for need.
struct PathNeeds: OptionSet, Sendable, Codable {
  let rawValue: Int

  /// First, last and middle touches.
  static let ends = PathNeeds(rawValue: 1)
  /// Every touch, by the number of touches in its path.
  static let touches = PathNeeds(rawValue: 2)
  /// Pairs of neighbours, for the first-order chain.
  static let arcs = PathNeeds(rawValue: 4)
  static let lastNonDirect = PathNeeds(rawValue: 8)
  static let timeDecay = PathNeeds(rawValue: 16)
  static let stepDecay = PathNeeds(rawValue: 32)
  /// Every distinct key of a path, by their number.
  static let distinct = PathNeeds(rawValue: 512)
  /// Distinct sets of keys.
  static let sets = PathNeeds(rawValue: 64)
  /// Distinct paths.
  static let paths = PathNeeds(rawValue: 128)
  /// Every touch and how long it was looked at.
  static let exposures = PathNeeds(rawValue: 256)

  /// What can be counted without a look at every path as a whole: see `PathWalk`.
  static let sums: PathNeeds = [.ends, .touches, .arcs, .timeDecay]

  init(rawValue: Int) { self.rawValue = rawValue }

  init(_ models: [AttributionModel], _ settings: ModelSettings) {
    self = models.reduce(into: []) { $0.formUnion(PathNeeds($1, settings)) }
  }

  private init(_ model: AttributionModel, _ settings: ModelSettings) {
    switch model {
    case .first, .last: self = .ends
    case .lastNonDirect: self = .lastNonDirect
    case .linear: self = .touches
    case .position: self = [.ends, .touches]
    case .timeDecay: self = .timeDecay
    case .additiveHazard: self = .exposures
    case .decaySteps: self = .stepDecay
    case .linearUnique, .participation: self = .distinct
    case .shapley: self = settings.game == .subsetConversions ? .distinct : .sets
    case .shaoLi, .ridgeLogistic, .baggedLogistic: self = .sets
    case .leaveOneOut, .orderedShapley: self = .paths
    case .markov: self = settings.order == .fixed(1) ? [.ends, .arcs] : .paths
    }
  }
}
