import Attribution
import Foundation
import Journeys
import Testing

@Suite("Funnels by period of entry") struct FunnelTrendTests {
  private struct Count: Equatable {
    var from = 0
    var to = 0
  }

  @Test("Equal to following every beginning by itself", arguments: FunnelRuleTests.questions.indices)
  func naive(_ index: Int) async throws {
    var (name, query) = FunnelRuleTests.questions[index]
    query.report = .trends(.hour)
    query.fromStep = 0
    query.toStep = query.steps.count - 1
    // Seconds become half hours.
    query.window *= 1800
    query.period = query.period.map { $0.lowerBound * 1800...$0.upperBound * 1800 }
    for step in query.steps.indices {
      query.steps[step].gap *= 1800
      query.steps[step].within? *= 1800
    }
    for seed in 21...23 as ClosedRange<UInt64> {
      let events = randomJourneys(seed, longest: query.mode == .unordered ? 7 : 12).map { event in
        var event = event
        event.time *= 1800
        return event
      }
      let test = try TestStore(events, properties: ["p"])
      let naive = NaiveFunnel(query)
      var expected: [Int64: Count] = [:]
      for (_, journey) in naive.journeys(events) {
        var taken: [Int64: Set<Int>] = [:]
        for list in naive.lists(journey) {
          for place in list.indices {
            let times = naive.run(list, onlyFrom: place).times
            if !times.isEmpty { taken[list[place].time / (3600 * second), default: []].formUnion(times.keys) }
          }
        }
        for (hour, steps) in taken where steps.contains(0) {
          expected[hour, default: Count()].from += 1
          if steps.contains(query.steps.count - 1) { expected[hour]?.to += 1 }
        }
      }
      guard case .funnelTrends(let result) = try await query.run(over: test.store) else {
        Issue.record("no trends")
        return
      }
      let first = (query.period?.lowerBound ?? events.map(\.time).min()!) / (3600 * second)
      let last = (query.period?.upperBound ?? events.map(\.time).max()!) / (3600 * second)
      #expect(result.series.count == Int(last - first) + 1)
      for (place, period) in result.series.enumerated() {
        let count = expected[first + Int64(place)] ?? Count()
        #expect(
          Count(from: period.reachedFrom, to: period.reachedTo) == count, "\(name), hour \(place), seed \(seed)")
      }
      for (period, users) in zip(result.series, result.seriesAt) {
        #expect(users.convertedUsers.count == period.reachedTo)
        #expect(users.droppedUsers.count == period.reachedFrom - period.reachedTo)
      }
    }
  }

  @Test("Periods are those of the time zone, every one of the dates asked for") func zones() async throws {
    let events = [TestEvent("1", 19 * 3600 * second, "a"), TestEvent("1", 20 * 3600 * second, "b")]
    let test = try TestStore(events)
    let json = #"""
      {"kind": "funnel_trends", "window_seconds": 7200, "timezone": "Asia/Dhaka", "interval": "day",
       "steps": [{"match": [{"event": "a"}]}, {"match": [{"event": "b"}]}],
       "date_from": "1970-01-01", "date_to": "1970-01-03"}
      """#
    guard case .funnelTrends(let result) = try await AnalysisQuery(json: Data(json.utf8)).run(over: test.store) else {
      Issue.record("no trends")
      return
    }
    #expect(result.series.map(\.periodStart) == (1...3).map { "1970-01-0\($0)T00:00:00+06:00" })
    #expect(result.series.map(\.conversionRate) == [0, 100, 0])
    #expect(result.seriesAt[1].convertedUsers == ["1"])
  }

  @Test("A heavy customer takes time in proportion to his events") func heavy() async throws {
    let events = (0..<30_000).map { TestEvent("1", Int64($0) * second, $0 % 2 == 0 ? "a" : "b") }
    let test = try TestStore(events)
    for mode in FunnelQuery.Mode.allCases {
      var query = FunnelQuery(["a", "b", "never"].map { .init($0) }, window: 7 * day)
      query.mode = mode
      query.report = .trends(.day)
      guard case .funnelTrends(let result) = try await query.run(over: test.store) else { continue }
      #expect(result.series.map(\.reachedFrom) == [1])
    }
  }

  /// Beginnings, second steps and what excludes between them, as a customer may have them by the thousand.
  private static let heavyLists: [(String, @Sendable (Int) -> FunnelEvent)] = {
    @Sendable func event(_ place: Int, _ time: Int64, _ steps: UInt64, _ excludes: UInt64 = 0) -> FunnelEvent {
      FunnelEvent(event: place, time: time, steps: steps, excludes: excludes, group: 0, constant: 0)
    }
    return [
      ("steps in turn", { event($0, Int64($0), $0 % 2 == 0 ? 1 : 2) }),
      ("beginnings alone", { event($0, Int64($0), 1) }),
      ("exclusions in turn", { event($0, Int64($0), $0 % 3 == 0 ? 1 : $0 % 3 == 1 ? 2 : 0, $0 % 3 == 2 ? 0b100 : 0) }),
      ("one instant, all alike", { event($0, 0, 0b11, 0b100) }),
      ("one instant, different steps", { event($0, 0, 1 << UInt64($0 % 2)) }),
      ("pairs of an instant", { event($0, Int64($0 / 2), 1 << UInt64($0 % 2), $0 % 8 == 0 ? 0b110 : 0) }),
    ]
  }()

  @Test("The work on a heavy customer is in proportion to his events, exclusions or not", arguments: heavyLists.indices)
  func work(_ index: Int) {
    let (name, event) = Self.heavyLists[index]
    var query = FunnelQuery(["a", "b", "never"].map { .init($0) }, window: 1_000_000)
    query.exclusions = [.init([EventMatcher("x")], from: 0, to: 2)]
    for rule in FunnelQuery.ExclusionRule.allCases {
      query.exclusionRule = rule
      let looks = [1000, 8000].map { count in
        var events = (0..<count).map(event)
        var attempts = GreedyAttempts(query)
        events.withUnsafeMutableBufferPointer { list in attempts.visit(list, 0) { _, _ in } }
        return attempts.looks
      }
      #expect(looks[0] <= 10 * 1000 && looks[1] <= 10 * 8000, "\(name): \(looks)")
    }
  }
}
