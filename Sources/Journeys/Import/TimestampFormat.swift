/// How a CSV file writes times.
public enum TimestampFormat: Sendable, Equatable {
  /// RFC 3339, or the same without an offset, without seconds, or a date alone.
  case automatic
  /// A number since 1970 UTC in units of so many microseconds.
  case epoch(microseconds: Int64)
  case pattern([Part])

  public enum Part: Sendable, Equatable {
    case year, shortYear, month, monthName, day, hour, hour12, minute, second, fraction, halfDay, offset
    case literal(UInt8)
  }

  /// Reads `unix`, `unix_ms`, `unix_us`, a strftime pattern (`%Y-%m-%d %H:%M:%S.%f`) or one of letters
  /// (`yyyyMMdd HH:mm`).
  ///
  /// - Throws: `JourneyError.malformedText` naming the directive that is not known.
  public init(_ text: String) throws(JourneyError) {
    switch text {
    case "auto", "rfc3339", "iso8601": self = .automatic
    case "unix": self = .epoch(microseconds: 1_000_000)
    case "unix_ms": self = .epoch(microseconds: 1000)
    case "unix_us": self = .epoch(microseconds: 1)
    default: self = .pattern(text.contains("%") ? try Self.strftime(text) : try Self.letters(text))
    }
  }

  private static func strftime(_ text: String) throws(JourneyError) -> [Part] {
    var parts: [Part] = []
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        parts.append(.literal(byte))
        continue
      }
      let directive = bytes.popFirst().map { Character(Unicode.Scalar($0)) } ?? " "
      switch directive {
      case "Y": parts.append(.year)
      case "y": parts.append(.shortYear)
      case "m": parts.append(.month)
      case "b", "B": parts.append(.monthName)
      case "d", "e": parts.append(.day)
      case "H": parts.append(.hour)
      case "I": parts.append(.hour12)
      case "M": parts.append(.minute)
      case "S": parts.append(.second)
      case "f": parts.append(.fraction)
      case "p": parts.append(.halfDay)
      case "z": parts.append(.offset)
      case "F": parts += [.year, .literal(0x2d), .month, .literal(0x2d), .day]
      case "T": parts += [.hour, .literal(0x3a), .minute, .literal(0x3a), .second]
      case "%": parts.append(.literal(UInt8(ascii: "%")))
      default:
        throw JourneyError(
          .malformedText,
          "--timestamp-format: %\(directive) is not known; there are %Y %y %m %b %d %H %I %M %S %f %p %z %F %T")
      }
    }
    return parts
  }

  private static func letters(_ text: String) throws(JourneyError) -> [Part] {
    var parts: [Part] = []
    var rest = text[...]
    let runs: [(String, Part)] = [
      ("yyyy", .year), ("yy", .shortYear), ("MMM", .monthName), ("MM", .month), ("M", .month), ("dd", .day),
      ("d", .day), ("HH", .hour), ("H", .hour), ("hh", .hour12), ("h", .hour12), ("mm", .minute), ("ss", .second),
      ("SSSSSS", .fraction), ("SSS", .fraction), ("a", .halfDay), ("XXX", .offset), ("Z", .offset),
    ]
    scan: while let character = rest.first {
      for (run, part) in runs where rest.hasPrefix(run) {
        parts.append(part)
        rest = rest.dropFirst(run.count)
        continue scan
      }
      guard let byte = character.asciiValue, !character.isLetter || character == "T" else {
        throw JourneyError(
          .malformedText, "--timestamp-format: '\(text)' is no pattern; write %Y-%m-%d %H:%M:%S or yyyyMMdd")
      }
      parts.append(.literal(byte))
      rest = rest.dropFirst()
    }
    return parts
  }

  /// Microseconds since 1970 UTC; nil when the text is not written that way.
  func microseconds(_ text: UnsafeRawBufferPointer, in zone: ZonedCalendar) -> Int64? {
    switch self {
    case .automatic: return Self.automatic(text, in: zone)
    case .epoch(let unit):
      guard let number = DecimalText(text), let scaled = number.scaled(by: unit) else { return nil }
      return scaled
    case .pattern(let parts):
      var reader = PatternReader(text: text)
      return reader.read(parts, in: zone)
    }
  }

  private static func automatic(_ text: UnsafeRawBufferPointer, in zone: ZonedCalendar) -> Int64? {
    if let moment = RFC3339.microseconds(text) { return moment }
    guard let date = CivilDate(text) else { return nil }
    var local = date.days * 86_400_000_000
    if text.count > 10 {
      guard text[10] == UInt8(ascii: " ") || text[10] == UInt8(ascii: "T") else { return nil }
      if let clock = ClockTime(text, at: 11) {
        guard clock.end == text.count else { return nil }
        local += clock.microseconds
      } else {
        guard text.count == 16, text[13] == UInt8(ascii: ":"), let hour = digits(text, 11, 2), hour < 24,
          let minute = digits(text, 14, 2), minute < 60
        else { return nil }
        local += (hour * 60 + minute) * 60_000_000
      }
    }
    return zone.moment(local: local)
  }
}

/// Reads a text along the parts of a pattern.
private struct PatternReader {
  let text: UnsafeRawBufferPointer
  private var place = 0
  private var year: Int64 = 1970, month: Int64 = 1, day: Int64 = 1
  private var hour: Int64 = 0, minute: Int64 = 0, second: Int64 = 0, fraction: Int64 = 0
  private var afternoon: Bool?
  private var offset: Int64?

  init(text: UnsafeRawBufferPointer) { self.text = text }

  mutating func read(_ parts: [TimestampFormat.Part], in zone: ZonedCalendar) -> Int64? {
    for part in parts { guard read(part) else { return nil } }
    guard place == text.count, hour < 24, minute < 60, second <= 60,
      let date = CivilDate(year: year, month: month, day: day)
    else { return nil }
    if let afternoon {
      guard 1...12 ~= hour else { return nil }
      hour = hour % 12 + (afternoon ? 12 : 0)
    }
    let local = date.days * 86_400_000_000 + ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction
    return offset.map { local - $0 * 60_000_000 } ?? zone.moment(local: local)
  }

  private mutating func read(_ part: TimestampFormat.Part) -> Bool {
    switch part {
    case .year: return set(\.year, number(4, 4))
    case .shortYear:
      // POSIX: 69..99 are 19xx.
      return set(\.year, number(2, 2).map { $0 + ($0 >= 69 ? 1900 : 2000) })
    case .month: return set(\.month, number(1, 2))
    case .day: return set(\.day, number(1, 2))
    case .hour, .hour12: return set(\.hour, number(1, 2))
    case .minute: return set(\.minute, number(1, 2))
    case .second: return set(\.second, number(1, 2))
    case .fraction:
      let start = place
      guard var digits = number(1, 6) else { return false }
      for _ in place - start..<6 { digits *= 10 }
      fraction = digits
      return true
    case .monthName: return monthName()
    case .halfDay:
      guard place + 2 <= text.count, text[place + 1] | 0x20 == UInt8(ascii: "m") else { return false }
      afternoon = text[place] | 0x20 == UInt8(ascii: "p")
      place += 2
      return true
    case .offset: return readOffset()
    case .literal(let byte):
      guard place < text.count, text[place] == byte else { return false }
      place += 1
      return true
    }
  }

  private mutating func set(_ field: WritableKeyPath<Self, Int64>, _ number: Int64?) -> Bool {
    if let number { self[keyPath: field] = number }
    return number != nil
  }

  private mutating func number(_ least: Int, _ most: Int) -> Int64? {
    let start = place
    var value: Int64 = 0
    while place < text.count, place - start < most, 0x30...0x39 ~= text[place] {
      value = value * 10 + Int64(text[place] - 0x30)
      place += 1
    }
    return place - start >= least ? value : nil
  }

  private mutating func monthName() -> Bool {
    let names = [
      "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
      "november", "december",
    ]
    let start = place
    while place < text.count, UInt8(ascii: "a")...UInt8(ascii: "z") ~= text[place] | 0x20 { place += 1 }
    let name = String(decoding: text[start..<place], as: UTF8.self).lowercased()
    guard name.utf8.count >= 3, let index = names.firstIndex(where: { $0 == name || $0.prefix(3) == name }) else {
      return false
    }
    month = Int64(index + 1)
    return true
  }

  private mutating func readOffset() -> Bool {
    guard place < text.count else { return false }
    if text[place] | 0x20 == UInt8(ascii: "z") {
      place += 1
      offset = 0
      return true
    }
    guard text[place] == UInt8(ascii: "+") || text[place] == UInt8(ascii: "-") else { return false }
    let sign: Int64 = text[place] == UInt8(ascii: "-") ? -1 : 1
    place += 1
    guard let hours = number(2, 2) else { return false }
    if place < text.count, text[place] == UInt8(ascii: ":") { place += 1 }
    guard let minutes = number(2, 2), hours < 24, minutes < 60 else { return false }
    offset = sign * (hours * 60 + minutes)
    return true
  }
}
