/// Times as RFC 3339 writes them: `2024-04-15T09:00:00.123456+06:00`.
package enum RFC3339 {
  /// Microseconds since 1970 UTC, decimals beyond them cut off; nil when the text is no RFC 3339 time.
  ///
  /// A leap second (`:60`) is the first moment of the next minute, as in POSIX time. Instead of `T` a blank is taken.
  package static func microseconds(_ text: UnsafeRawBufferPointer) -> Int64? {
    guard text.count >= 20, let date = CivilDate(text), let clock = ClockTime(text, at: 11) else { return nil }
    guard text[10] == UInt8(ascii: "T") || text[10] == UInt8(ascii: "t") || text[10] == UInt8(ascii: " ") else {
      return nil
    }
    guard clock.end < text.count, let offset = offset(text, at: clock.end) else { return nil }
    return date.days * 86_400_000_000 + clock.microseconds - offset * 60_000_000
  }

  /// Minutes east of UTC of the offset that fills the text from `start` to its end.
  private static func offset(_ text: UnsafeRawBufferPointer, at start: Int) -> Int64? {
    let sign = text[start]
    if sign == UInt8(ascii: "Z") || sign == UInt8(ascii: "z") { return text.count == start + 1 ? 0 : nil }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), text.count == start + 6,
      text[start + 3] == UInt8(ascii: ":"), let hours = digits(text, start + 1, 2), hours < 24,
      let minutes = digits(text, start + 4, 2), minutes < 60
    else { return nil }
    let total = hours * 60 + minutes
    return sign == UInt8(ascii: "-") ? -total : total
  }
}

/// A day of the proleptic Gregorian calendar.
package struct CivilDate: Equatable, Sendable {
  package var year: Int64
  package var month: Int64
  package var day: Int64

  /// Nil when there is no such day.
  package init?(year: Int64, month: Int64, day: Int64) {
    guard 1...12 ~= month, 1...Self.daysInMonth(year, month) ~= day else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// The day that lies `days` after 1970-01-01.
  ///
  /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
  package init(days: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Reads `YYYY-MM-DD` at the start of a text.
  package init?(_ text: UnsafeRawBufferPointer) {
    guard text.count >= 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
      let year = digits(text, 0, 4), let month = digits(text, 5, 2), let day = digits(text, 8, 2)
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// Reads a whole `YYYY-MM-DD`.
  package init?(_ text: String) {
    var text = text
    guard text.utf8.count == 10, let date = text.withUTF8({ CivilDate(UnsafeRawBufferPointer($0)) }) else { return nil }
    self = date
  }

  /// Days since 1970-01-01 (`days_from_civil` of the same source).
  package var days: Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func daysInMonth(_ year: Int64, _ month: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension CivilDate: CustomStringConvertible {
  package var description: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }
}

/// A time of day, `hh:mm:ss` with any number of decimals.
package struct ClockTime {
  package var microseconds: Int64
  /// The place behind it in the text.
  package var end: Int

  package init?(_ text: UnsafeRawBufferPointer, at start: Int) {
    guard text.count >= start + 8, text[start + 2] == UInt8(ascii: ":"), text[start + 5] == UInt8(ascii: ":"),
      let hour = digits(text, start, 2), hour < 24, let minute = digits(text, start + 3, 2), minute < 60,
      let second = digits(text, start + 6, 2), second <= 60
    else { return nil }
    var fraction: Int64 = 0
    end = start + 8
    if end < text.count, text[end] == UInt8(ascii: ".") {
      let first = end + 1
      end = first
      while end < text.count, 0x30...0x39 ~= text[end] {
        if end - first < 6 { fraction = fraction * 10 + Int64(text[end] - 0x30) }
        end += 1
      }
      guard end > first else { return nil }
      for _ in min(end - first, 6)..<6 { fraction *= 10 }
    }
    microseconds = ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction
  }
}

/// The number that `count` digits write, nil when one is none.
package func digits(_ text: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> Int64? {
  guard start + count <= text.count else { return nil }
  var number: Int64 = 0
  for place in start..<start + count {
    let digit = text[place] &- 0x30
    guard digit <= 9 else { return nil }
    number = number * 10 + Int64(digit)
  }
  return number
}

/// A whole number with leading zeros.
package func padded(_ number: Int64, _ width: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(0, width - text.count)) + text
}
