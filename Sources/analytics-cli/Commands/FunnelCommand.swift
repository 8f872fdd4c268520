import ArgumentParser
import Attribution
import Foundation
import Journeys

struct FunnelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "funnel",
    abstract: "How many customers take steps one after the other, and how long it takes them.",
    discussion: """
      A customer is counted once, with the chain of events that first got furthest; the window runs from its first step. \
      Other events may lie between the steps. --query takes a file with the JSON form of a funnel query instead, and \
      answers with who reached each step.

      Examples:
        analytics-cli funnel --journeys journeys --steps email_sent,email_opened,email_clicked,purchase --window 7d
        analytics-cli funnel --journeys journeys --steps page_view,cart_added,purchase --window 24h --from 2024-04-01
        analytics-cli funnel --journeys journeys --query funnel.json
      """)

  enum Mode: String, CaseIterable, ExpressibleByArgument { case ordered }

  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("Event types, in the order in which they are to happen.", valueName: "a,b,c"))
  var steps: String?

  @Option(help: "How long after the first step the others may lie (default: 7d).")
  var window: String?

  @Option(help: "How the steps are to follow each other: ordered, with other events between them.")
  var mode: Mode?

  @Option(help: "Only events at or after this date or RFC 3339 time.")
  var from: String?

  @Option(help: "Only events at or before this; a date includes its whole day.")
  var to: String?

  @Option(help: ArgumentHelp("A funnel query in JSON, in place of the options above.", valueName: "file"))
  var query: String?

  @OptionGroup var zone: TimeZoneOptions
  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: OutputOptions

  func run() async throws {
    switch (steps, query) {
    case (let steps?, nil): try await run(steps)
    case (nil, let file?):
      let given: [(String, Any?)] = [("--window", window), ("--mode", mode), ("--from", from), ("--to", to)]
      if let (name, _) = given.first(where: { $0.1 != nil }) {
        throw ValidationError("\(name) goes with --steps; with --query the file says it")
      }
      try await run(file: file)
    default: throw ValidationError("give either --steps a,b,c or --query FILE")
    }
  }

  private func run(_ steps: String) async throws {
    let store = try store.open()
    let calendar = try zone.calendar(await settings.load())
    let query = try usage { () throws(JourneyError) in
      FunnelQuery(
        names(steps).map { FunnelQuery.Step($0) }, window: try DurationText.microseconds(window ?? "7d"),
        period: try calendar.period(from: from, to: to))
    }
    let funnel = try usage { () throws(AttributionError) in
      try Funnel.check(query, of: store)
      return try Funnel(query, of: store)
    }
    try answer.write(FunnelAnswer(try await funnel.run(over: store)))
  }

  private func run(file: String) async throws {
    let store = try store.open()
    guard let json = FileManager.default.contents(atPath: file) else {
      throw ValidationError("--query \(file): the file cannot be read")
    }
    let query = try usage { () throws(AttributionError) in try FunnelQuery(json: json) }
    do {
      try Funnel.check(query, of: store)
    } catch {
      // A query may ask for what has not happened yet: nobody did it.
      Stderr.print("funnel: \(error.message)")
    }
    let funnel = try usage { () throws(AttributionError) in try Funnel(query, of: store, listingCustomers: true) }
    let result = try await funnel.run(over: store)
    try answer.write(FunnelQueryAnswer(result: result, answer: FunnelQueryResult(result, of: store)))
  }
}

struct FunnelAnswer: Answer {
  private let result: FunnelResult

  init(_ result: FunnelResult) { self.result = result }

  func encode(to encoder: any Encoder) throws { try result.encode(to: encoder) }

  var table: TextTable { result.table }
}

struct FunnelQueryAnswer: Answer {
  let result: FunnelResult
  let answer: FunnelQueryResult

  func encode(to encoder: any Encoder) throws { try answer.encode(to: encoder) }

  var table: TextTable { result.table }
}

extension FunnelResult {
  var table: TextTable {
    var table = TextTable(
      ["step", "customers", "from start", "from previous", "median wait s", "average wait s"],
      title: "Funnel, \(mode), window \(TextTable.Cell.number(windowSeconds / 86_400, decimals: 2).forPeople) days")
    table.rows = steps.map { step in
      func seconds(_ number: Double?) -> TextTable.Cell { number.map { .number($0, decimals: 0) } ?? .none }
      return [
        .text(step.step), .integer(step.customers), .share(step.conversionFromStart),
        .share(step.conversionFromPrevious),
        seconds(step.medianSecondsFromPrevious), seconds(step.averageSecondsFromPrevious),
      ]
    }
    return table
  }
}
