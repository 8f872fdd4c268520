import Journeys

extension RetentionQuery: Decodable {
  public init(from decoder: any Decoder) throws { try self.init(QueryValue(from: decoder)) }

  /// Reads the JSON form of a query, with UTC, weeks from Sunday and the other defaults of query files.
  package init(_ json: QueryValue) throws(AttributionError) {
    let fields = try json.object([
      "kind", "target", "returning", "where", "type", "window_mode", "period", "start", "intervals", "rows", "triangle",
      "brackets", "cumulative", "min_occurrences", "breakdown", "sum_prop", "date_from", "date_to", "timezone",
      "week_start", "level",
    ])
    let most: Int64 = 10_000
    let calendar = try fields.zonedCalendar()
    let start = try fields.required("start")
    let text = try start.text()
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
      start: try start.located { () throws(JourneyError) in try calendar.moment(text) }, intervals: intervals,
      rows: try fields["rows"].map { (rows) throws(AttributionError) in Int(try rows.integer(1...most)) },
      isTriangle: try fields["triangle"]?.flag() ?? true, brackets: brackets,
      isCumulative: try fields["cumulative"]?.flag() ?? false,
      minimumOccurrences: Int(try fields["min_occurrences"]?.integer(1...Int64(Int32.max)) ?? 1),
      breakdown: breakdown, sumProperty: try fields["sum_prop"]?.text(), range: try fields.range(calendar),
      calendar: calendar, level: try fields["level"]?.number() ?? 0.95)
  }
}

extension QueryObject {
  /// The calendar of `timezone` (UTC) and `week_start` (Sunday).
  func zonedCalendar() throws(AttributionError) -> ZonedCalendar {
    var weekStart = ZonedCalendar.WeekStart.sunday
    if let field = self["week_start"] {
      guard let choice = ZonedCalendar.WeekStart(rawValue: try field.text()) else {
        throw field.error("is to be sunday or monday")
      }
      weekStart = choice
    }
    let zone = try self["timezone"]?.text() ?? "UTC"
    return try (self["timezone"] ?? value).located { () throws(JourneyError) in
      try ZonedCalendar(zone, weekStart: weekStart)
    }
  }

  /// From `date_from` to `date_to`, both included.
  func range(_ calendar: ZonedCalendar) throws(AttributionError) -> ClosedRange<Int64>? {
    let (from, to) = (try self["date_from"]?.text(), try self["date_to"]?.text())
    return try value.located { () throws(JourneyError) in try calendar.period(from: from, to: to) }
  }
}

extension QueryValue {
  fileprivate func located<Result>(_ body: () throws(JourneyError) -> Result) throws(AttributionError) -> Result {
    do throws(JourneyError) { return try body() } catch { throw self.error(error.message) }
  }
}
