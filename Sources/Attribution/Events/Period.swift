import Journeys

extension ZonedCalendar {
  /// The moments from `from` to `to`, both dates or RFC 3339 times and both included: a date as `to` means all of it.
  ///
  /// - Returns: nil when neither is given.
  /// - Throws: `JourneyError.malformedText`.
  package func period(from: String?, to: String?) throws(JourneyError) -> ClosedRange<Int64>? {
    if from == nil && to == nil { return nil }
    var (first, last) = (Int64.min, Int64.max)
    if let from { first = try moment(from) }
    if let to {
      if let date = CivilDate(to) { last = start(ofDay: date.days + 1) - 1 } else { last = try moment(to) }
    }
    guard first <= last else {
      throw JourneyError(.malformedText, "the time from '\(from ?? "")' to '\(to ?? "")' ends before it begins")
    }
    return first...last
  }
}
