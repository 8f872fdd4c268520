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

      first, last: all credit to the first or last touch. linear: the same to every touch. markov: by removal effects in \
      a first-order Markov chain over the touches, solved exactly. Conversions without an eligible touch are \
      'unattributed'; rows and unattributed add up to the totals.

      Examples:
        analytics-cli attribution --journeys journeys
        analytics-cli attribution --journeys journeys --model markov --by channel,campaign --lookback 14d --format csv
        analytics-cli attribution --journeys journeys --from 2024-03-01 --to 2024-03-31 --scope journey
        analytics-cli attribution --paths paths.csv --model first,markov
      """)

  @Option(help: ArgumentHelp("The journey store, as 'import' or 'snapshot' wrote it.", valueName: "directory"))
  var journeys: String?

  @Option(
    help: ArgumentHelp("A CSV file of aggregated paths instead; '-' is stdin, .gz is unpacked.", valueName: "file"))
  var paths: String?

  @Option(help: ArgumentHelp("first, last, linear, markov, several of them with commas, or all.", valueName: "model"))
  var model = "all"

  @Option(help: "What the rows are: channel, campaign or channel,campaign (default: channel).")
  var by: AttributionQuery.Dimension?

  @Option(help: "How long before a conversion a touch may lie (default: 30d).")
  var lookback: String?

  @Option(
    help: "Touches of the whole lookback window, or of the journey since the previous conversion (default: window).")
  var scope: AttributionQuery.Scope?

  @Option(help: ArgumentHelp("Event types that are conversions, with commas (default: purchase).", valueName: "types"))
  var conversion: String?

  @Option(
    help: ArgumentHelp(
      "Event types that are touches: engagements (opens, clicks, deliveries of SMS, visits with a channel), all, or a "
        + "list with commas (default: engagements).", valueName: "types"))
  var touchpoints: String?

  @Option(help: "Only journeys that end at or after this date or RFC 3339 time.")
  var from: String?

  @Option(help: "Only journeys that end at or before this; a date includes its whole day.")
  var to: String?

  @OptionGroup var zone: TimeZoneOptions
  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: OutputOptions

  func run() async throws {
    let models = try self.models()
    switch (journeys, paths) {
    case (let directory?, nil):
      let store = try JourneyStore(URL(filePath: directory))
      let query = try query(models, try zone.calendar(await settings.load()))
      let attribution = try usage { () throws(AttributionError) in try JourneyAttribution(query, of: store) }
      try answer.write(AttributionAnswer(try await attribution.run(over: store)))
    case (nil, let file?): try attribute(paths: file, models)
    default: throw ValidationError("give either --journeys DIRECTORY or --paths FILE")
    }
  }

  private func attribute(paths file: String, _ models: [AttributionModel]) throws {
    let given: [(String, Any?)] = [
      ("--by", by), ("--lookback", lookback), ("--scope", scope), ("--conversion", conversion),
      ("--touchpoints", touchpoints), ("--from", from), ("--to", to),
    ]
    if let (name, _) = given.first(where: { $0.1 != nil }) {
      throw ValidationError("\(name) is about events; the paths of --paths are already made")
    }
    let progress = Progress("attribution", unit: "paths")
    let report = try PathFile(file).attribute(models) { bytes, total, rows in
      try progress.update(share: total.map { Double(bytes) / Double(max($0, 1)) }, count: rows)
    }
    progress.finish()
    for rejection in report.rejections {
      Stderr.print(
        "attribution: rejected \(TextTable.Cell.integer(rejection.count).forPeople) rows: \(rejection.reason); "
          + "the first at \(rejection.firstPlace)")
    }
    try answer.write(AttributionAnswer(report.results))
    if !report.rejections.isEmpty { throw ExitCode.someRejected }
  }

  private func models() throws -> [AttributionModel] {
    if model == "all" { return AttributionModel.allCases }
    return try names(model).map { name in
      guard let model = AttributionModel(rawValue: name) else {
        let known = AttributionModel.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--model: there is no model '\(name)'; there are \(known) and all")
      }
      return model
    }
  }

  private func query(_ models: [AttributionModel], _ calendar: ZonedCalendar) throws -> AttributionQuery {
    try usage { () throws(JourneyError) in
      var query = AttributionQuery(models: models, period: try calendar.period(from: from, to: to))
      if let by { query.dimension = by }
      if let scope { query.scope = scope }
      if let lookback { query.lookback = try DurationText.microseconds(lookback) }
      if let conversion { query.conversions = names(conversion) }
      switch touchpoints {
      case nil, "engagements": query.touchpoints = .engagements
      case "all": query.touchpoints = .all
      case let list?: query.touchpoints = .types(names(list))
      }
      return query
    }
  }
}

extension AttributionQuery.Dimension: ExpressibleByArgument {}
extension AttributionQuery.Scope: ExpressibleByArgument {}

/// One result as it is, several side by side.
struct AttributionAnswer: Answer {
  let results: [AttributionResult]

  init(_ results: [AttributionResult]) { self.results = results }

  private enum CodingKeys: CodingKey { case results }

  func encode(to encoder: any Encoder) throws {
    if results.count == 1 { return try results[0].encode(to: encoder) }
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(results, forKey: .results)
  }

  var table: TextTable { results.count == 1 ? single(results[0]) : sideBySide }

  /// The columns of the keys.
  private var dimensions: [String] { results[0].by.split(separator: ",").map(String.init) }

  private func cells(_ key: AttributionResult.Key) -> [TextTable.Cell] {
    key.names.map { $0.map { .text($0) } ?? .none }
  }

  private var unattributed: [TextTable.Cell] {
    dimensions.indices.map { $0 == 0 ? .text("(unattributed)") : .none }
  }

  private func single(_ result: AttributionResult) -> TextTable {
    let isMarkov = result.conversionProbability != nil
    var table = TextTable(
      dimensions + ["conversions", "revenue", "share"] + (isMarkov ? ["removal effect", "of revenue"] : []),
      title: title(result.model.rawValue))
    table.rows = result.rows.map { row in
      cells(row.key) + [.number(row.conversions, decimals: 1), .number(row.revenue, decimals: 2), .share(row.share)]
        + (isMarkov ? [.share(row.removalEffect ?? 0), .share(row.removalEffectRevenue ?? 0)] : [])
    }
    let (lost, total) = (result.unattributed, result.totals.conversions)
    table.rows.append(
      unattributed + [
        .number(lost.conversions, decimals: 1), .number(lost.revenue, decimals: 2),
        .share(total > 0 ? lost.conversions / total : 0),
      ] + (isMarkov ? [.none, .none] : []))
    return table
  }

  private var sideBySide: TextTable {
    let models = results.map(\.model.rawValue)
    var table = TextTable(dimensions + models + models.map { "\($0) revenue" }, title: title("conversions and revenue"))
    let byKey = results.map { result in Dictionary(uniqueKeysWithValues: result.rows.map { ($0.key, $0) }) }
    table.rows = results[0].rows.map { first in
      let rows = byKey.map { $0[first.key] ?? first }
      return cells(first.key) + rows.map { .number($0.conversions, decimals: 1) }
        + rows.map { .number($0.revenue, decimals: 2) }
    }
    table.rows.append(
      unattributed + results.map { .number($0.unattributed.conversions, decimals: 1) }
        + results.map { .number($0.unattributed.revenue, decimals: 2) })
    return table
  }

  private func title(_ what: String) -> String {
    let totals = results[0].totals
    func text(_ number: Double, _ decimals: Int) -> String {
      TextTable.Cell.number(number, decimals: decimals).forPeople
    }
    let decimals = totals.conversions == totals.conversions.rounded() ? 0 : 2
    return
      "Attribution, \(what): \(text(totals.conversions, decimals)) conversions, revenue \(text(totals.revenue, 2)), "
      + "\(text(totals.journeys, decimals)) journeys"
  }
}
