import ArgumentParser
import Attribution

/// How far the answer can be trusted.
struct AttributionCertaintyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Draw the customers (of --paths: the journeys) anew N times and say between which values every row lies.",
      valueName: "N"))
  var bootstrap: Int?

  @Option(help: "How often an interval holds what it is about (default: 0.9).")
  var level: Double?

  @Option(
    help: ArgumentHelp(
      "The truth that 'generate --truth' wrote: how far each model is from what channels really caused.",
      valueName: "file"))
  var against: String?

  func bootstrapSettings(seed: UInt64) throws -> BootstrapSettings? {
    guard let bootstrap else {
      if level != nil { throw ValidationError("--level is that of the intervals of --bootstrap N or --holdout") }
      return nil
    }
    return try usage { () throws(AttributionError) in
      try BootstrapSettings(resamples: bootstrap, level: level ?? 0.9, seed: seed)
    }
  }
}
