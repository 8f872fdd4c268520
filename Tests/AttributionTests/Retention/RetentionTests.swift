import Attribution
import Foundation
import Journeys
import Testing

private let utc = try! ZonedCalendar("UTC", weekStart: .sunday)

private func event(_ customer: String, _ time: String, _ type: String, _ data: [String: String] = [:]) throws
  -> TestEvent
{
  TestEvent(customer, try utc.moment(time), type, data: data)
}

private func counts(_ query: RetentionQuery, _ events: [TestEvent]) async throws -> [[Int]] {
  let test = try TestStore(events, properties: ["p", "v"])
  return try await query.run(over: test.store).cohorts.map(\.counts)
}

@Suite("Retention") struct RetentionTests {
  /// a signs up twice and views on the days 0, 1 and 3; b signs up on day 1 and views on day 2.
  private static func events() throws -> [TestEvent] {
    try [
      event("a", "2024-03-01T10:00:00Z", "sign"), event("a", "2024-03-01T11:00:00Z", "view"),
      event("a", "2024-03-02T01:00:00Z", "view"), event("a", "2024-03-02T02:00:00Z", "sign"),
      event("a", "2024-03-04T23:00:00Z", "view"), event("a", "2024-03-04T23:30:00Z", "view"),
      event("b", "2024-03-02T12:00:00Z", "sign"), event("b", "2024-03-03T12:00:00Z", "view"),
    ]
  }

  private static func query() throws -> RetentionQuery {
    RetentionQuery(
      target: [EventMatcher("sign")], returning: [EventMatcher("view")], period: .day,
      start: try utc.moment("2024-03-01"), intervals: 4, calendar: utc)
  }

  @Test("Recurring rows, first times, and columns of all who come back later") func entries() async throws {
    var query = try Self.query()
    #expect(try await counts(query, Self.events()) == [[1, 1, 0, 1], [2, 1, 1], [0, 0], [0]])
    query.entry = .firstTime
    #expect(try await counts(query, Self.events()) == [[1, 1, 0, 1], [1, 1, 0], [0, 0], [0]])
    query.isCumulative = true
    #expect(try await counts(query, Self.events()) == [[1, 1, 1, 1], [1, 1, 0], [0, 0], [0]])
    // On or after a period is until the end of the data, not of the columns.
    query.intervals = 3
    query.rows = 1
    #expect(try await counts(query, Self.events()) == [[1, 1, 1]])
    query.isCumulative = false
    query.minimumOccurrences = 2
    query.intervals = 5
    query.rows = 2
    query.isTriangle = false
    #expect(try await counts(query, Self.events()) == [[1, 0, 0, 1, 0], [1, 0, 0, 0, 0]])
  }

  @Test("The first event of the name has to be the target itself") func firstEver() async throws {
    let events = try [
      event("a", "2024-03-01", "sign", ["p": "no"]), event("a", "2024-03-02", "sign", ["p": "yes"]),
      event("b", "2024-03-02", "sign", ["p": "yes"]), event("b", "2024-03-03", "sign", ["p": "no"]),
    ]
    var query = try Self.query()
    query.target = [EventMatcher("sign", where: [.property(PropertyTest("p", .exact, "yes"))])]
    query.entry = .firstTime
    #expect(try await counts(query, events).map { $0[0] } == [0, 2, 0, 0])
    query.entry = .firstEver
    #expect(try await counts(query, events).map { $0[0] } == [0, 1, 0, 0])
  }

  @Test("Rolling days are 24 hours from the customer's own hour") func rolling() async throws {
    var query = try Self.query()
    query.windowMode = .rolling
    query.isTriangle = false
    query.rows = 2
    // a: 24 hours after ten o'clock nobody is there, 72 hours after it a is; b comes back after exactly 24.
    #expect(try await counts(query, Self.events()) == [[1, 0, 0, 1], [1, 1, 0, 0]])
    // Minutes do not matter.
    let late = try [event("c", "2024-03-01T10:59:00Z", "sign"), event("c", "2024-03-02T10:01:00Z", "view")]
    #expect(try await counts(query, late)[0] == [1, 1, 0, 0])
  }

  @Test("A day has 23 or 25 hours where the clock changes") func clockChange() async throws {
    let calendar = try ZonedCalendar("America/New_York", weekStart: .sunday)
    var query = try Self.query()
    query.calendar = calendar
    query.start = try calendar.moment("2024-03-09")
    // 2024-03-10 begins at 05:00 UTC and ends at 04:00.
    let events = try [
      event("a", "2024-03-10T05:00:00Z", "sign"), event("a", "2024-03-11T03:59:59Z", "view"),
      event("b", "2024-03-10T04:59:59Z", "sign"), event("b", "2024-03-11T04:00:00Z", "view"),
    ]
    #expect(try await counts(query, events) == [[1, 0, 1, 0], [1, 0, 0], [0, 0], [0]])
  }

  @Test("Sums: of the same event its own period counts, of another what comes after the target") func sums()
    async throws
  {
    let events = try [
      event("a", "2024-03-01T09:00:00Z", "view", ["v": "5"]), event("a", "2024-03-01T10:00:00Z", "sign"),
      event("a", "2024-03-01T10:00:00Z", "view", ["v": "7"]), event("a", "2024-03-01T11:00:00Z", "view", ["v": "0.1"]),
      event("a", "2024-03-02T11:00:00Z", "view", ["v": "0.2"]), event("b", "2024-03-01T12:00:00Z", "sign"),
      event("b", "2024-03-02T11:00:00Z", "view", ["v": "many"]),
    ]
    let test = try TestStore(events, properties: ["v"])
    var query = try Self.query()
    query.sumProperty = "v"
    query.intervals = 2
    let other = try await query.run(over: test.store).cohorts[0]
    #expect(other.counts == [2, 2] && other.sums == [0.1, 0.2] && other.averages == [0.1, 0.1])
    query.target = query.returning
    let same = try await query.run(over: test.store).cohorts[0]
    #expect(same.counts == [1, 1] && same.sums == [12.1, 0.2] && same.averages == [12.1, 0.2])
  }

  @Test("A customer of two small values is one customer of the others") func others() async throws {
    let events = try [
      event("a", "2024-03-01", "sign", ["p": "big"]), event("b", "2024-03-01", "sign", ["p": "big"]),
      event("c", "2024-03-01", "sign", ["p": "x"]), event("c", "2024-03-01", "sign", ["p": "y"]),
      event("c", "2024-03-02", "view", ["p": "y"]), event("d", "2024-03-02", "view", ["p": "never"]),
    ]
    let test = try TestStore(events, properties: ["p"])
    var query = try Self.query()
    query.breakdown = .init("p", limit: 1)
    let limited = try #require(try await query.run(over: test.store).breakdown)
    #expect(limited.map(\.value) == ["big", "Other"] && limited.map(\.customers) == [2, 1])
    #expect(limited[1].cohorts[0].counts == [1, 1, 0, 0])
    query.breakdown = .init("p")
    let all = try #require(try await query.run(over: test.store).breakdown)
    #expect(all.map(\.value) == ["big", "x", "y"])
    #expect(all[1].cohorts[0].counts == [1, 0, 0, 0] && all[2].cohorts[0].counts == [1, 1, 0, 0])
  }

  @Test("Rates are of periods that are over, and have intervals; rows can be compared and drawn") func rates()
    async throws
  {
    let test = try TestStore(Self.events())
    let result = try await Self.query().run(over: test.store)
    // The data end on the fourth of March, before it is over.
    #expect(result.cohorts.map(\.rates) == [[1, 1, 0, nil], [1, 0.5, nil], [nil, nil], [nil]])
    #expect(result.cohorts[1].intervals[1].map { $0[0] < 0.5 && $0[1] > 0.5 } == true)
    let comparison = try result.compare("2024-03-01", "2024-03-02", column: 1)
    #expect(comparison.means == [1, 0.5] && comparison.difference == -0.5 && comparison.customers == [1, 2])
    #expect(throws: AttributionError.self) { try result.compare("2024-03-01", "2024-03-02", column: 2) }
    #expect(throws: AttributionError.self) { try result.compare("2024-03-01", "2024-03-09", column: 1) }
    let triangle = CohortTriangle(result)
    #expect(triangle.columns == ["0", "1", "2", "3"] && triangle.rows.map(\.size) == [1, 2, 0, 0])
    #expect(triangle.svg().contains("2024-03-02, 1: 50.00%"))
  }

  @Test("A store without events has empty rows") func empty() async throws {
    #expect(try await counts(Self.query(), []) == [[0, 0, 0, 0], [0, 0, 0], [0, 0], [0]])
  }
}

@Suite("Retention query files") struct RetentionQueryTests {
  private static func decode(_ more: String) throws -> RetentionQuery {
    let json = """
      {"kind": "retention", "period": "day", "intervals": 3, "start": "2024-03-01", "target": [{"event": "a"}],
       "returning": [{"event": "b"}]\(more.isEmpty ? "" : ", \(more)")}
      """
    return try JSONDecoder().decode(RetentionQuery.self, from: Data(json.utf8))
  }

  @Test("Defaults are UTC, weeks from Sunday, recurring, a triangle of as many rows as columns") func defaults() throws
  {
    let query = try Self.decode("")
    #expect(query.calendar.identifier == "UTC" && query.calendar.weekStart == .sunday)
    #expect(query.entry == .recurring && query.isTriangle && query.rows == 3 && query.breakdown == nil)
    #expect(try Self.decode(#""breakdown": {"prop": "p"}"#).breakdown?.limit == 25)
    // A date is one of the query's zone.
    #expect(try Self.decode(#""timezone": "Asia/Dhaka""#).start == utc.moment("2024-02-29T18:00:00Z"))
  }

  @Test(
    "What is wrong is said with its place",
    arguments: [
      (#""retuning": 1"#, "retuning"), (#""type": "first""#, "'type'"), (#""min_occurrences": 0"#, "min_occurrences"),
      (#""brackets": [1, 0]"#, "brackets[1]"), (#""timezone": "Mars""#, "Mars"),
      (#""week_start": "friday""#, "week_start"),
      (#""breakdown": {"props": ["p"]}"#, "breakdown"),
      (#""date_from": "2024-02-02", "date_to": "2024-02-01""#, "ends before"),
      (#""where": [{"prop": "p", "op": "like", "value": 1}]"#, "where[0].op"),
      (#""window_mode": "24h""#, "window_mode"),
    ])
  func refused(_ more: String, _ part: String) {
    let error = #expect(throws: AttributionError.self) { try Self.decode(more) }
    #expect(error?.code == .invalidQuery && error?.message.contains(part) == true, "\(error?.message ?? "")")
  }

  @Test("Questions without an answer are refused") func impossible() throws {
    let test = try TestStore([])
    for more in [
      #""cumulative": true, "sum_prop": "v""#, #""rows": 10000, "intervals": 10000, "triangle": false"#, #""level": 0"#,
      #""brackets": [9000, 9000]"#,
    ] {
      let json = more.contains("intervals") ? more.replacing(#""intervals": 10000, "#, with: "") : more
      var query = try Self.decode(json)
      if more.contains("intervals") { query.intervals = 10_000 }
      #expect(throws: AttributionError.self, "\(more)") { try Retention(query, of: test.store) }
    }
  }
}

@Suite("Retention by conditions") struct ConditionRetentionTests {
  @Test("Everything is asked of those who fulfil the first condition") func conditions() async throws {
    let events = try [
      event("a", "2024-03-02", "x"), event("a", "2024-03-01", "y"), event("b", "2024-03-01", "y"),
      event("c", "2024-03-01", "x"), event("d", "2024-03-01", "z", ["p": "out"]),
    ]
    let test = try TestStore(events, properties: ["p"])
    let json =
      #"{"kind": "ch_retention", "conditions": [{"event": "x"}, {"event": "y"}, {"event": null}], "#
      + #""where": [{"prop": "p", "op": "is_not", "value": "out"}]}"#
    let query = try JSONDecoder().decode(ConditionRetentionQuery.self, from: Data(json.utf8))
    let tally = try await ConditionRetention(query, of: test.store, listingCustomers: true).run(over: test.store)
    let answer = ConditionRetentionAnswer(tally, of: test.store)
    #expect(answer.sums == [2, 1, 2])
    #expect(answer.rows == ["a": [1, 1, 1], "b": [0, 0, 0], "c": [1, 0, 1]])
  }
}
