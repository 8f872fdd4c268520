import ArgumentParser
import Attribution
import Foundation
import Journeys

/// Which conversions, touches and customers of a journey store are looked at.
struct AttributionSelectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What the rows are: channel, campaign or any column of names, several with commas (default: channel).",
      valueName: "columns"))
  var by: String?

  @Option(help: ArgumentHelp("How long before a conversion a touch may lie (default: 30d).", valueName: "duration"))
  var lookback: String?

  @Option(
    help: "Touches of the whole lookback window, or of the journey since the previous conversion (default: window).")
  var scope: AttributionQuery.Scope?

  @Option(help: ArgumentHelp("Event types that are conversions, with commas (default: purchase).", valueName: "types"))
  var conversion: String?

  @Flag(help: "Only a customer's first conversion counts; his journey is over with it.")
  var firstConversionOnly = false

  @Option(
    help: ArgumentHelp(
      "Event types that are touches: engagements (opens, clicks, deliveries of SMS, visits with a channel), all, or a "
        + "list with commas (default: engagements).", valueName: "types"))
  var touchpoints: String?

  @Option(
    help: ArgumentHelp(
      "Touches with a key that the path has already: all stay, neighbours are merged, only the first or the last of each "
        + "key stays, or unique: only which keys there are counts (default: all).", valueName: "how"))
  var repeats: Repeats?

  @Option(help: "Only journeys that end at or after this date or RFC 3339 time.")
  var from: String?

  @Option(help: "Only journeys that end at or before this; a date includes its whole day.")
  var to: String?

  @Option(help: ArgumentHelp("Only touches of these campaigns, with commas.", valueName: "campaigns"))
  var campaign: String?

  @Option(help: ArgumentHelp("Only the customers whose ids this file lists, one a line.", valueName: "file"))
  var customers: String?

  @Option(help: "Apart for every hour, day, week or month in which journeys end.")
  var every: CalendarPeriod?

  /// The name of an option that a file of paths has no use for.
  var firstGiven: String? {
    let given: [(String, Bool)] = [
      ("--by", by != nil), ("--lookback", lookback != nil), ("--scope", scope != nil),
      ("--conversion", conversion != nil), ("--first-conversion-only", firstConversionOnly),
      ("--touchpoints", touchpoints != nil), ("--from", from != nil), ("--to", to != nil),
      ("--campaign", campaign != nil), ("--customers", customers != nil), ("--every", every != nil),
    ]
    return given.first(where: \.1)?.0
  }

  func set(_ query: inout AttributionQuery, _ calendar: ZonedCalendar) throws {
    query.period = try period(calendar)
    if let by { query.dimensions = try usage { () throws(AttributionError) in try .init(by) } }
    if let scope { query.scope = scope }
    if let lookback {
      query.lookback = try usage { () throws(JourneyError) in try DurationText.microseconds(lookback) }
    }
    if let conversion { query.conversions = names(conversion) }
    query.firstConversionOnly = firstConversionOnly
    switch touchpoints {
    case nil, "engagements": query.touchpoints = .engagements
    case "all": query.touchpoints = .all
    case let list?: query.touchpoints = .types(names(list))
    }
    if let repeats { query.repeats = repeats }
    if let campaign { query.campaigns = names(campaign) }
    if let customers { query.customers = try ids(customers) }
  }

  func period(_ calendar: ZonedCalendar) throws -> ClosedRange<Int64>? {
    try usage { () throws(JourneyError) in try calendar.period(from: from, to: to) }
  }

  private func ids(_ path: String) throws -> [String] {
    var lines = LineReader(try ByteSource(path))
    var ids: [String] = []
    while let line = try lines.next() {
      let id = String(decoding: line.bytes, as: UTF8.self).trimmingCharacters(in: .whitespaces)
      if !id.isEmpty { ids.append(id) }
    }
    return ids
  }
}

extension AttributionQuery.Scope: ExpressibleByArgument {}
extension Repeats: ExpressibleByArgument {}
extension CalendarPeriod: ExpressibleByArgument {}
