import Attribution
import Journeys
import Testing

private let utc = try! ZonedCalendar("UTC")

private func cohorts(_ events: [TestEvent], _ query: CohortQuery) async throws -> CohortResult {
  let test = try TestStore(events)
  return try await Cohorts(query, of: test.store).run(over: test.store)
}

@Suite("What cohorts are worth") struct CohortValueTests {
  /// a and b come by spring, c by autumn, d by nothing that is known.
  private static func events() throws -> [TestEvent] {
    func event(
      _ customer: String, _ date: String, _ type: String, campaign: String? = nil, amount: Int64? = nil
    ) throws -> TestEvent {
      TestEvent(
        customer, try utc.moment(date), type, channel: campaign == nil ? nil : "ads", campaign: campaign,
        amount: amount)
    }
    return try [
      event("a", "2024-01-05", "ad_click", campaign: "spring"), event("a", "2024-01-10", "purchase", amount: 1000),
      event("a", "2024-02-10", "purchase", amount: 3000), event("a", "2024-03-31", "purchase", amount: 500),
      event("b", "2024-02-01", "ad_click", campaign: "spring"), event("b", "2024-02-02", "purchase", amount: 2000),
      event("c", "2024-01-01", "ad_click", campaign: "autumn"), event("c", "2024-01-02", "purchase", amount: 400),
      event("d", "2024-02-20", "purchase", amount: 700), event("d", "2024-02-21", "ad_click", campaign: "autumn"),
    ]
  }

  @Test("Lifetime value by campaign is of the customers who are old enough") func lifetimeValue() async throws {
    let query = CohortQuery(periods: 4, metric: .lifetimeValue, calendar: utc, rows: .campaign)
    let result = try await cohorts(Self.events(), query)
    #expect(result.cohorts.map(\.cohort) == ["spring", "(none)", "autumn"])
    #expect(result.cohorts.map(\.size) == [2, 1, 1])
    // Spring: months 0 and 1 are over for both, month 2 for a alone.
    #expect(result.cohorts[0].values == [15, 30, 45, nil])
    #expect(result.cohorts[0].observed == [2, 2, 1, 0])
    #expect(result.cohorts[1].values == [7, 7, nil, nil])
    #expect(result.cohorts[2].values == [4, 4, 4, nil])
  }

  @Test("Return on ad spend over age; without a cost there is none") func roas() async throws {
    let query = CohortQuery(
      periods: 3, metric: .roas, calendar: utc, rows: .campaign, costs: ["spring": 3000, "winter": 5])
    let result = try await cohorts(Self.events(), query)
    // 30 major units bought two customers.
    #expect(result.cohorts[0].cost == 30)
    #expect(result.cohorts[0].values == [1, 2, 3])
    #expect(result.cohorts[2].values == [nil, nil, nil])
    typealias Key = AttributionResult.Key
    let costs = AttributionCosts([Key(["spring"]): 12.34, Key([nil]): 1, Key(["a", "b"]): 2])
    #expect(costs.minorUnits == ["spring": 1234])
  }

  @Test("By channel, and refusals of what has no meaning") func rows() async throws {
    let byChannel = try await cohorts(Self.events(), CohortQuery(periods: 1, calendar: utc, rows: .channel))
    #expect(byChannel.cohorts.map(\.cohort) == ["ads", "(none)"] && byChannel.cohorts.map(\.size) == [3, 1])
    let test = try TestStore(Self.events())
    for query in [
      CohortQuery(metric: .roas, calendar: utc, costs: ["a": 1]),
      CohortQuery(metric: .roas, calendar: utc, rows: .campaign),
      CohortQuery(metric: .roas, calendar: utc, rows: .campaign, costs: ["a": -1]),
      CohortQuery(calendar: utc, level: 1),
    ] {
      #expect(throws: AttributionError.self) { try Cohorts(query, of: test.store) }
    }
  }

  @Test("Intervals: Wilson's of a share, the normal one of a sum") func intervals() async throws {
    // Two of twenty buy again in the second month, of which the last day is there.
    var events: [TestEvent] = []
    for customer in 0..<20 {
      events.append(TestEvent("\(customer)", try utc.moment("2024-01-10"), "purchase", amount: 100))
      if customer < 2 { events.append(TestEvent("\(customer)", try utc.moment("2024-02-29"), "purchase", amount: 500)) }
    }
    let retention = try await cohorts(events, CohortQuery(periods: 2, calendar: utc)).cohorts[0]
    #expect(retention.values[1] == 0.1)
    let share = try #require(retention.intervals[1])
    // Newcombe 1998's formula for 2 of 20.
    #expect(abs(share[0] - 0.0279) < 5e-5 && abs(share[1] - 0.3010) < 5e-5)
    let revenue = try await cohorts(events, CohortQuery(periods: 2, metric: .revenue, calendar: utc)).cohorts[0]
    #expect(revenue.values == [20, 10])
    // Nobody differs in the first month.
    #expect(revenue.intervals[0] == [20, 20])
    let sum = try #require(revenue.intervals[1])
    let error = (2 * 4.5 * 4.5 + 18 * 0.5 * 0.5) / 19 / 20
    #expect(close(sum[0], max(0, 0.5 - 1.959963984540054 * error.squareRoot()) * 20, 1e-9))
    #expect(close(sum[1], (0.5 + 1.959963984540054 * error.squareRoot()) * 20, 1e-9))
  }

  @Test("Two cohorts against each other") func compare() async throws {
    var events: [TestEvent] = []
    for customer in 0..<150 {
      let month = customer < 70 ? 1 : 2
      events.append(TestEvent("\(customer)", try utc.moment("2024-0\(month)-05"), "purchase", amount: 100))
      // 56 of 70 and 48 of 80 come back.
      if customer < 56 || 70..<118 ~= customer {
        events.append(
          TestEvent("\(customer)", try utc.moment("2024-0\(month + 1)-06"), "purchase", amount: Int64(customer)))
      }
    }
    events.append(TestEvent("last", try utc.moment("2024-03-31"), "purchase", amount: 1))
    let retention = try await cohorts(events, CohortQuery(periods: 2, calendar: utc))
    let shares = try retention.compare("2024-02", "2024-01", inPeriod: 1)
    #expect(shares.customers == [80, 70] && close(shares.difference, 0.2))
    // Newcombe, Statistics in Medicine 17 (1998) 873, table II, method 10; SciPy's chi-square.
    let interval = try #require(shares.interval)
    #expect(abs(interval[0] - 0.0524) < 5e-5 && abs(interval[1] - 0.3339) < 5e-5)
    #expect(close(try #require(shares.pValue), 0.008045081368196585))

    let revenue = try await cohorts(events, CohortQuery(periods: 2, metric: .revenue, calendar: utc))
    let sums = try revenue.compare("2024-01", "2024-02", inPeriod: 1)
    let (a, b) = ((0..<56).map { Double($0) / 100 }, (70..<118).map { Double($0) / 100 })
    func moments(_ values: [Double], _ count: Int) -> Moments {
      Moments(count: count, sum: values.reduce(0, +), sumOfSquares: values.reduce(0) { $0 + $1 * $1 })
    }
    let welch = try #require(WelchTest(moments(a, 70), moments(b, 80)))
    #expect(close(try #require(sums.pValue), welch.pValue(moments(b, 80).mean - moments(a, 70).mean)))
    #expect(throws: AttributionError.self) { try revenue.compare("2024-01", "2023-01", inPeriod: 1) }
    #expect(throws: AttributionError.self) { try revenue.compare("2024-03", "2024-01", inPeriod: 1) }
    #expect(throws: AttributionError.self) { try revenue.compare("2024-02", "2024-01", inPeriod: 2) }
  }
}
