import Attribution
import Foundation
import Journeys
import Testing

private func funnel(
  _ events: [TestEvent], _ steps: [String], window: Int64 = 7 * day, period: ClosedRange<Int64>? = nil
) async throws -> FunnelResult {
  let test = try TestStore(events)
  let query = FunnelQuery(steps.map { FunnelQuery.Step($0) }, window: window, period: period)
  return try await Funnel(query, of: test.store).run(over: test.store)
}

/// Events of one customer, one a day: `abc`.
private func journey(_ customer: String, _ events: String) -> [TestEvent] {
  events.enumerated().map { TestEvent(customer, Int64($0) * day, "\($1)") }
}

private func counts(_ result: FunnelResult) -> [Int] { result.steps.map(\.customers) }

@Suite("Ordered funnels") struct FunnelTests {
  @Test("Other events between the steps do not matter, the order does") func order() async throws {
    let events = journey("1", "axbxc") + journey("2", "acb") + journey("3", "bca") + journey("4", "xyz")
    let result = try await funnel(events, ["a", "b", "c"])
    #expect(counts(result) == [3, 2, 1])
    let (fromStart, fromPrevious) = ([1, 2.0 / 3, 1.0 / 3], [1, 2.0 / 3, 0.5])
    #expect(result.steps.map(\.conversionFromStart) == fromStart)
    #expect(result.steps.map(\.conversionFromPrevious) == fromPrevious)
    let medians: [Double?] = [nil, 2 * 86_400, 2 * 86_400]
    #expect(result.steps.map(\.medianSecondsFromPrevious) == medians)
  }

  @Test("The window is measured from the first step and includes its end") func window() async throws {
    let events = [
      TestEvent("edge", 0, "a"), TestEvent("edge", 4, "b"), TestEvent("edge", 10, "c"), TestEvent("late", 0, "a"),
      TestEvent("late", 4, "b"), TestEvent("late", 11, "c"),
    ]
    #expect(try await counts(funnel(events, ["a", "b", "c"], window: 10)) == [2, 2, 1])
  }

  @Test("A later first step begins a new chain; the times are those of the chain that first got furthest")
  func newestStart() async throws {
    let result = try await funnel(journey("1", "aaxb") + journey("2", "abab"), ["a", "b"])
    #expect(result.steps[1].medianSecondsFromPrevious == 1.5 * 86_400)
    #expect(result.steps[1].averageSecondsFromPrevious == 1.5 * 86_400)
    let tooOld = try await funnel(journey("1", "axxxxb") + journey("2", "axaxxxb"), ["a", "b"], window: 4 * day)
    #expect(counts(tooOld) == [2, 1])
  }

  @Test("The same event type in several steps needs as many events") func repeatedSteps() async throws {
    let events = journey("1", "ab") + journey("2", "abb") + journey("3", "abbb")
    #expect(try await counts(funnel(events, ["a", "b", "b", "b"])) == [3, 3, 2, 1])
    #expect(try await counts(funnel(journey("1", "a") + journey("2", "aa"), ["a", "a"])) == [2, 1])
  }

  @Test("Events of one instant happen in the order of the steps, each once") func sameInstant() async throws {
    func instant(_ events: String) -> [TestEvent] { events.map { TestEvent("1", 5, "\($0)") } }
    #expect(try await counts(funnel(instant("cba"), ["a", "b", "c"])) == [1, 1, 1])
    #expect(try await counts(funnel(instant("ba"), ["a", "b", "b"])) == [1, 1, 0])
    #expect(try await counts(funnel(instant("bab"), ["a", "b", "b"])) == [1, 1, 1])
    #expect(try await counts(funnel(instant("aa"), ["a", "a", "a"])) == [1, 1, 0])
  }

  @Test("A step of alternatives, and of any event") func alternatives() async throws {
    let test = try TestStore(journey("1", "ac") + journey("2", "bc") + journey("3", "xc"))
    let either = FunnelQuery([.init("a or b", events: ["a", "b"]), .init("c")], window: day)
    #expect(try await counts(Funnel(either, of: test.store).run(over: test.store)) == [2, 2])
    let any = FunnelQuery([.init("any", events: [nil]), .init("c")], window: day)
    #expect(try await counts(Funnel(any, of: test.store).run(over: test.store)) == [3, 3])
  }

  @Test("Events outside of the period do not count, its ends do") func period() async throws {
    let events = journey("1", "abc")
    #expect(try await counts(funnel(events, ["a", "b", "c"], period: 0...2 * day)) == [1, 1, 1])
    #expect(try await counts(funnel(events, ["a", "b", "c"], period: 1...2 * day)) == [0, 0, 0])
    #expect(try await counts(funnel(events, ["a", "b", "c"], period: 0...2 * day - 1)) == [1, 1, 0])
  }

  @Test("Nobody: zeros and no times") func nobody() async throws {
    let result = try await funnel([], ["a", "b"])
    #expect(counts(result) == [0, 0])
    #expect(result.steps.allSatisfy { $0.conversionFromStart == 0 && $0.medianSecondsFromPrevious == nil })
  }

  @Test("Wrong questions are refused") func refused() throws {
    let test = try TestStore(journey("1", "ab"))
    for query in [
      FunnelQuery([], window: 1), FunnelQuery([.init("a")], window: -1),
      FunnelQuery([.init("a", events: [])], window: 1),
      FunnelQuery(Array(repeating: .init("a"), count: 65), window: 1),
    ] {
      #expect(throws: AttributionError.self) { try Funnel(query, of: test.store) }
    }
    let error = #expect(throws: AttributionError.self) {
      try Funnel.check(FunnelQuery([.init("a"), .init("c")], window: 1), of: test.store)
    }
    #expect(error?.code == .unknownName && error?.message.contains("'c'") ?? false)
  }

  @Test("Customers are listed by step, and those who went no further") func listed() async throws {
    let test = try TestStore(journey("z", "abc") + journey("m", "ab") + journey("a", "a") + journey("b", "x"))
    let query = FunnelQuery(["a", "b", "c"].map { .init($0) }, window: day * 9)
    let result = try await Funnel(query, of: test.store, listingCustomers: true).run(over: test.store)
    let answer = FunnelQueryResult(result, of: test.store)
    #expect(answer.steps.map(\.users) == [["a", "m", "z"], ["m", "z"], ["z"]])
    #expect(answer.usersAt.first { $0.step == -2 }?.users == ["a"])
    #expect(answer.usersAt.first { $0.step == -3 }?.users == ["m"])
    let json = try JSONEncoder().encode(answer)
    #expect(String(decoding: json, as: UTF8.self).contains(#""avg_seconds":null"#))
  }
}

@Suite("Laws of funnels, on random journeys") struct FunnelLawTests {
  private static func events(_ seed: UInt64, distinctTimes: Bool) -> [TestEvent] {
    var random = TestRandom(seed)
    var events: [TestEvent] = []
    for customer in 0..<150 {
      var times = (0..<Int.random(in: 0...12, using: &random)).map { _ in Int64.random(in: 0...20, using: &random) }
      if distinctTimes { times = Array(Set(times)).sorted() }
      for time in times {
        events.append(TestEvent("\(customer)", time, ["a", "b", "c", "x"].randomElement(using: &random)!))
      }
    }
    return events
  }

  /// Whether events at growing places from `place` can be steps `step...upTo`, none later than `latest`.
  private static func exists(_ events: [TestEvent], _ steps: [String], _ step: Int, _ place: Int, _ latest: Int64)
    -> Bool
  {
    if step == steps.count { return true }
    return events.indices.contains {
      $0 >= place && events[$0].type == steps[step] && events[$0].time <= latest
        && exists(events, steps, step + 1, $0 + 1, latest)
    }
  }

  @Test(
    "Equal to the search for any chain, where no two events are of one instant",
    arguments: [
      ["a", "b", "c"], ["a", "b", "a", "b"], ["a", "a", "a"], ["c"],
    ])
  func search(_ steps: [String]) async throws {
    for seed in 1...4 as ClosedRange<UInt64> {
      let events = Self.events(seed, distinctTimes: true)
      let result = try await funnel(events, steps, window: 9)
      let journeys = Dictionary(grouping: events, by: \.customer).values
      for step in steps.indices {
        let expected = journeys.count { journey in
          journey.indices.contains { first in
            journey[first].type == steps[0]
              && Self.exists(journey, Array(steps[...step]), 1, first + 1, journey[first].time + 9)
          }
        }
        #expect(result.steps[step].customers == expected, "\(steps) \(step)")
      }
    }
  }

  /// Journeys of all lengths, more events than a batch holds, few instants.
  private static func longEvents(_ seed: UInt64) -> [TestEvent] {
    var random = TestRandom(seed)
    var events: [TestEvent] = []
    for customer in 0..<150 {
      let count = [1, 3, 20, 63, 64, 65, 200][customer % 7] - Int.random(in: 0...1, using: &random)
      for _ in 0..<count {
        events.append(
          TestEvent(
            "\(customer)", Int64.random(in: 0...Int64(count * 3), using: &random),
            ["a", "b", "c", "d", "x", "y", "z"].randomElement(using: &random)!))
      }
    }
    return events
  }

  private static let questions: [FunnelQuery] = [
    FunnelQuery(["a", "b", "c"].map { .init($0) }, window: 5),
    FunnelQuery(["a", "b", "c", "d"].map { .init($0) }, window: 40, period: 10...80),
    FunnelQuery(
      [.init("a or b", events: ["a", "b"]), .init("b"), .init("any", events: [nil]), .init("a")], window: 6),
    FunnelQuery(["a", "a", "b", "a"].map { .init($0) }, window: 9, period: 0...50),
    FunnelQuery(["a", "nobody", "b"].map { .init($0) }, window: 9),
    FunnelQuery([.init("d")], window: 0, period: 3...1000),
    FunnelQuery(["a", "b"].map { .init($0) }, window: 0),
  ]

  @Test("Equal to the definition, event by event", arguments: questions.indices) func naive(_ index: Int) async throws {
    let query = Self.questions[index]
    for seed in 1...3 as ClosedRange<UInt64> {
      let events = Self.longEvents(seed)
      let test = try TestStore(events)
      let furthest = NaiveFunnel(query).furthest(events)
      let counted = try await Funnel(query, of: test.store).run(over: test.store)
      for (step, result) in counted.steps.enumerated() {
        let reached = furthest.values.map(\.times).filter { $0.count > step }
        #expect(result.customers == reached.count, "step \(step)")
        let waits = step == 0 ? [] : reached.map { Double($0[step]! - $0[step - 1]!) / 1e6 }
        let mean = waits.isEmpty ? nil : waits.reduce(0, +) / Double(waits.count)
        #expect(result.averageSecondsFromPrevious.map { close($0, mean ?? .nan) } ?? (mean == nil), "step \(step)")
      }
      // Counting looks at candidates alone, listing at everybody.
      let listed = try await Funnel(query, of: test.store, listingCustomers: true).run(over: test.store)
      #expect(listed.steps == counted.steps)
      let answer = FunnelQueryResult(listed, of: test.store)
      for step in query.steps.indices {
        let names = answer.usersAt.first { $0.exactly == [step + 1] }?.users ?? []
        #expect(Set(names) == Set(furthest.filter { $0.value.times.count == step + 1 }.keys))
      }
    }
  }

  @Test("Any cut and any number of threads give the same", arguments: [true, false]) func laws(_ listed: Bool)
    async throws
  {
    let test = try TestStore(Self.events(9, distinctTimes: false))
    let query = FunnelQuery(["a", "b", "a"].map { .init($0) }, window: 9)
    let analysis = try Funnel(query, of: test.store, listingCustomers: listed)
    try await checkLaws(analysis, test.store, seed: 2)
    let partial = try await analysis.partial(over: test.store)
    #expect(try JSONDecoder().decode(FunnelTally.self, from: JSONEncoder().encode(partial)) == partial)
  }

  @Test("The median is that of the sorted times") func medians() async throws {
    var random = TestRandom(4)
    for count in [1, 2, 3, 10, 501] {
      let waits = (0..<count).map { _ in Int64.random(in: 0...(count > 10 ? 40 : 1_000_000), using: &random) }
      let events = waits.enumerated().flatMap { customer, wait in
        [TestEvent("\(customer)", 0, "a"), TestEvent("\(customer)", wait + 1, "b")]
      }
      let sorted = waits.map { Double($0 + 1) / 1e6 }.sorted()
      let expected = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
      let result = try await funnel(events, ["a", "b"])
      #expect(close(result.steps[1].medianSecondsFromPrevious!, expected))
    }
  }
}
