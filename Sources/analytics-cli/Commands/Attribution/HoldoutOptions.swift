import ArgumentParser
import Attribution
import Foundation
import Journeys

/// An answer from randomised experiments instead of from models.
struct HoldoutOptions: ParsableArguments {
  @Flag(
    help: """
      No model: what each channel causes, from customers who were held out of it at random, as 'experiment_assigned' \
      events say (import or snapshot with --property experiment --property group).
      """)
  var holdout = false

  @Option(
    help: ArgumentHelp(
      "--holdout: how long after a customer's assignment conversions count (default: to the end).",
      valueName: "duration"))
  var window: String?

  func validate() throws {
    guard window == nil || holdout else {
      throw ValidationError("--window is the time after an assignment; give --holdout too")
    }
  }
}

extension AttributionCommand {
  func answerFromHoldouts() async throws {
    if let name = firstForModels {
      throw ValidationError("\(name) is about models; --holdout compares groups that were drawn at random")
    }
    guard let journeys else { throw ValidationError("--holdout needs events; give --journeys DIRECTORY") }
    var query = HoldoutQuery()
    query.period = try await selection.period(zone.calendar(settings.load()))
    if let conversion = selection.conversion { query.conversions = names(conversion) }
    if let window = experiments.window {
      query.window = try usage { () throws(JourneyError) in try DurationText.microseconds(window) }
    }
    if let level = certainty.level { query.level = level }
    let store = try JourneyStore(URL(filePath: journeys))
    let holdout = try usage { () throws(AttributionError) in try Holdout(query, of: store) }
    try answer.write(HoldoutAnswer(try await holdout.run(over: store)))
  }

  /// The name of an option that says nothing about groups.
  private var firstForModels: String? {
    let given: [(String, Bool)] = [
      ("--paths", paths != nil), ("--explain", explain != nil),
      ("--model", models.model != AttributionModelOptions.defaultModels),
      ("--weights", models.weights != nil), ("--half-life", models.halfLife != nil), ("--direct", models.direct != nil),
      ("--order", models.order != nil), ("--without-nulls", models.withoutNulls),
      ("--sequences", models.sequences != nil), ("--game", models.game != nil), ("--by", selection.by != nil),
      ("--lookback", selection.lookback != nil), ("--scope", selection.scope != nil),
      ("--first-conversion-only", selection.firstConversionOnly), ("--touchpoints", selection.touchpoints != nil),
      ("--repeats", selection.repeats != nil), ("--campaign", selection.campaign != nil),
      ("--customers", selection.customers != nil), ("--every", selection.every != nil),
      ("--bootstrap", certainty.bootstrap != nil), ("--against", certainty.against != nil),
      ("--costs", money.costs != nil), ("--write", money.write),
    ]
    return given.first(where: \.1)?.0
  }
}
