import ArgumentParser
import Journeys
import Models

/// `--set name=value …`: the settings of a learner.
struct LearnerOptions: ParsableArguments {
  @Option(
    name: .customLong("set"), parsing: .upToNextOption,
    help: ArgumentHelp("Settings of the learner, such as C=1.", valueName: "name=value"))
  var pairs: [String] = []

  /// The settings of a logistic regression and the number of threads.
  ///
  /// - Throws: a usage error for a name that is none, or a value that is no number.
  func logistic(
    _ standard: LogisticRegression.Settings = .init()
  ) throws -> (settings: LogisticRegression.Settings, threads: Int) {
    var settings = standard
    var threads = defaultThreads
    for pair in pairs {
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let value = Double(parts[1]), value.isFinite, value > 0 else {
        throw ValidationError("--set \(pair): write name=value with a positive number, such as C=1")
      }
      switch parts[0] {
      case "C": settings.inversePenalty = value
      case "tolerance": settings.tolerance = value
      case "maximumIterations": settings.maximumIterations = try whole(value, pair)
      case "threads": threads = try whole(value, pair)
      default:
        throw ValidationError(
          "--set \(pair): logistic regression has the settings C, tolerance, maximumIterations and threads")
      }
    }
    return (settings, threads)
  }

  private func whole(_ value: Double, _ pair: String) throws -> Int {
    guard let number = Int(exactly: value) else { throw ValidationError("--set \(pair): write a whole number") }
    return number
  }
}
