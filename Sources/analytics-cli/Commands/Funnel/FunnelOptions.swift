import ArgumentParser
import Attribution
import Foundation
import Journeys

/// The steps and the rules by which customers take them.
struct FunnelOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Steps in the order in which they are to happen.", valueName: "a,b,c"))
  var steps: String?

  @Option(help: "How long after the first step the others may lie (default: 7d).")
  var window: String?

  @Option(help: "ordered (other events may lie between the steps), strict (none may) or unordered.")
  var mode: FunnelQuery.Mode?

  @Option(help: "Only events at or after this date or RFC 3339 time.")
  var from: String?

  @Option(help: "Only events at or before this; a date includes its whole day.")
  var to: String?

  @Option(
    name: .customLong("hold"),
    help: ArgumentHelp(
      "Columns of which all events of a chain must have the same value, such as order_id.", valueName: "columns"))
  var constants: String?

  @Option(help: "customers, each once with the furthest chain, or every one of their attempts.")
  var count: FunnelQuery.Counting?

  @Option(
    name: .customLong("exclude"),
    help: ArgumentHelp(
      "An event that must not lie between two steps, written as a step; with ':1-2' only between these (repeatable).",
      valueName: "event"))
  var exclusions: [String] = []

  @Option(help: "What an excluded event does: drop_customer (not counted at all), or stop_chain (counted so far).")
  var exclusionRule: FunnelQuery.ExclusionRule?

  @Option(
    help: ArgumentHelp("Only this part of the customers, drawn by their ids, such as 0.1.", valueName: "fraction"))
  var sample: Double?

  var firstGiven: String? {
    let given: [(String, Bool)] = [
      ("--window", window != nil), ("--mode", mode != nil), ("--from", from != nil), ("--to", to != nil),
      ("--hold", constants != nil), ("--count", count != nil), ("--exclude", !exclusions.isEmpty),
      ("--exclusion-rule", exclusionRule != nil), ("--sample", sample != nil),
    ]
    return given.first { $0.1 }?.0
  }

  func query(
    _ steps: String, _ calendar: ZonedCalendar, _ report: FunnelReportOptions
  ) throws(AttributionError) -> FunnelQuery {
    func checked<Value>(_ value: () throws(JourneyError) -> Value) throws(AttributionError) -> Value {
      do {
        return try value()
      } catch {
        throw AttributionError(.invalidQuery, error.message)
      }
    }
    var query = FunnelQuery(
      try FunnelQuery.Step.list(steps),
      window: try checked { () throws(JourneyError) in try DurationText.microseconds(window ?? "7d") },
      period: try checked { () throws(JourneyError) in try calendar.period(from: from, to: to) })
    query.mode = mode ?? .ordered
    query.constants = constants.map(names) ?? []
    query.counting = count ?? .customers
    for exclusion in exclusions { query.exclusions.append(try self.exclusion(exclusion, of: query.steps.count)) }
    query.exclusionRule = exclusionRule ?? .dropCustomer
    query.sample = sample.map { FunnelQuery.Sample(fraction: $0) }
    query.timeZone = calendar.identifier
    query.weekStart = .monday
    try report.set(&query)
    return query
  }

  private func exclusion(_ text: String, of steps: Int) throws(AttributionError) -> FunnelQuery.Exclusion {
    let places = text.wholeMatch(of: /(?s)(.*):(\d+)-(\d+)/)
    let event = places.map { String($0.1) } ?? text
    let match = try FunnelQuery.Step.list(event).flatMap(\.match)
    let (from, to) = (places.flatMap { Int($0.2) } ?? 1, places.flatMap { Int($0.3) } ?? steps)
    guard 1 <= from, from < to, to <= steps else {
      throw AttributionError(
        .invalidQuery,
        steps < 2
          ? "--exclude \(text): there is no second step before which it could lie"
          : "--exclude \(text): it lies between two of the steps 1 to \(steps), such as ':1-\(steps)'")
    }
    return FunnelQuery.Exclusion(match, from: from - 1, to: to - 1)
  }
}

/// How the answer is cut, and what else it says.
struct FunnelReportOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Apart for each value of these columns.", valueName: "columns"))
  var breakdown: String?

  @Option(
    help: ArgumentHelp(
      "Whose value it is: first_touch, last_touch, all_events, or the number of a step.", valueName: "touch"))
  var attribution: String?

  @Option(help: "So many values with most events are told apart, the rest is Other (default: 25).")
  var limit: Int?

  @Option(help: "By hour, day, week or month of entry.")
  var trend: CalendarPeriod?

  @Flag(help: "How long the way from the first step to the last takes: mean, median, percentiles, histogram.")
  var timeToConvert = false

  @Option(help: ArgumentHelp("Percentiles of the time of every step, such as 50,90,99.", valueName: "percents"))
  var percentiles: String?

  @Flag(help: "Also the share that has converted by when, of customers watched long enough (Kaplan-Meier).")
  var curve = false

  @Option(parsing: .unconditional, help: "The ids of who took step K; with -K, of who dropped out before it.")
  var customersAt: Int?

  @Option(help: ArgumentHelp("One customer's chain of events.", valueName: "customer"))
  var explain: String?

  var firstGiven: String? {
    let given: [(String, Bool)] = [
      ("--breakdown", breakdown != nil), ("--attribution", attribution != nil), ("--limit", limit != nil),
      ("--trend", trend != nil), ("--time-to-convert", timeToConvert), ("--percentiles", percentiles != nil),
      ("--curve", curve), ("--customers-at", customersAt != nil), ("--explain", explain != nil),
    ]
    return given.first { $0.1 }?.0
  }

  /// Refuses two answers at once.
  func checkAlone() throws {
    let given: [(String, Bool)] = [
      ("--trend", trend != nil), ("--time-to-convert", timeToConvert), ("--customers-at", customersAt != nil),
      ("--explain", explain != nil), ("--curve", curve),
    ]
    let names = given.filter(\.1).map(\.0)
    guard names.count < 2 else {
      throw ValidationError("\(names[0]) and \(names[1]) are two answers: ask for one after the other")
    }
  }

  func set(_ query: inout FunnelQuery) throws(AttributionError) {
    if let breakdown {
      guard limit ?? 25 > 0 else {
        throw AttributionError(.invalidQuery, "--limit: it takes one value at least to be told apart")
      }
      var cut = FunnelQuery.Breakdown(names(breakdown), limit: limit ?? 25)
      if let attribution {
        if let step = Int(attribution), query.steps.indices ~= step - 1 {
          (cut.attribution, cut.step) = (.step, step - 1)
        } else if let touch = FunnelQuery.Breakdown.Attribution(rawValue: attribution), touch != .step {
          cut.attribution = touch
        } else {
          throw AttributionError(
            .invalidQuery,
            "--attribution \(attribution): it is first_touch, last_touch, all_events or the number of a step, from 1 to "
              + "\(query.steps.count)")
        }
      }
      query.breakdown = cut
    } else if let name = attribution.map({ _ in "--attribution" }) ?? limit.map({ _ in "--limit" }) {
      throw AttributionError(.invalidQuery, "\(name) goes with --breakdown")
    }
    if timeToConvert { query.report = .timeToConvert(bins: nil) }
    if let trend { query.report = .trends(trend) }
    for percent in names(percentiles ?? "") {
      guard let number = Double(percent) else {
        throw AttributionError(.invalidQuery, "--percentiles: '\(percent)' is no number")
      }
      query.percentiles.append(number)
    }
  }
}

extension FunnelQuery.Mode: ExpressibleByArgument {}
extension FunnelQuery.Counting: ExpressibleByArgument {}
extension FunnelQuery.ExclusionRule: ExpressibleByArgument {}
