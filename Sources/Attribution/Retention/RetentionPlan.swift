import Journeys

/// A retention query compiled for one store.
struct RetentionPlan: Sendable {
  let query: RetentionQuery
  let shape: RetentionShape
  /// Class 0 is the target, 1 a return, 2 what has the name of a target.
  let classifier: EventClassifier
  let groups: RetentionGroups
  let values: PropertyValues
  /// Whether a return is what the target is: then column 0 sums up the targets of its period.
  let isSameEvent: Bool
  /// Events outside of it cannot matter.
  let scanned: ClosedRange<Int64>
  /// Calendar periods from row 0 on; nil when windows are rolling.
  let periods: PeriodTable?
  /// Of a rolling window.
  let span: Int64
  /// Microseconds by which hours of the local clock begin later than those of UTC.
  private let hourShift: Int64
  /// The last moment of the data, and how many periods from row 0 on are over then.
  private let last: Int64
  private let periodsOver: Int

  init(_ query: RetentionQuery, _ groups: RetentionGroups, of store: JourneyStore) throws(AttributionError) {
    try query.check()
    self.query = query
    self.groups = groups
    shape = query.shape
    var classes = [query.target, query.returning]
    if query.entry == .firstEver { classes.append(query.target.map { EventMatcher($0.event) }) }
    classifier = try EventClassifier(classes, where: query.filter, of: store)
    values = PropertyValues(query.sumProperty, of: store)
    isSameEvent = query.target == query.returning
    last = store.manifest.lastTimestamp ?? .min
    guard groups.names.count * query.rows < Int(UInt32.max) else {
      throw AttributionError(.unsolvable, "retention: these are too many values times rows; give fewer rows")
    }
    let calendar = query.calendar
    hourShift = floorModulo(-calendar.offset(at: query.start), Self.hour)
    var end: Int64
    let first: Int64
    if query.windowMode == .calendar {
      span = 0
      let base = calendar.period(query.period, of: query.start)
      first = calendar.start(of: query.period, base)
      var count = Int64(query.rows + shape.columnOfPeriod.count - 1)
      // On or after a period is until the end of the data.
      if query.isCumulative && query.brackets.isEmpty && last > first {
        count = max(count, calendar.period(query.period, of: last) - base + 1)
      }
      end = calendar.start(of: query.period, base + count) - 1
      periods = PeriodTable(query.period, first...end, calendar, last: last)
    } else {
      span = Self.hour * [.hour: 1, .day: 24, .week: 168, .month: 720][query.period, default: 24]
      first = query.start
      end = query.start + span * Int64(query.rows + shape.columnOfPeriod.count)
      if query.isCumulative && query.brackets.isEmpty { end = max(end, last) }
      periods = nil
    }
    periodsOver = periods?.overCount ?? 0
    // First times are looked for over all history.
    let from = max(query.range?.lowerBound ?? .min, query.entry == .recurring ? first : .min)
    let to = min(query.range?.upperBound ?? .max, end)
    // No event is at the smallest moment.
    scanned = from <= to ? from...to : .min ... .min
  }

  static let hour: Int64 = 3_600_000_000

  /// The begin of the local clock's hour.
  @inline(__always)
  func cutToHour(_ time: Int64) -> Int64 { time &- floorModulo(time &- hourShift, Self.hour) }

  /// The row of a first target, of rolling windows.
  func row(ofTarget time: Int64) -> Int { Int(floorDivide(cutToHour(time) - cutToHour(query.start), span)) }

  func label(_ row: Int) -> String { periods?.label(row) ?? query.calendar.clockText(query.start + Int64(row) * span) }

  /// How many columns of a row are over, for its last customer too.
  func columnsOver(ofRow row: Int) -> Int {
    let columns = shape.columns(ofRow: row)
    let over: Int
    if periods != nil {
      over = periodsOver - row
    } else {
      // The window of whoever began last ends a window later than that of the row.
      let elapsed = last.subtractingReportingOverflow(query.start)
      over = elapsed.overflow ? 0 : Int(floorDivide(elapsed.partialValue, span)) - row - 1
    }
    return shape.lastPeriods.prefix(columns).prefix { $0 < over }.count
  }
}

/// From 0 up to the divisor.
@inline(__always)
private func floorModulo(_ number: Int64, _ divisor: Int64) -> Int64 {
  let rest = number % divisor
  return rest < 0 ? rest &+ divisor : rest
}
