import ArgumentParser
import Attribution
import Foundation
import Journeys

struct AttributionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attribution",
    abstract: "Which channels or campaigns the conversions are owed to.",
    discussion: """
      Credits the conversions of a journey store (--journeys), or of a file of aggregated paths (--paths) with the header \
      path,total_conversions[,total_conversion_value][,total_null] and steps separated by '>'.

      Rules: first, last, last-non-direct, linear, linear-unique (every distinct key the same), position (--weights), \
      time-decay (--half-life), decay-steps (half as much for every later touch), participation (a whole credit for \
      every key).
      Learned from the paths: markov (removal effects, solved exactly; --order), shapley (--game), ordered-shapley, \
      leave-one-out, shao-li, ridge-logistic, bagged-logistic, additive-hazard (how soon conversions follow touches; \
      not for --paths).
      Conversions without an eligible touch are 'unattributed'; rows and unattributed add up to the totals, except \
      where a model says its own 'sum'.

      What no model can know is what would have happened without a touch: see 'What attribution can claim' in README.md.

      Examples:
        analytics-cli attribution --journeys journeys
        analytics-cli attribution --journeys journeys --model markov --order auto --by channel,campaign --lookback 14d
        analytics-cli attribution --journeys journeys --model position --weights 0.3,0.2,0.5 --every month
        analytics-cli attribution --journeys journeys --model shapley --bootstrap 500
        analytics-cli attribution --journeys journeys --model all --against truth.json
        analytics-cli attribution --journeys journeys --holdout --window 30d
        analytics-cli attribution --journeys journeys --explain 8f14e45f-ceea-467f-a0e6-2d1b7a1c9f01 --format table
        analytics-cli attribution --paths paths.csv --model first,markov,shapley
      """)

  @Option(help: ArgumentHelp("The journey store, as 'import' or 'snapshot' wrote it.", valueName: "directory"))
  var journeys: String?

  @Option(
    help: ArgumentHelp("A CSV file of aggregated paths instead; '-' is stdin, .gz is unpacked.", valueName: "file"))
  var paths: String?

  @Option(
    help: ArgumentHelp(
      "Instead of the whole, one customer's journey with each model's credit for each touch.", valueName: "customer"))
  var explain: String?

  @OptionGroup(title: "Models") var models: AttributionModelOptions
  @OptionGroup(title: "Journeys") var selection: AttributionSelectionOptions
  @OptionGroup(title: "How sure it is") var certainty: AttributionCertaintyOptions
  @OptionGroup(title: "Costs and results") var money: AttributionCostOptions
  @OptionGroup(title: "Experiments") var experiments: HoldoutOptions
  @OptionGroup var zone: TimeZoneOptions
  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: OutputOptions

  func run() async throws {
    if experiments.holdout { return try await answerFromHoldouts() }
    switch (journeys, paths) {
    case (let directory?, nil): try await attribute(journeys: directory)
    case (nil, let file?): try await attribute(paths: file)
    default: throw ValidationError("give either --journeys DIRECTORY or --paths FILE")
    }
  }

  private func attribute(journeys directory: String) async throws {
    let settings = try await settings.load()
    let calendar = try zone.calendar(settings)
    let store = try JourneyStore(URL(filePath: directory))
    var query = AttributionQuery(models: try models.models())
    try models.set(&query.settings)
    try selection.set(&query, calendar)
    guard !money.write || query.dimensions == .campaign else {
      throw ValidationError("--write: marketing_analytics has rows of campaigns; ask --by campaign")
    }
    if let explain { return try await write(explain, query, calendar, of: store) }
    let costs = try await money.costs(query, of: store, settings)
    if let period = selection.every { return try await write(query, every: period, calendar, of: store, settings) }
    var results: [AttributionResult]
    if let bootstrap = try certainty.bootstrapSettings(seed: models.seed) {
      let attribution = try usage { () throws(AttributionError) in
        try AttributionBootstrap(query, bootstrap, of: store)
      }
      results = try await attribution.run(over: store)
    } else {
      let attribution = try usage { () throws(AttributionError) in try JourneyAttribution(query, of: store) }
      results = try await attribution.run(over: store)
    }
    if let costs { results = costs.added(to: results) }
    try write(results)
    if money.write {
      let last = min(query.period?.upperBound ?? .max, store.manifest.lastTimestamp ?? 0)
      try await money.write([(calendar.day(last), results)], settings)
    }
  }

  private func write(
    _ query: AttributionQuery, every period: CalendarPeriod, _ calendar: ZonedCalendar, of store: JourneyStore,
    _ settings: Settings
  ) async throws {
    guard certainty.bootstrap == nil, certainty.against == nil, money.costs == nil else {
      throw ValidationError("--every shows how credit moves; --bootstrap, --against and --costs are about the whole")
    }
    guard !money.write || period == .day else {
      throw ValidationError("--write: rows are dated by day; ask --every day")
    }
    let analysis = try usage { () throws(AttributionError) in
      try AttributionEpochs(query, every: period, calendar, of: store)
    }
    let epochs = try await analysis.run(over: store)
    try answer.write(AttributionEpochsAnswer(epochs: epochs))
    guard money.write else { return }
    try await money.write(
      epochs.compactMap { epoch in CivilDate(epoch.period).map { ($0.days, epoch.results) } }, settings)
  }

  private func write(
    _ customer: String, _ query: AttributionQuery, _ calendar: ZonedCalendar, of store: JourneyStore
  ) async throws {
    let results = try await usage { () throws(AttributionError) in
      try JourneyAttribution(query, of: store)
    }.run(over: store)
    let explanation = try JourneyExplainer(query, of: store).explain(customer, in: store, results)
    try answer.write(AttributionExplanationAnswer(explanation: explanation, calendar: calendar))
  }

  private func attribute(paths file: String) async throws {
    if let name = selection.firstGiven ?? (money.write ? "--write" : explain.map { _ in "--explain" }) {
      throw ValidationError("\(name) is about events; the paths of --paths are already made")
    }
    let costs = try money.costs.map { try money.fileCosts($0, by: .channel) }
    var settings = ModelSettings()
    try models.set(&settings)
    let progress = Progress("attribution", unit: "paths")
    let report = try await PathFile(file).attribute(
      try models.models(withTimes: false), settings, repeats: selection.repeats ?? .all,
      bootstrap: try certainty.bootstrapSettings(seed: models.seed)
    ) { bytes, total, rows in
      try progress.update(share: total.map { Double(bytes) / Double(max($0, 1)) }, count: rows)
    }
    progress.finish()
    for rejection in report.rejections {
      Stderr.print(
        "attribution: rejected \(TextTable.Cell.integer(rejection.count).forPeople) rows: \(rejection.reason); "
          + "the first at \(rejection.firstPlace)")
    }
    try write(costs?.added(to: report.results) ?? report.results)
    if !report.rejections.isEmpty { throw ExitCode.someRejected }
  }

  private func write(_ results: [AttributionResult]) throws {
    guard let truth = certainty.against else { return try answer.write(AttributionAnswer(results)) }
    let comparison = try usage { () throws(AttributionError) in
      try AttributionTruth(file: truth).compare(results)
    }
    try answer.write(AttributionTruthAnswer(comparison: comparison, results: results))
  }
}
