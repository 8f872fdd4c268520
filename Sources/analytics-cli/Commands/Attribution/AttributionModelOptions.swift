import ArgumentParser
import Attribution
import Journeys

/// Which models, and what they can be told.
struct AttributionModelOptions: ParsableArguments {
  static let defaultModels = "first,last,linear,markov,shapley"

  @Option(
    help: ArgumentHelp(
      "One model, several with commas, or all (default: first,last,linear,markov,shapley).", valueName: "models"))
  var model = Self.defaultModels

  @Option(
    help: ArgumentHelp(
      "position: u, w, j, inverse-j, or the shares of the first touch, of all between and of the last (default: u, that "
        + "is 0.4,0.2,0.4).", valueName: "shares"))
  var weights: String?

  @Option(help: ArgumentHelp("time-decay: after which time a touch counts half (default: 7d).", valueName: "duration"))
  var halfLife: String?

  @Option(help: ArgumentHelp("last-non-direct: what direct visits are called (default: direct).", valueName: "name"))
  var direct: String?

  @Option(
    help: ArgumentHelp(
      "markov: how many touches a state remembers, or auto: what foretells held-out journeys best (default: 1).",
      valueName: "k"))
  var order: String?

  @Flag(help: "markov: leave out the paths that came to nothing.")
  var withoutNulls = false

  @Option(help: ArgumentHelp("markov: list the N sequences of touches whose loss would cost most.", valueName: "N"))
  var sequences: Int?

  @Option(
    help: ArgumentHelp(
      "shapley: \(ShapleyGame.allCases.map(\.rawValue).joined(separator: ", ")) (default: subset-conversions).",
      valueName: "game"))
  var game: ShapleyGame?

  @Option(help: "Of everything that draws lots.")
  var seed: UInt64 = 1

  /// - Parameter withTimes: whether it is known when the touches were.
  func models(withTimes: Bool = true) throws -> [AttributionModel] {
    if model == "all" { return AttributionModel.allCases.filter { withTimes || !$0.needsTimes } }
    return try names(model).map { name in
      guard let model = AttributionModel(rawValue: name) else {
        let known = AttributionModel.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--model: there is no model '\(name)'; there are \(known) and all")
      }
      guard withTimes || !model.needsTimes else {
        throw ValidationError("--model: \(name) needs to know when touches were, which --paths does not tell")
      }
      return model
    }
  }

  func set(_ settings: inout ModelSettings) throws {
    if let weights { settings.weights = try usage { () throws(AttributionError) in try PositionWeights(weights) } }
    if let halfLife {
      settings.halfLife = try usage { () throws(JourneyError) in try DurationText.microseconds(halfLife) }
    }
    if let direct { settings.direct = direct }
    switch order {
    case nil: break
    case "auto": settings.order = .auto
    case let text?:
      guard let order = Int(text), 1...20 ~= order else {
        throw ValidationError("--order: '\(text)' is neither auto nor a number from 1 to 20")
      }
      settings.order = .fixed(order)
    }
    settings.withNulls = !withoutNulls
    if let sequences {
      guard sequences >= 0 else { throw ValidationError("--sequences: \(sequences) is negative") }
      settings.sequences = sequences
    }
    if let game { settings.game = game }
    settings.seed = seed
  }
}

extension ShapleyGame: ExpressibleByArgument {}
