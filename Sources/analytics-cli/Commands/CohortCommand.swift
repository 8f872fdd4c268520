import ArgumentParser
import Attribution
import Foundation
import Journeys

struct CohortCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cohort",
    abstract: "Retention, revenue, orders or lifetime value of customers by when, or by what, they began.",
    discussion: """
      Period 0 is the calendar period of the first purchase, signup or event; column k is the k-th period after it. \
      Retention is the part of the cohort with such an event in that period, revenue the sum of its amounts, orders \
      their number, ltv the revenue per customer to date, roas that over what the customers' channel or campaign cost. \
      A period that is not over when the data end is empty (null). Every cell has its interval (95 %).
      --query takes the whole form in JSON instead (rolling, on-or-after and first-ever retention, brackets, minimum \
      occurrences, breakdowns); see 'Funnels and cohorts' in README.md.

      Examples:
        analytics-cli cohort --journeys journeys --by first_purchase --event purchase --period month --periods 12
        analytics-cli cohort --journeys journeys --period week --plot retention.svg
        analytics-cli cohort --journeys journeys --rows channel --metric roas --costs costs.csv
        analytics-cli cohort --journeys journeys --compare 2024-01,2024-02 --at 3
        analytics-cli cohort --journeys journeys --query retention.json
      """)

  /// Cohorts by the hour would be columns without an end.
  enum Period: String, CaseIterable, ExpressibleByArgument {
    case day, week, month

    var calendarPeriod: CalendarPeriod {
      switch self {
      case .day: .day
      case .week: .week
      case .month: .month
      }
    }
  }

  @OptionGroup var store: StoreOptions

  @Option(help: "What opens a cohort: first_purchase, signup or first_event.")
  var by: CohortQuery.Start?

  @Option(
    help: ArgumentHelp(
      "Any behaviour that opens one instead, written as a step of a funnel: 'page_view[page=/eid]'.",
      valueName: "step"))
  var behaviour: String?

  @Option(
    help: ArgumentHelp("Events that are counted, written as steps of a funnel (default: purchase).", valueName: "types")
  )
  var event: String?

  @Option(help: "day, week (from Monday) or month (the default).")
  var period: Period?

  @Option(help: "How many periods, the first included (default: 12).")
  var periods: Int?

  @Option(help: "retention (the default), revenue, orders, ltv or roas.")
  var metric: CohortQuery.Metric?

  @Option(help: "A row for each period (the default), or for each channel or campaign that brought the customers.")
  var rows: CohortQuery.Rows?

  @Option(
    help: ArgumentHelp(
      "CSV with the columns channel (or campaign) and cost, in major units; for roas.", valueName: "file"))
  var costs: String?

  @Option(help: ArgumentHelp("Test whether two cohorts differ, by their names.", valueName: "a,b"))
  var compare: String?

  @Option(help: "In which period after the first they are compared (default: 1).")
  var at: Int?

  @Option(help: ArgumentHelp("Also draw the triangle as a heat map (SVG).", valueName: "file"))
  var plot: String?

  @Option(help: ArgumentHelp("A query in JSON, in place of the options above.", valueName: "file"))
  var query: String?

  @OptionGroup var zone: TimeZoneOptions
  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: OutputOptions

  func run() async throws {
    if let query {
      let given: [(String, Any?)] = [
        ("--by", by), ("--behaviour", behaviour), ("--event", event), ("--period", period), ("--periods", periods),
        ("--metric", metric), ("--rows", rows), ("--costs", costs), ("--compare", compare), ("--at", at),
        ("--plot", plot),
      ]
      if let (name, _) = given.first(where: { $0.1 != nil }) {
        throw ValidationError("\(name) does not go with --query; the file says it")
      }
      return try await QueryFile(query, "cohort").answer(store.open(), answer)
    }
    let store = try store.open()
    let cohorts = try await usage { [query = try await cohortQuery()] () throws(AttributionError) in
      try Cohorts(query, of: store)
    }.run(over: store)
    if let plot {
      let file = try StreamedFile(plot)
      try Array(CohortTriangle(cohorts).svg().utf8).withUnsafeBytes { try file.write($0) }
      try file.finish()
    }
    guard let compare else {
      guard at == nil else { throw ValidationError("--at goes with --compare") }
      return try answer.write(cohorts)
    }
    let two = names(compare)
    guard two.count == 2 else {
      throw ValidationError("--compare \(compare): name two cohorts, such as 2024-01,2024-02")
    }
    try answer.write(
      try usage { () throws(AttributionError) in try cohorts.compare(two[0], two[1], inPeriod: at ?? 1) })
  }

  private func cohortQuery() async throws -> CohortQuery {
    guard by == nil || behaviour == nil else { throw ValidationError("give either --by or --behaviour") }
    let rows = rows ?? .period
    var query = CohortQuery(
      by: by ?? .firstPurchase, period: (period ?? .month).calendarPeriod, periods: periods ?? 12,
      metric: metric ?? .retention, calendar: try zone.calendar(await settings.load()), rows: rows)
    query.events = try matchers(event ?? "purchase")
    query.behaviour = try behaviour.map(matchers)
    if let costs {
      guard query.metric == .roas, rows != .period else {
        throw ValidationError("--costs goes with --metric roas and --rows channel or campaign")
      }
      do {
        query.costs = try AttributionCosts(file: costs, by: rows == .channel ? .channel : .campaign).minorUnits
      } catch let error as AttributionError where error.code == .invalidQuery {
        throw ValidationError(error.message)
      }
    }
    return query
  }

  private func matchers(_ text: String) throws -> [EventMatcher] {
    try usage { () throws(AttributionError) in try FunnelQuery.Step.list(text) }.flatMap(\.match)
  }
}

extension CohortQuery.Start: ExpressibleByArgument {}
extension CohortQuery.Metric: ExpressibleByArgument {}
extension CohortQuery.Rows: ExpressibleByArgument {}

extension CohortResult: Answer {
  var table: TextTable {
    let columns = cohorts.first?.values.count ?? 0
    var table = TextTable(
      ["cohort", "customers"] + (0..<columns).map(String.init),
      title: "Cohorts by \(by): \(metric.rawValue) by \(period.rawValue)")
    table.rows = cohorts.map { cohort in
      [.text(cohort.cohort), .integer(cohort.size)]
        + cohort.values.map { value in
          guard let value else { return .none }
          return switch metric {
          case .retention: .share(value)
          case .revenue, .lifetimeValue, .roas: .number(value, decimals: 2)
          case .orders: .integer(Int(value))
          }
        }
    }
    return table
  }
}

extension CohortComparison: Answer {
  var table: TextTable {
    var table = TextTable(["cohort", "customers", metric], title: "Period \(period) after the first")
    table.rows = cohorts.indices.map { [.text(cohorts[$0]), .integer(customers[$0]), .number(means[$0], decimals: 4)] }
    func text(_ number: Double) -> String { TextTable.Cell.number(number, decimals: 4).forPeople }
    let reach = interval.map { " (\(text($0[0])) to \(text($0[1])))" } ?? ""
    table.notes = ["difference \(text(difference))\(reach), p = \(pValue.map(text) ?? "–")"]
    return table
  }
}
