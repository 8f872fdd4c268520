import Foundation

/// Cuts moments into hours, days, weeks and months of a time zone, without a date object for every event.
public struct ZonedCalendar: Sendable, Equatable {
  public enum WeekStart: String, Sendable, Codable { case monday, sunday }

  public let identifier: String
  public let weekStart: WeekStart
  /// The first moment (microseconds since 1970 UTC) of each offset (microseconds east of UTC), in time order.
  private let starts: [Int64]
  private let offsets: [Int64]

  /// - Throws: `JourneyError.unknownName` for a zone that the system's database does not have.
  public init(_ identifier: String, weekStart: WeekStart = .monday) throws(JourneyError) {
    guard let zone = TimeZone(identifier: identifier) else {
      throw JourneyError(
        .unknownName, "time zone '\(identifier)' is unknown; names are those of the tz database, such as Asia/Dhaka")
    }
    self.identifier = identifier
    self.weekStart = weekStart
    var starts = [Int64.min]
    var offsets = [Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: -86_400 * 365))) * 1_000_000]
    var moment = Date(timeIntervalSince1970: -86_400 * 365)
    // Rules without an end are unrolled up to 2100; behind that the last offset stays.
    let end = Date(timeIntervalSince1970: 4_102_444_800)
    while let next = zone.nextDaylightSavingTimeTransition(after: moment), next < end, next > moment {
      starts.append(Int64(next.timeIntervalSince1970) * 1_000_000)
      offsets.append(Int64(zone.secondsFromGMT(for: next)) * 1_000_000)
      moment = next
    }
    self.starts = starts
    self.offsets = offsets
  }

  /// Microseconds of the local clock, as if it were UTC.
  @inline(__always) package func local(_ timestamp: Int64) -> Int64 {
    timestamp + offset(at: timestamp)
  }

  /// Microseconds east of UTC at a moment.
  package func offset(at timestamp: Int64) -> Int64 {
    var place = starts.count - 1
    while starts[place] > timestamp { place -= 1 }
    return offsets[place]
  }

  /// The moment at which the local clock shows `local` (microseconds, as if it were UTC): the earlier of two, and
  /// where the clock skips that time, the moment as far behind the gap.
  package func moment(local: Int64) -> Int64 {
    let first = local - offset(at: local - 86_400_000_000)
    if self.local(first) == local { return first }
    let second = local - offset(at: local + 86_400_000_000)
    return self.local(second) == local ? second : first
  }

  /// What the local clock shows, to the second: `2024-03-05 14:07:09`.
  package func clockText(_ timestamp: Int64) -> String {
    let second = floorDivide(local(timestamp), 1_000_000)
    let day = floorDivide(second, 86_400)
    let clock = second - day * 86_400
    return "\(CivilDate(days: day)) \(padded(clock / 3600, 2)):\(padded(clock / 60 % 60, 2)):\(padded(clock % 60, 2))"
  }

  /// Days since 1970-01-01 of the local date.
  public func day(_ timestamp: Int64) -> Int64 { floorDivide(local(timestamp), 86_400_000_000) }

  /// The moment that opens a local date, given in days since 1970-01-01.
  ///
  /// Where the clock skips midnight it is the first moment of that day, where it repeats it the earlier one.
  public func start(ofDay day: Int64) -> Int64 {
    let local = day * 86_400_000_000
    var moment = local - offset(at: local - 86_400_000_000)
    let after = local - offset(at: local + 86_400_000_000)
    if self.day(moment) != day || self.local(moment) != local { moment = after }
    // Midnight that does not exist: the transition itself opens the day.
    if self.day(moment) != day || self.day(moment - 1) >= day {
      moment =
        starts.first { $0 > local - 2 * 86_400_000_000 && self.day($0) == day && self.day($0 - 1) < day } ?? moment
    }
    return moment
  }

  /// The number of the period that a moment falls into: hours, days, weeks or months, consecutive and increasing.
  public func period(_ period: CalendarPeriod, of timestamp: Int64) -> Int64 {
    switch period {
    case .hour: return floorDivide(local(timestamp), 3_600_000_000)
    case .day: return day(timestamp)
    case .week: return week(ofDay: day(timestamp))
    case .month:
      let date = CivilDate(days: day(timestamp))
      return date.year * 12 + date.month - 1
    }
  }

  /// The moment that opens a period.
  public func start(of period: CalendarPeriod, _ number: Int64) -> Int64 {
    switch period {
    case .hour: return moment(local: number * 3_600_000_000)
    case .day: return start(ofDay: number)
    case .week: return start(ofDay: firstDay(ofWeek: number))
    case .month:
      let (year, month) = (floorDivide(number, 12), number - floorDivide(number, 12) * 12 + 1)
      return start(ofDay: CivilDate(year: year, month: month, day: 1)?.days ?? 0)
    }
  }

  /// `2024-03-05T14`, `2024-03-05`, `2024-W10` (ISO 8601; a week from Sunday has its first day's date) or `2024-03`.
  public func label(_ period: CalendarPeriod, _ number: Int64) -> String {
    switch period {
    case .hour: return "\(CivilDate(days: floorDivide(number, 24)))T\(padded(number - floorDivide(number, 24) * 24, 2))"
    case .day: return "\(CivilDate(days: number))"
    case .week:
      let first = firstDay(ofWeek: number)
      guard weekStart == .monday else { return "\(CivilDate(days: first))" }
      // The week belongs to the year of its Thursday.
      let thursday = CivilDate(days: first + 3)
      let january = CivilDate(year: thursday.year, month: 1, day: 1)?.days ?? first
      return "\(padded(thursday.year, 4))-W\(padded((first + 3 - january) / 7 + 1, 2))"
    case .month: return "\(padded(floorDivide(number, 12), 4))-\(padded(number - floorDivide(number, 12) * 12 + 1, 2))"
    }
  }

  /// 1970-01-01 was a Thursday: three days after a Monday, four after a Sunday.
  private var weekShift: Int64 { weekStart == .monday ? 3 : 4 }

  private func week(ofDay day: Int64) -> Int64 { floorDivide(day + weekShift, 7) }

  private func firstDay(ofWeek week: Int64) -> Int64 { week * 7 - weekShift }

  /// The midnight that opens `YYYY-MM-DD` here, or the moment of an RFC 3339 time.
  ///
  /// - Throws: `JourneyError.malformedText`.
  public func moment(_ text: String) throws(JourneyError) -> Int64 {
    if let date = CivilDate(text) { return start(ofDay: date.days) }
    var copy = text
    guard let moment = copy.withUTF8({ RFC3339.microseconds(UnsafeRawBufferPointer($0)) }) else {
      throw JourneyError(
        .malformedText, "'\(text)' is no date; write 2024-04-15 or 2024-04-15T09:00:00+06:00")
    }
    return moment
  }
}

/// The periods that analyses are cut into.
public enum CalendarPeriod: String, Sendable, Codable, CaseIterable { case hour, day, week, month }

@inline(__always) package func floorDivide(_ number: Int64, _ divisor: Int64) -> Int64 {
  number >= 0 ? number / divisor : -((-number + divisor - 1) / divisor)
}
