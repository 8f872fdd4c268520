import ArgumentParser
import Attribution
import Foundation
import Journeys

struct CohortCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cohort",
    abstract: "Retention, revenue or orders of customers by the period in which they began.",
    discussion: """
      Period 0 is the calendar period of the first purchase, signup or event; column k is the k-th period after it. \
      Retention is the part of the cohort with such an event in that period, revenue the sum of its amounts, orders \
      their number. A period that is not over when the data end is empty (null).

      Examples:
        analytics-cli cohort --journeys journeys --by first_purchase --event purchase --period month --periods 12
        analytics-cli cohort --journeys journeys --by signup --period week --metric revenue --format csv
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
  var by = CohortQuery.Start.firstPurchase

  @Option(help: ArgumentHelp("Event types that are counted, with commas.", valueName: "types"))
  var event = "purchase"

  @Option(help: "day, week (from Monday) or month.")
  var period = Period.month

  @Option(help: "How many periods, the first included.")
  var periods = 12

  @Option(help: "retention, revenue, orders, or ltv: revenue per customer to date.")
  var metric = CohortQuery.Metric.retention

  @OptionGroup var zone: TimeZoneOptions
  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: OutputOptions

  func run() async throws {
    let store = try store.open()
    let query = CohortQuery(
      by: by, events: names(event), period: period.calendarPeriod, periods: periods, metric: metric,
      calendar: try zone.calendar(await settings.load()))
    let cohorts = try usage { () throws(AttributionError) in try Cohorts(query, of: store) }
    try answer.write(try await cohorts.run(over: store))
  }
}

extension CohortQuery.Start: ExpressibleByArgument {}
extension CohortQuery.Metric: ExpressibleByArgument {}

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
