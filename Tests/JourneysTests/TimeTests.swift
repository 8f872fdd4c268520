import Foundation
import Journeys
import TestSupport
import Testing

@Suite struct RFC3339Tests {
  private func microseconds(_ text: String) -> Int64? {
    Array(text.utf8).withUnsafeBytes { RFC3339.microseconds($0) }
  }

  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2024-04-15T09:00:00Z", 1_713_171_600_000_000),
      ("2024-04-15T15:00:00+06:00", 1_713_171_600_000_000), ("2024-04-15t09:00:00.5z", 1_713_171_600_500_000),
      ("2024-04-15 09:00:00.123456789Z", 1_713_171_600_123_456), ("2024-02-29T00:00:00Z", 1_709_164_800_000_000),
      // A leap second is the first moment of the next minute, as in POSIX.
      ("2016-12-31T23:59:60Z", 1_483_228_800_000_000), ("1969-12-31T23:30:00-01:00", 1_800_000_000),
    ] as [(String, Int64)])
  func reads(_ text: String, _ expected: Int64) {
    #expect(microseconds(text) == expected)
  }

  @Test(arguments: [
    "", "soon", "2024-04-15", "2024-04-15T09:00:00", "2024-4-15T09:00:00Z", "2023-02-29T00:00:00Z",
    "2024-13-01T00:00:00Z", "2024-04-15T24:00:00Z", "2024-04-15T09:60:00Z", "2024-04-15T09:00:61Z",
    "2024-04-15T09:00:00.Z", "2024-04-15T09:00:00+0600", "2024-04-15T09:00:00+24:00", "2024-04-15T09:00:00Zjunk",
    "２０24-04-15T09:00:00Z", "-024-04-15T09:00:00Z",
  ])
  func refuses(_ text: String) {
    #expect(microseconds(text) == nil)
  }
}

@Suite struct ZonedCalendarTests {
  /// Foundation's calendar is the independent implementation.
  @Test(arguments: ["Asia/Dhaka", "America/New_York", "Europe/London", "Asia/Kathmandu", "America/Sao_Paulo", "UTC"])
  func periodsAgreeWithFoundation(_ zone: String) throws {
    let calendar = try ZonedCalendar(zone)
    var reference = Calendar(identifier: .iso8601)
    reference.timeZone = try #require(TimeZone(identifier: zone))
    var random = SeededRandom(seed: 7)
    for _ in 0..<3000 {
      let moment = Int64.random(in: 0..<2_000_000_000, using: &random) * 1_000_000
      let date = Date(timeIntervalSince1970: Double(moment) / 1e6)
      let parts = reference.dateComponents([.year, .month, .day, .hour, .weekOfYear, .yearForWeekOfYear], from: date)
      let (year, month, day) = try (#require(parts.year), #require(parts.month), #require(parts.day))
      let dayNumber = calendar.period(.day, of: moment)
      #expect(calendar.label(.day, dayNumber) == String(format: "%04d-%02d-%02d", year, month, day))
      #expect(calendar.label(.month, calendar.period(.month, of: moment)) == String(format: "%04d-%02d", year, month))
      #expect(
        calendar.label(.week, calendar.period(.week, of: moment))
          == String(format: "%04d-W%02d", parts.yearForWeekOfYear ?? 0, parts.weekOfYear ?? 0))
      let start = reference.startOfDay(for: date)
      #expect(calendar.start(of: .day, dayNumber) == Int64(start.timeIntervalSince1970) * 1_000_000)
    }
  }

  @Test func startsOpenTheirPeriods() throws {
    var random = SeededRandom(seed: 11)
    for zone in ["Asia/Dhaka", "America/New_York"] {
      for weekStart in [ZonedCalendar.WeekStart.monday, .sunday] {
        let calendar = try ZonedCalendar(zone, weekStart: weekStart)
        for _ in 0..<2000 {
          let moment = Int64.random(in: 0..<2_000_000_000, using: &random) * 1_000_000
          for period in CalendarPeriod.allCases where period != .hour || zone == "Asia/Dhaka" {
            let number = calendar.period(period, of: moment)
            let start = calendar.start(of: period, number)
            #expect(start <= moment)
            #expect(calendar.start(of: period, number + 1) > moment)
            #expect(calendar.period(period, of: start) == number)
            #expect(calendar.period(period, of: start - 1) == number - 1)
          }
        }
      }
    }
  }

  @Test func asOfIsMidnightOfTheZone() throws {
    #expect(try ZonedCalendar("Asia/Dhaka").moment("2024-04-15") == 1_713_117_600_000_000)
    #expect(try ZonedCalendar("Asia/Dhaka").moment("2024-04-15T09:00:00Z") == 1_713_171_600_000_000)
    #expect(throws: JourneyError.self) { try ZonedCalendar("Asia/Dhaka").moment("15.4.2024") }
    #expect(throws: JourneyError.self) { try ZonedCalendar("Asia/Nowhere") }
  }

  @Test func durations() throws {
    #expect(try DurationText.microseconds("30d") == 30 * 86_400_000_000)
    #expect(try DurationText.microseconds("90m") == 5_400_000_000)
    for text in ["", "d", "30", "-3d", "0d", "3y", "1.5h", "99999999999d"] {
      #expect(throws: JourneyError.self) { try DurationText.microseconds(text) }
    }
  }
}

@Suite struct MoneyTests {
  @Test(
    arguments: [
      (2500.0, 250_000, false), (0.1, 10, false), (0.29, 29, false), (1.005, 100, true), (1.015, 102, true),
      (1.025, 102, true), (10.005, 1000, true), (0.005, 0, true), (0.015, 2, true), (33.333, 3333, true),
      (123_456_789.01, 12_345_678_901, false),
    ] as [(Double, Int64, Bool)])
  func roundsHalfToEvenAsWritten(_ major: Double, _ minor: Int64, _ inexact: Bool) {
    #expect(Money.minor(fromMajor: major) == Money.Rounded(minor: minor, inexact: inexact))
  }

  @Test func refusesWhatDoesNotFit() {
    for major in [Double.infinity, .nan, 1e300, 1e17] { #expect(Money.minor(fromMajor: major) == nil) }
  }

  @Test func everyAmountOfTwoDecimalsIsExact() {
    var random = SeededRandom(seed: 3)
    for _ in 0..<20_000 {
      let minor = Int64.random(in: 0..<10_000_000_000, using: &random)
      let major = Double("\(minor / 100).\(minor % 100 < 10 ? "0" : "")\(minor % 100)")
      #expect(Money.minor(fromMajor: major ?? 0) == Money.Rounded(minor: minor, inexact: false))
    }
  }
}
