import Journeys

extension RetentionQuery: Decodable {
  static let kind = "retention"

  public init(from decoder: any Decoder) throws { try self.init(QueryValue(from: decoder)) }

  /// Reads the JSON form of a query, with UTC, weeks from Sunday and the other defaults of query files.
  package init(_ json: QueryValue) throws(AttributionError) {
    let fields = try json.object([
      "kind", "target", "returning", "where", "type", "window_mode", "period", "start", "intervals", "rows", "triangle",
      "brackets", "cumulative", "min_occurrences", "breakdown", "sum_prop", "date_from", "date_to", "timezone",
      "week_start", "level",
    ])
    let most: Int64 = 10_000
    let calendar = try fields.calendar()
    let start = try fields.required("start")
    var brackets: [Int] = []
    for size in try fields.list("brackets") { brackets.append(Int(try size.integer(1...most))) }
    var breakdown: Breakdown?
    if let field = fields["breakdown"] {
      let fields = try field.object(["prop", "limit"])
      breakdown = Breakdown(try fields.required("prop").text())
      if let limit = fields["limit"] { breakdown?.limit = Int(try limit.integer(1...1_000_000)) }
    }
    let intervals = Int(try fields.required("intervals").integer(1...most))
    self.init(
      target: try EventMatcher.alternatives(fields.required("target")),
      returning: try EventMatcher.alternatives(fields.required("returning")),
      where: try EventCondition.list(fields.list("where")),
      entry: try fields["type"]?.choice() ?? .recurring, windowMode: try fields["window_mode"]?.choice() ?? .calendar,
      period: try fields.required("period").choice(),
      start: try moment(start, calendar), intervals: intervals,
      rows: try fields["rows"].map { (rows) throws(AttributionError) in Int(try rows.integer(1...most)) },
      isTriangle: try fields["triangle"]?.flag() ?? true, brackets: brackets,
      isCumulative: try fields["cumulative"]?.flag() ?? false,
      minimumOccurrences: Int(try fields["min_occurrences"]?.integer(1...Int64(Int32.max)) ?? 1),
      breakdown: breakdown, sumProperty: try fields["sum_prop"]?.text(), range: try fields.period(calendar),
      calendar: calendar, level: try fields["level"]?.number() ?? 0.95)
  }
}

/// A date of the calendar or an RFC 3339 time.
private func moment(_ json: QueryValue, _ calendar: ZonedCalendar) throws(AttributionError) -> Int64 {
  let text = try json.text()
  do throws(JourneyError) { return try calendar.moment(text) } catch { throw json.error(error.message) }
}
