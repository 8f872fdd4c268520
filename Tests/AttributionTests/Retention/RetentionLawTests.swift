import Attribution
import Foundation
import Journeys
import Testing

@Suite("Laws of retention, on random journeys") struct RetentionLawTests {
  private static func events(_ random: inout TestRandom) throws -> [TestEvent] {
    let utc = try ZonedCalendar("UTC")
    // Across a clock change, and with many equal moments.
    let start = try utc.moment("2024-03-01")
    return (0..<900).map { _ in
      var data: [String: String] = [:]
      if let value = ["a", "b", "c", "d", "", nil].randomElement(using: &random)! { data["p"] = value }
      if let value = ["1", "2.5", "-0.75", "x", nil].randomElement(using: &random)! { data["v"] = value }
      return TestEvent(
        "\(Int.random(in: 0..<60, using: &random))",
        start + Int64.random(in: 0..<24 * 24, using: &random) * 3_600_000_000 + [0, 1, 1_799_999_999].randomElement(
          using: &random)!,
        ["buy", "view", "sign"].randomElement(using: &random)!, data: data)
    }
  }

  private static func query(_ random: inout TestRandom) throws -> RetentionQuery {
    func any<Element>(_ choices: Element...) -> Element { choices.randomElement(using: &random)! }
    let zone = any("UTC", "America/New_York", "Asia/Kolkata", "Asia/Dhaka")
    let calendar = try ZonedCalendar(zone, weekStart: any(.sunday, .monday))
    let isA = EventCondition.property(PropertyTest("p", .exact, values: ["a", "b"]))
    let matchers = [
      [EventMatcher("buy")], [EventMatcher(nil)], [EventMatcher("view", where: [isA])],
      [EventMatcher("sign"), EventMatcher("buy", where: [isA])],
    ]
    var query = RetentionQuery(
      target: any(matchers[0], matchers[1], matchers[2], matchers[3]),
      returning: any(matchers[0], matchers[1], matchers[2], matchers[3]),
      entry: any(.recurring, .firstTime, .firstEver), windowMode: any(.calendar, .calendar, .rolling),
      period: any(.hour, .day, .day, .week, .month),
      start: try calendar.moment(any("2024-03-01", "2024-03-05T07:20:00Z")),
      intervals: any(1, 4, 7, 12), isTriangle: any(true, false), calendar: calendar)
    if any(true, false) { query.rows = any(1, 5, 20) }
    if any(true, false, false) { query.brackets = any([3, 5, 4], [1], [2, 2, 2]) }
    if any(true, false) { query.sumProperty = "v" } else { query.isCumulative = any(true, false) }
    query.minimumOccurrences = any(1, 1, 2)
    if any(true, false) { query.breakdown = .init("p", limit: any(1, 2, 25)) }
    if any(true, false, false) { query.filter = [.property(PropertyTest("p", .exact, values: ["a", "b", "c"]))] }
    if any(true, false, false) {
      query.range = try calendar.period(from: any("2024-03-03", nil), to: any("2024-03-17", "2024-03-08T12:00:00Z"))
    }
    return query
  }

  @Test("Equal to the naive reference, whatever is asked", arguments: 0..<120) func naive(_ seed: UInt64) async throws {
    var random = TestRandom(seed)
    let events = try Self.events(&random)
    let query = try Self.query(&random)
    let test = try TestStore(events, properties: ["p", "v"])
    let result = try await query.run(over: test.store, listingCustomers: true)
    let wanted = NaiveRetention(events, query).cells
    let found: [(String, [RetentionResult.Cohort])] =
      result.breakdown?.map { ($0.value, $0.cohorts) } ?? [("", result.cohorts)]
    #expect(Set(found.map(\.0)) == Set(wanted.keys))
    for (value, cohorts) in found {
      let rows = try #require(wanted[value])
      #expect(cohorts.map(\.counts) == rows.map { $0.map(\.customers.count) }, "\(query)")
      guard query.sumProperty != nil else { continue }
      #expect(cohorts.map { $0.sums! } == rows.map { $0.map(\.sum) }, "\(query)")
      for (cohort, row) in zip(cohorts, rows) {
        for (average, cell) in zip(cohort.averages!, row) {
          #expect(average.map { close($0, cell.sum / Double(cell.summing.count)) } ?? cell.summing.isEmpty)
        }
      }
    }
    for cell in result.users(of: test.store) {
      #expect(Set(cell.users) == wanted[cell.value ?? ""]![cell.cohort][cell.offset].customers)
    }
    for appearance in result.appearances(of: test.store) {
      let row = try #require(wanted[appearance.value ?? ""])[appearance.cohort]
      #expect(appearance.active == row.map { $0.customers.contains(appearance.user) ? 1 : 0 })
    }
  }

  @Test("Any cut and any number of threads give the same", arguments: 0..<12) func laws(_ seed: UInt64) async throws {
    var random = TestRandom(seed &+ 1000)
    let test = try TestStore(Self.events(&random), properties: ["p", "v"])
    let retention = try Retention(Self.query(&random), of: test.store, listingCustomers: seed % 2 == 0)
    try await checkLaws(retention, test.store, seed: seed)
    let partial = try await retention.partial(over: test.store)
    #expect(try JSONDecoder().decode(RetentionTally.self, from: JSONEncoder().encode(partial)) == partial)

    let conditions = ConditionRetentionQuery([[EventMatcher("buy")], [EventMatcher("view"), EventMatcher("sign")]])
    try await checkLaws(ConditionRetention(conditions, of: test.store, listingCustomers: true), test.store, seed: seed)
  }
}
