import Attribution
import Foundation
import Journeys
import TestSupport
import Testing

private let utc = try! ZonedCalendar("UTC")

private func at(_ text: String, _ calendar: ZonedCalendar = utc) throws -> Int64 { try calendar.moment(text) }

private func cohorts(_ events: [TestEvent], _ query: CohortQuery) async throws -> CohortResult {
  let test = try TestStore(events, properties: ["size"])
  return try await Cohorts(query, of: test.store).run(over: test.store)
}

@Suite("Cohorts") struct CohortTests {
  /// a buys in January, twice in February and in April; b in January; c in February.
  private static func purchases() throws -> [TestEvent] {
    try [
      ("a", "2024-01-10", 1000), ("a", "2024-02-01", 200), ("a", "2024-02-29", 301), ("a", "2024-04-30", 50),
      ("b", "2024-01-31T23:59:59.999999Z", 10), ("c", "2024-02-10", 7),
    ].map { TestEvent($0.0, try at($0.1), "purchase", amount: Int64($0.2)) }
  }

  @Test("Monthly retention, revenue and orders; a month is over when the data reach its last day")
  func monthly() async throws {
    let events = try Self.purchases()
    func values(_ metric: CohortQuery.Metric) async throws -> [[Double?]] {
      let result = try await cohorts(events, CohortQuery(periods: 5, metric: metric, calendar: utc))
      #expect(result.cohorts.map(\.cohort) == ["2024-01", "2024-02"])
      #expect(result.cohorts.map(\.size) == [2, 1])
      return result.cohorts.map(\.values)
    }
    #expect(try await values(.retention) == [[1, 0.5, 0, 0.5, nil], [1, 0, 0, nil, nil]])
    #expect(try await values(.revenue) == [[10.1, 5.01, 0, 0.5, nil], [0.07, 0, 0, nil, nil]])
    #expect(try await values(.orders) == [[2, 2, 0, 1, nil], [1, 0, 0, nil, nil]])
  }

  @Test("A period that is not over yet is null") func notOver() async throws {
    let events = try Self.purchases() + [TestEvent("a", at("2024-05-30"), "purchase")]
    let result = try await cohorts(events, CohortQuery(periods: 5, calendar: utc))
    #expect(result.cohorts[0].values == [1, 0.5, 0, 0.5, nil])
    let days = [TestEvent("a", 0, "purchase"), TestEvent("a", day, "purchase"), TestEvent("a", 2 * day, "purchase")]
    let daily = try await cohorts(days, CohortQuery(period: .day, periods: 3, calendar: utc))
    #expect(daily.cohorts[0].values == [1, 1, nil])
  }

  @Test("Weeks begin on Monday in the zone that is asked for") func weeks() async throws {
    // Sunday 18:30 in UTC is Monday half past midnight in Dhaka.
    let events = try [
      TestEvent("a", at("2024-03-03T18:30:00Z"), "purchase"), TestEvent("a", at("2024-03-31"), "purchase"),
    ]
    let inDhaka = try CohortQuery(period: .week, periods: 2, calendar: ZonedCalendar("Asia/Dhaka"))
    #expect(try await cohorts(events, inDhaka).cohorts.map(\.cohort) == ["2024-W10"])
    let inUTC = CohortQuery(period: .week, periods: 2, calendar: utc)
    #expect(try await cohorts(events, inUTC).cohorts.map(\.cohort) == ["2024-W09"])
  }

  @Test("By signup and by first event; who never signed up is in no cohort") func starts() async throws {
    let events = try [
      TestEvent("a", at("2024-01-05"), "page_view"), TestEvent("a", at("2024-02-05"), "signup"),
      TestEvent("a", at("2024-02-01"), "purchase"), TestEvent("a", at("2024-03-01"), "purchase"),
      TestEvent("b", at("2024-01-05"), "purchase"), TestEvent("b", at("2024-03-31"), "page_view"),
    ]
    let signup = try await cohorts(events, CohortQuery(by: .signup, periods: 2, calendar: utc))
    #expect(signup.cohorts.map(\.cohort) == ["2024-02"] && signup.cohorts.map(\.values) == [[1, 1]])
    let first = try await cohorts(events, CohortQuery(by: .firstEvent, periods: 3, calendar: utc))
    #expect(first.cohorts.map(\.cohort) == ["2024-01"] && first.cohorts.map(\.size) == [2])
    #expect(first.cohorts.map(\.values) == [[0.5, 0.5, 0.5]])
    let views = try await cohorts(events, CohortQuery(by: .signup, events: ["page_view"], periods: 2, calendar: utc))
    #expect(views.cohorts[0].values == [0, 0])
  }

  @Test("Unknown event types and empty questions are refused; an empty store has no cohorts") func refused()
    async throws
  {
    let test = try TestStore(Self.purchases())
    let unknown = #expect(throws: AttributionError.self) {
      try Cohorts(CohortQuery(by: .signup, calendar: utc), of: test.store)
    }
    #expect(unknown?.code == .unknownName)
    #expect(throws: AttributionError.self) { try Cohorts(CohortQuery(periods: 0, calendar: utc), of: test.store) }
    #expect(throws: AttributionError.self) { try Cohorts(CohortQuery(events: [], calendar: utc), of: test.store) }
    #expect(try await cohorts([], CohortQuery(calendar: utc)).cohorts.isEmpty)
  }

  @Test("JSON has the names of the contract, and null for what is not over") func json() async throws {
    let result = try await cohorts(Self.purchases(), CohortQuery(periods: 5, calendar: utc))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(result), as: UTF8.self)
    #expect(text.hasPrefix(#"{"by":"first_purchase","cohorts":[{"cohort":"2024-01","intervals":[[0."#))
    #expect(text.contains(#""observed":[2,2,2,2,0],"size":2,"values":[1,0.5,0,0.5,null]}"#))
    #expect(text.hasSuffix(#"],"level":0.95,"metric":"retention","period":"month","rows":"period"}"#))
  }
}

@Suite("Laws of cohorts, on random journeys") struct CohortLawTests {
  private static func events(_ seed: UInt64) throws -> [TestEvent] {
    var random = TestRandom(seed)
    // Across both clock changes of a zone that has them.
    let (start, end) = (try at("2023-09-01"), try at("2024-06-01"))
    return (0..<1500).map { _ in
      TestEvent(
        "\(Int.random(in: 0..<120, using: &random))", Int64.random(in: start...end, using: &random),
        ["purchase", "signup", "page_view"].randomElement(using: &random)!,
        channel: ["email", "sms", nil].randomElement(using: &random)!,
        campaign: ["spring", "autumn", nil, nil].randomElement(using: &random)!,
        amount: Int64.random(in: 0...10_000, using: &random),
        data: Int.random(in: 0..<4, using: &random) == 0 ? ["size": "large"] : [:])
    }
  }

  private static let questions: [(CohortQuery.Start, CalendarPeriod, CohortQuery.Metric, CohortQuery.Rows)] = [
    (.firstPurchase, .month, .retention, .period), (.signup, .week, .revenue, .period),
    (.firstEvent, .day, .orders, .period), (.firstEvent, .week, .retention, .channel),
    (.firstPurchase, .day, .revenue, .campaign), (.signup, .month, .lifetimeValue, .period),
    (.firstPurchase, .week, .lifetimeValue, .channel), (.signup, .month, .roas, .campaign),
    (.firstEvent, .day, .retention, .period), (.firstEvent, .month, .revenue, .channel),
  ]

  private static func query(_ index: Int) throws -> CohortQuery {
    let (start, period, metric, rows) = questions[index]
    var query = CohortQuery(
      by: start, period: period, periods: 9, metric: metric, calendar: try ZonedCalendar("America/New_York"),
      rows: rows, costs: ["spring": 123_45, "autumn": 999])
    if index >= questions.count - 2 {
      let isLarge = EventCondition.property(PropertyTest("size", .exact, "large"))
      query.behaviour = [EventMatcher("signup", where: [isLarge]), EventMatcher("page_view", where: [isLarge])]
      query.events = [EventMatcher("purchase"), EventMatcher("signup", where: [isLarge])]
    }
    return query
  }

  @Test("Equal to the row-by-row reference", arguments: questions.indices) func naive(_ index: Int) async throws {
    let (events, query) = (try Self.events(UInt64(index)), try Self.query(index))
    let found = try await cohorts(events, query).cohorts
    let wanted = NaiveCohorts(events, query).cohorts
    #expect(Set(found.map(\.cohort)) == Set(wanted.keys))
    for row in found {
      let customers = try #require(wanted[row.cohort])
      #expect(row.size == customers.count)
      for later in 0..<query.periods {
        // Those whose period is over, and what each of them did.
        let values = customers.compactMap { $0[later] }
        #expect(row.observed[later] == values.count, "\(row.cohort) \(later)")
        guard let value = row.values[later] else {
          #expect(values.isEmpty || query.metric == .roas && row.cost == nil)
          continue
        }
        let (sum, n) = (values.reduce(0, +), Double(values.count))
        let cost = row.cost.map { $0 / Double(row.size) } ?? 1
        let expected =
          switch query.metric {
          case .retention, .lifetimeValue: sum / n
          case .revenue, .orders: sum
          case .roas: sum / n / cost
          }
        #expect(close(value, expected), "\(row.cohort) \(later)")
        guard query.metric != .retention, n > 1 else { continue }
        let squares = values.reduce(0) { $0 + ($1 - sum / n) * ($1 - sum / n) }
        let reach = 1.959963984540054 * (squares / (n - 1) / n).squareRoot()
        let unit = query.metric == .roas ? 1 / cost : query.metric == .lifetimeValue ? 1 : n
        let interval = try #require(row.intervals[later])
        #expect(close(interval[0], max(0, sum / n - reach) * unit, 1e-7))
        #expect(close(interval[1], (sum / n + reach) * unit, 1e-7))
      }
    }
  }

  @Test("Any cut and any number of threads give the same", arguments: questions.indices)
  func laws(_ index: Int) async throws {
    let test = try TestStore(Self.events(77), properties: ["size"])
    let analysis = try Cohorts(Self.query(index), of: test.store)
    try await checkLaws(analysis, test.store, seed: 3)
    let partial = try await analysis.partial(over: test.store)
    #expect(try JSONDecoder().decode(CohortTally.self, from: JSONEncoder().encode(partial)) == partial)
  }
}

/// Real data: every purchase of 2,357 customers of CDNow, 1997-01-01 to 1998-06-30.
@Suite("Cohorts of real data", .enabled(if: SharedData.exists)) struct CohortDataTests {
  @Test("CDNow: three monthly cohorts, of which all 18 months add up to the file") func cdnow() async throws {
    var mapping = try CSVMapping(
      columns: "customer_id=master_id,timestamp=date,amount=dollars", inputTimeZone: ZonedCalendar("UTC"))
    mapping.constants = [("event_type", "purchase")]
    mapping.timestampFormat = try TimestampFormat("yyyyMMdd")
    let directory = FileManager.default.temporaryDirectory.appending(path: "journeys-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    let file = SharedData.url("data/cdnow_sample.csv")
    let report = try JourneyImport(.csv(mapping)).run([file.path], to: directory)
    #expect(report.manifest.events == 6919)
    let store = try JourneyStore(directory)

    func ask(_ metric: CohortQuery.Metric) async throws -> CohortResult {
      try await Cohorts(CohortQuery(periods: 18, metric: metric, calendar: utc), of: store).run(over: store)
    }
    let (revenue, orders) = (try await ask(.revenue), try await ask(.orders))
    #expect(revenue.cohorts.map(\.cohort) == ["1997-01", "1997-02", "1997-03"])
    #expect(revenue.cohorts.map(\.size).reduce(0, +) == 2357)
    // The data reach the last day of June 1998, so no month of the first cohort is open.
    #expect(revenue.cohorts[0].values.allSatisfy { $0 != nil })
    #expect(revenue.cohorts[2].values.suffix(2) == [nil, nil])
    let total = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst().reduce(0) {
      $0 + (Double($1.split(separator: ",")[4]) ?? .nan)
    }
    #expect(close(revenue.cohorts.flatMap(\.values).compactMap(\.self).reduce(0, +), total))
    #expect(orders.cohorts.flatMap(\.values).compactMap(\.self).reduce(0, +) == 6919)
  }
}
