import Journeys

/// The calendar periods of a stretch of time, to be looked up by moment without a calendar.
struct PeriodTable: Sendable {
  /// Shorter than any day, so that a bucket seldom holds more than one boundary.
  private static let bucketBits: Int64 = 36

  private let calendar: ZonedCalendar
  private let period: CalendarPeriod
  /// The number of the first period.
  private let first: Int64
  /// The moments that open the periods, and the end of the last.
  private let starts: [Int64]
  /// By bucket of time: the period at its begin.
  private let buckets: [Int32]
  private let last: Int64

  /// - Parameters:
  ///   - times: of all events that will be looked up.
  ///   - last: the last moment of the data, when that is not the last of these.
  init(_ period: CalendarPeriod, _ times: ClosedRange<Int64>, _ calendar: ZonedCalendar, last: Int64? = nil) {
    self.calendar = calendar
    self.period = period
    self.last = last ?? times.upperBound
    first = calendar.period(period, of: times.lowerBound)
    let end = calendar.period(period, of: times.upperBound) + 1
    starts = (first...end).map { calendar.start(of: period, $0) }
    let span = times.upperBound - starts[0]
    var place = 0
    buckets = (0...(span >> Self.bucketBits)).map { [starts] bucket in
      while starts[place + 1] <= starts[0] + bucket << Self.bucketBits { place += 1 }
      return Int32(place)
    }
  }

  var count: Int { starts.count - 1 }

  @inline(__always)
  func withLookup<Result>(_ body: (PeriodLookup) -> Result) -> Result {
    starts.withUnsafeBufferPointer { starts in
      buckets.withUnsafeBufferPointer { body(PeriodLookup(starts: starts, buckets: $0, bucketBits: Self.bucketBits)) }
    }
  }

  /// How many periods are over: the first so many.
  var overCount: Int { (0..<count).first { !isOver($0) } ?? count }

  func label(_ place: Int) -> String { calendar.label(period, first + Int64(place)) }

  /// Whether the data reach to the end of a period; it may lie behind the table.
  ///
  /// A day is over when something happened on a later one, a week or month when the data reach its last day: files
  /// with dates alone have nothing later in it.
  func isOver(_ place: Int) -> Bool {
    guard place < count else { return false }
    let end = starts[place + 1]
    switch period {
    case .hour, .day: return last >= end
    case .week, .month: return last >= calendar.start(ofDay: calendar.day(end - 1))
    }
  }
}

/// A `PeriodTable` in a loop.
struct PeriodLookup {
  fileprivate let starts: UnsafeBufferPointer<Int64>
  fileprivate let buckets: UnsafeBufferPointer<Int32>
  fileprivate let bucketBits: Int64

  /// The place of the period of a moment that lies in the times of the table.
  @inline(__always)
  subscript(time: Int64) -> Int {
    let bucket = Int(truncatingIfNeeded: (time &- starts[0]) &>> bucketBits)
    var place = Int(buckets[min(max(bucket, 0), buckets.count &- 1)])
    while place &+ 2 < starts.count && time >= starts[place &+ 1] { place &+= 1 }
    return place
  }
}
