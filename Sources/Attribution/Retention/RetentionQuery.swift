import Journeys

/// Who comes back, period after period, of those who did something in a period (kind `retention`).
///
/// A customer is in row i for what he did in period i: the target. Column k is the k-th period after it; column 0 is
/// the row's customers, column k > 0 those of them with a returning event in that period.
public struct RetentionQuery: Sendable, Equatable {
  /// Which targets put a customer into a row.
  public enum Entry: String, Sendable, CaseIterable {
    /// Any: a customer is in the row of every period in which he did it.
    case recurring
    /// His first that fulfils the conditions, over all time.
    case firstTime = "first_time"
    /// His first of that event type, if it fulfils the conditions; otherwise he is in no row.
    case firstEver = "first_ever"
  }

  public enum WindowMode: String, Sendable, CaseIterable {
    /// Periods of the calendar, which begin at midnight.
    case calendar
    /// From each customer's own first target on: 1, 24, 168 or 720 hours to a period, times cut to the hour.
    case rolling
  }

  public struct Breakdown: Sendable, Equatable {
    /// A property: target and returning events must have the same value of it.
    public var property: String
    /// The values with most customers are shown, the others together as `Other`.
    public var limit: Int

    public init(_ property: String, limit: Int = 25) {
      self.property = property
      self.limit = limit
    }
  }

  public var target: [EventMatcher]
  public var returning: [EventMatcher]
  /// Conditions on every event.
  public var filter: [EventCondition]
  public var entry: Entry
  public var windowMode: WindowMode
  public var period: CalendarPeriod
  /// A moment of row 0: in calendar periods any, otherwise the first.
  public var start: Int64
  /// Columns, the first included.
  public var intervals: Int
  public var rows: Int
  /// Whether row i ends with the last period of row 0.
  public var isTriangle: Bool
  /// Periods to a column, instead of one; columns begin after column 0.
  public var brackets: [Int]
  /// Whether column k holds all who came back in period k or in any after it.
  public var isCumulative: Bool
  /// Returning events that one period needs.
  public var minimumOccurrences: Int
  public var breakdown: Breakdown?
  /// A property to be summed up besides.
  public var sumProperty: String?
  /// Outside of it events do not count, both ends included.
  public var range: ClosedRange<Int64>?
  public var calendar: ZonedCalendar
  /// Of the intervals.
  public var level: Double

  public init(
    target: [EventMatcher], returning: [EventMatcher], where filter: [EventCondition] = [],
    entry: Entry = .recurring, windowMode: WindowMode = .calendar, period: CalendarPeriod, start: Int64,
    intervals: Int, rows: Int? = nil, isTriangle: Bool = true, brackets: [Int] = [], isCumulative: Bool = false,
    minimumOccurrences: Int = 1, breakdown: Breakdown? = nil, sumProperty: String? = nil,
    range: ClosedRange<Int64>? = nil, calendar: ZonedCalendar, level: Double = 0.95
  ) {
    self.target = target
    self.returning = returning
    self.filter = filter
    self.entry = entry
    self.windowMode = windowMode
    self.period = period
    self.start = start
    self.intervals = intervals
    self.rows = rows ?? intervals
    self.isTriangle = isTriangle
    self.brackets = brackets
    self.isCumulative = isCumulative
    self.minimumOccurrences = minimumOccurrences
    self.breakdown = breakdown
    self.sumProperty = sumProperty
    self.range = range
    self.calendar = calendar
    self.level = level
  }

  /// Event types and properties that are named, for a warning about those that a store does not have.
  package var names: (events: [String], properties: [String]) {
    let matchers = target + returning
    let further = [breakdown?.property, sumProperty].compactMap(\.self)
    return (
      matchers.compactMap(\.event),
      matchers.flatMap(\.properties) + filter.flatMap(\.properties) + further
    )
  }

  /// - Throws: `.invalidQuery`.
  func check() throws(AttributionError) {
    func refused(_ reason: String) -> AttributionError { AttributionError(.invalidQuery, "retention: \(reason)") }
    guard !target.isEmpty, !returning.isEmpty else { throw refused("a target and a returning event are needed") }
    guard 1...Self.most ~= intervals, 1...Self.most ~= rows, brackets.allSatisfy({ 1...Self.most ~= $0 }),
      brackets.reduce(0, +) <= Self.most
    else { throw refused("'intervals', 'rows' and 'brackets' are at least 1 and at most \(Self.most) periods") }
    guard rows * shape.columns <= 10_000_000 else { throw refused("these are too many cells: ask for fewer rows") }
    guard minimumOccurrences >= 1 else { throw refused("'min_occurrences' is at least 1") }
    guard (breakdown?.limit ?? 1) >= 1 else { throw refused("the 'limit' of a breakdown is at least 1") }
    guard !isCumulative || sumProperty == nil else {
      throw refused("a sum of periods to come has no use: leave out 'cumulative' or 'sum_prop'")
    }
    guard 0 < level, level < 1 else { throw refused("the level of the intervals lies between 0 and 1") }
  }

  private static let most = 10_000

  var shape: RetentionShape { RetentionShape(self) }
}

/// Which cells the answer to a query has.
struct RetentionShape: Sendable, Equatable {
  let rows: Int
  /// The most that a row has.
  let columns: Int
  private let intervals: Int
  private let isTriangle: Bool
  /// The last period of each column.
  let lastPeriods: [Int]
  /// By periods after the row's: the column. Its count is the periods that a row spans.
  let columnOfPeriod: [Int32]

  fileprivate init(_ query: RetentionQuery) {
    rows = query.rows
    intervals = query.intervals
    isTriangle = query.isTriangle && query.brackets.isEmpty
    let sizes = query.brackets.isEmpty ? Array(repeating: 1, count: query.intervals - 1) : query.brackets
    columns = sizes.count + 1
    lastPeriods = sizes.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
    columnOfPeriod = [0] + sizes.enumerated().flatMap { Array(repeating: Int32($0.offset + 1), count: $0.element) }
  }

  /// How many a row has.
  @inline(__always)
  func columns(ofRow row: Int) -> Int { isTriangle ? max(0, intervals &- row) : columns }
}
