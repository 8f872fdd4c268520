import Foundation
import Journeys
import Models
import Testing

@Suite struct SendPolicyTests {
  private let dhaka: ZonedCalendar
  private let hour: Int64 = 3_600_000_000
  /// Monday 2024-03-04, midnight in Dhaka.
  private let monday: Int64 = 1_709_488_800_000_000

  init() throws { dhaka = try ZonedCalendar("Asia/Dhaka") }

  @Test func quietHoursReachOverMidnight() throws {
    let usual = SendPolicy.usual
    #expect((0..<24).filter { usual.isOpen($0) } == Array(8..<22))
    #expect((0..<168).filter { usual.isOpen($0) }.count == 7 * 14)
    let noon = try SendPolicy(quietHours: "12-14")
    #expect((0..<24).filter { !noon.isOpen($0) } == [12, 13])
    let none = try SendPolicy(quietHours: "none")
    #expect((0..<24).filter { none.isOpen($0) }.count == 24)
    let late = try SendPolicy(quietHours: "20-24")
    #expect((0..<24).filter { !late.isOpen($0) } == [20, 21, 22, 23])
    for text in ["22", "22-8-9", "25-3", "a-b", "0-24", ""] {
      #expect(throws: ModelError.self, "\(text)") { try SendPolicy(quietHours: text) }
    }
    #expect(throws: ModelError.self) { try SendPolicy(quietFrom: 22, quietTo: 8, perDay: 0) }
  }

  @Test func theBestOpenHourIsTaken() {
    var probabilities = Array(repeating: 0.1, count: 24)
    probabilities[23] = 0.9
    probabilities[20] = 0.5
    probabilities[9] = 0.5
    #expect(SendPolicy.usual.bestHour(probabilities) == 9)
  }

  @Test func momentsKeepQuietHoursAndCaps() throws {
    var probabilities = Array(repeating: 0.1, count: 24)
    probabilities[23] = 0.9
    probabilities[19] = 0.5
    probabilities[12] = 0.4
    let from = monday + 10 * hour + 1
    func best(_ policy: SendPolicy, within hours: Int = 24, sent: [Int64] = []) -> Int64? {
      policy.bestMoment(probabilities, from: from, within: hours, sent: sent, calendar: dhaka)
    }
    #expect(best(.usual) == monday + 19 * hour)
    #expect(best(try SendPolicy(quietHours: "none")) == monday + 23 * hour)
    #expect(best(.usual, within: 5) == monday + 12 * hour)
    // One a day: the message of Monday 15:00 closes everything until Tuesday 15:00, and so does a planned one.
    let daily = try SendPolicy(quietFrom: 22, quietTo: 8, perDay: 1)
    #expect(best(daily, sent: [monday + 15 * hour]) == nil)
    #expect(best(daily, within: 48, sent: [monday + 15 * hour]) == monday + (24 + 19) * hour)
    #expect(best(daily, within: 48, sent: [monday - 9 * hour]) == monday + 19 * hour)
    // Three a week, three sent: the first of them must be a week away.
    let weekly = try SendPolicy(quietFrom: 22, quietTo: 8, perWeek: 3)
    let three = [-2, -3, -5].map { monday + Int64($0) * 24 * hour }
    #expect(best(weekly, within: 24, sent: three) == nil)
    #expect(best(weekly, within: 24, sent: Array(three.dropFirst())) == monday + 19 * hour)
    #expect(best(weekly, within: 72, sent: three) == monday + (48 + 19) * hour)
    // Hours of the week: Wednesday at 9.
    var week = Array(repeating: 0.1, count: 168)
    week[2 * 24 + 9] = 0.8
    #expect(
      SendPolicy.usual.bestMoment(week, from: from, within: 168, sent: [], calendar: dhaka) == monday + 57 * hour)
  }
}
