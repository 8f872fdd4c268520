import Attribution
import Foundation
import Journeys
import Testing

private func attribute(_ events: [TestEvent], _ query: AttributionQuery) async throws -> AttributionResult {
  let test = try TestStore(events)
  return try await JourneyAttribution(query, of: test.store).run(over: test.store)[0]
}

private func touch(_ customer: String, _ days: Double, _ channel: String) -> TestEvent {
  TestEvent(customer, Int64(days * Double(day)), "ad_click", channel: channel)
}

private func purchase(_ customer: String, _ days: Double, _ amount: Int64 = 1000) -> TestEvent {
  TestEvent(customer, Int64(days * Double(day)), "purchase", amount: amount)
}

private let query = AttributionQuery(models: [.additiveHazard])

/// Journeys of a few channels, some of them with several conversions.
private func events(_ seed: UInt64, customers: Int = 60) -> [TestEvent] {
  var random = TestRandom(seed)
  var events: [TestEvent] = []
  for customer in 0..<customers {
    for _ in 0..<Int.random(in: 0...9, using: &random) {
      let time = Int64.random(in: 0...60 * day, using: &random)
      if Int.random(in: 0..<4, using: &random) == 0 {
        events.append(TestEvent("\(customer)", time, "purchase", amount: Int64.random(in: 0...9999, using: &random)))
      } else {
        let channel = ["email", "sms", "ads"].randomElement(using: &random)!
        events.append(TestEvent("\(customer)", time, "ad_click", channel: channel))
      }
    }
  }
  return events
}

@Suite("Additive hazard, from events") struct HazardAttributionTests {
  /// Those of the reference trace: what came to nothing was looked at until the store's last event, at day 20.
  private static let tiny = [
    touch("a", 0, "A"), purchase("a", 1), touch("b", 0, "A"), touch("c", 0, "A"), touch("c", 2, "B"),
    purchase("c", 2.5), touch("d", 5, "B"), touch("e", 0, "B"), touch("e", 1, "A"), purchase("e", 3),
    touch("f", 8, "A"), touch("g", 0, "B"), purchase("g", 4), TestEvent("h", 20 * day, "app_opened"),
  ]

  @Test("The seven journeys of the reference as events") func reference() async throws {
    let result = try await attribute(Self.tiny, query)
    #expect(result.totals == .init(journeys: 7, conversions: 4, revenue: 40))
    #expect(result.rows.map(\.key.names) == [["B"], ["A"]])
    let (b, a) = (result.rows[0], result.rows[1])
    #expect(close(a.conversions, 1.599041761569297) && close(b.conversions, 2.400958238430703))
    #expect(close(a.revenue, 15.99041761569297) && close(b.revenue, 24.00958238430703))
    #expect(close(a.hazard?.strength ?? 0, 0.42813047951670724, 1e-8))
    #expect(close(a.hazard?.decayPerDay ?? 0, 0.499224862382971, 1e-8))
    #expect(close(b.hazard?.strength ?? 0, 1.132768209237684, 1e-8))
    #expect(close(b.hazard?.decayPerDay ?? 0, 0.21621091493236233, 1e-8))
    #expect(result.fit?.converged == true)
    #expect(close(result.fit?.logLikelihood ?? 0, -11.15879379158807))
    let json = try JSONEncoder().encode(result)
    #expect(String(decoding: json, as: UTF8.self).contains("\"decay_per_day\""))
    #expect(try JSONDecoder().decode(AttributionResult.self, from: json) == result)
  }

  @Test("A touch that came to nothing is looked at for the lookback, and until the end of the period")
  func observation() async throws {
    func fit(_ events: [TestEvent], _ query: AttributionQuery) async throws -> Double {
      try #require(try await attribute(events, query).fit).logLikelihood
    }
    func expected(nulls: [Double]) -> Double {
      var journeys = HazardJourneys(keys: 1)
      journeys.append([(key: 0, days: 2)], Credit(conversions: 1, revenue: 0))
      for days in nulls { journeys.append(null: 0, days: days) }
      var hazard = AdditiveHazard(journeys)
      _ = hazard.converge()
      return hazard.logLikelihood
    }
    // Until day 50: b's for 10 days, c's for the whole 30. Between a's conversions one for the whole 30 too.
    var events = [
      touch("a", 0, "A"), purchase("a", 2), touch("b", 40, "A"), touch("c", 0, "A"),
      TestEvent("d", 50 * day, "app_opened"),
    ]
    #expect(try await close(fit(events, query), expected(nulls: [10, 30])))
    events += [touch("a", 3, "A"), purchase("a", 49)]
    #expect(try await close(fit(events, query), expected(nulls: [10, 30, 30])))
    var shorter = query
    shorter.lookback = 7 * day
    #expect(try await close(fit(events, shorter), expected(nulls: [7, 7, 7])))
    var period = query
    period.period = 0...45 * day
    #expect(try await close(fit(events, period), expected(nulls: [5, 30, 30])))
  }

  @Test("Credit adds up, whichever touches and repeats", arguments: Repeats.allCases)
  func conservation(_ repeats: Repeats) async throws {
    for scope in AttributionQuery.Scope.allCases {
      var query = query
      (query.repeats, query.scope) = (repeats, scope)
      let result = try await attribute(events(5), query)
      let sum = result.rows.reduce(into: result.unattributed) {
        $0.conversions += $1.conversions
        $0.revenue += $1.revenue
      }
      #expect(result.totals.conversions > 20 && result.rows.count == 3)
      #expect(close(sum.conversions, result.totals.conversions, 1e-12))
      #expect(close(sum.revenue, result.totals.revenue, 1e-12))
      #expect(result.rows.allSatisfy { $0.conversions >= 0 && $0.hazard != nil })
    }
  }

  @Test("Any cut and any number of threads count the same, also by month and with other models")
  func laws() async throws {
    let test = try TestStore(events(9))
    for scope in AttributionQuery.Scope.allCases {
      var query = query
      (query.scope, query.lookback) = (scope, 20 * day)
      query.models.append(.first)
      try await checkLaws(try JourneyAttribution(query, of: test.store), test.store, seed: 3)
      let epochs = try AttributionEpochs(query, every: .month, try ZonedCalendar("Asia/Dhaka"), of: test.store)
      try await checkLaws(epochs, test.store, seed: 4)
      let months = try await epochs.run(over: test.store)
      let whole = try await JourneyAttribution(query, of: test.store).run(over: test.store)[0]
      let conversions = months.flatMap { $0.results[0].rows }.reduce(0) { $0 + $1.conversions }
      #expect(close(conversions, whole.totals.conversions - whole.unattributed.conversions, 1e-12))
      #expect(months.count == 3)
    }
  }

  @Test("A partial survives its JSON; one that does not fit together is refused") func codable() async throws {
    let test = try TestStore(Self.tiny)
    let attribution = try JourneyAttribution(query, of: test.store)
    let partial = try await attribution.partial(over: test.store)
    let json = try JSONEncoder().encode(partial)
    let copy = try JSONDecoder().decode(AttributionTally.self, from: json)
    #expect(copy == partial)
    #expect(try attribution.finish(copy) == attribution.finish(partial))
    let text = String(decoding: json, as: UTF8.self)
    for (good, bad) in [("\"ends\":[1,3,5,6]", "\"ends\":[1,3,5,7]"), ("\"runEnds\":[3]", "\"runEnds\":[2]")] {
      #expect(text.contains(good))
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(AttributionTally.self, from: Data(text.replacing(good, with: bad).utf8))
      }
    }
  }

  @Test("A bootstrap: intervals around the credit of the whole") func bootstrap() async throws {
    let test = try TestStore(events(21, customers: 150))
    let bootstrap = try AttributionBootstrap(query, BootstrapSettings(resamples: 20, seed: 2), of: test.store)
    let one = try await bootstrap.run(over: test.store, threads: 1)[0]
    #expect(try await bootstrap.run(over: test.store, threads: 3)[0] == one)
    let whole = try await JourneyAttribution(query, of: test.store).run(over: test.store)[0]
    // Groups of customers are added up in another order.
    for (a, b) in zip(one.rows, whole.rows) { #expect(a.key == b.key && close(a.conversions, b.conversions, 1e-7)) }
    for row in one.rows {
      let interval = try #require(row.interval)
      #expect(interval.conversions[0] < row.conversions && row.conversions < interval.conversions[1])
      #expect(interval.share[1] - interval.share[0] > 0.01)
    }
  }

  @Test("No conversions: zeros, never NaN") func noConversions() async throws {
    let result = try await attribute([touch("a", 1, "A"), touch("b", 2, "B"), purchase("c", 90)], query)
    #expect(result.rows.map(\.conversions) == [0, 0] && result.rows.allSatisfy { $0.revenue == 0 && $0.share == 0 })
    #expect(result.rows.allSatisfy { $0.hazard?.strength == 0 && $0.hazard?.decayPerDay == nil })
    #expect(result.unattributed.conversions == 1 && result.fit?.logLikelihood == 0)
    let empty = try await attribute([], query)
    #expect(empty.rows.isEmpty && empty.fit?.converged == true)
  }

  @Test("One channel, and a touch at the very instant of its conversion") func oneChannel() async throws {
    let result = try await attribute(
      [touch("a", 1, "A"), purchase("a", 1), touch("b", 2, "A"), purchase("b", 2, 500), touch("c", 2, "A")], query)
    #expect(result.rows.count == 1 && close(result.rows[0].conversions, 2) && close(result.rows[0].revenue, 15))
    let hazard = try #require(result.rows[0].hazard)
    #expect(hazard.strength.isFinite && hazard.strength > 0 && (hazard.decayPerDay ?? .nan).isFinite)
  }

  @Test("A path of ten thousand touches") func longPath() async throws {
    let long = (0..<10_000).map { TestEvent("a", Int64($0) * second, "ad_click", channel: "c\($0 % 7)") }
    let result = try await attribute(long + [purchase("a", 1, 700), touch("b", 0, "c1")], query)
    #expect(result.rows.count == 7)
    #expect(close(result.rows.reduce(0) { $0 + $1.conversions }, 1))
    #expect(close(result.rows.reduce(0) { $0 + $1.revenue }, 7))
  }
}
