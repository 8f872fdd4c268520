internal import Journeys

/// A day of the calendar as a number to count with: days since 1970-01-01.
public struct CivilDay: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let daysSince1970: Int

  public init(daysSince1970: Int) { self.daysSince1970 = daysSince1970 }

  /// For the tables of this module, which name days that exist.
  init(_ year: Int, _ month: Int, _ day: Int) {
    let first = CivilDate(year: Int64(year), month: Int64(month), day: 1)
    daysSince1970 = Int(first?.days ?? 0) + day - 1
  }

  /// Reads `YYYY-MM-DD`.
  /// - Throws: `GeneratorError.malformedDate`.
  public init(_ text: String) throws(GeneratorError) {
    guard let date = CivilDate(text) else {
      throw GeneratorError(.malformedDate, "'\(text)' is no day of the calendar; write it as 2025-01-31")
    }
    daysSince1970 = Int(date.days)
  }

  var components: (year: Int, month: Int, day: Int) {
    let date = CivilDate(days: Int64(daysSince1970))
    return (Int(date.year), Int(date.month), Int(date.day))
  }

  /// 0 is Monday, 6 Sunday.
  package var weekday: Int { ((daysSince1970 + 3) % 7 + 7) % 7 }

  public var description: String { CivilDate(days: Int64(daysSince1970)).description }

  public static func < (a: CivilDay, b: CivilDay) -> Bool { a.daysSince1970 < b.daysSince1970 }
  public static func + (a: CivilDay, days: Int) -> CivilDay { CivilDay(daysSince1970: a.daysSince1970 + days) }
  public static func - (a: CivilDay, b: CivilDay) -> Int { a.daysSince1970 - b.daysSince1970 }
}
