import Attribution
import Foundation
import Journeys
import Testing

@Suite("How sure a funnel is") struct FunnelCertaintyTests {
  private static func run(_ json: String, _ test: TestStore) async throws -> FunnelQueryResult {
    guard case .funnel(let result) = try await AnalysisQuery(json: Data(json.utf8)).run(over: test.store) else {
      throw CocoaError(.coderInvalidValue)
    }
    return result
  }

  private static let steps = #""steps": [{"match": [{"event": "a"}]}, {"match": [{"event": "b"}]}]"#

  @Test("Customers whose window is open are no drop-offs yet") func maturity() async throws {
    let events = [
      TestEvent("converted", 0, "a"), TestEvent("converted", 2 * second, "b"), TestEvent("dropped", 0, "a"),
      TestEvent("open", 15 * second, "a"), TestEvent("again", 0, "a"), TestEvent("again", 19 * second, "a"),
      TestEvent("late", 14 * second, "a"), TestEvent("late", 18 * second, "b"), TestEvent("end", 20 * second, "x"),
    ]
    let test = try TestStore(events)
    let result = try await Self.run(#"{"kind": "funnel", "window_seconds": 10, \#(Self.steps)}"#, test)
    #expect(result.steps.map(\.figures.stillOpen) == [2, 0])
    #expect(result.steps.map(\.count) == [5, 2])
    // Watched for 1, 5 and 10 s without, 2 and 4 s with a conversion: 1 - 3/4 and 1 - 3/4 · 2/3.
    let curve = try #require(result.curve)
    #expect(curve.map(\.seconds) == [2, 4])
    #expect(curve.map(\.atRisk) == [4, 3])
    #expect(close(curve[0].conversion, 0.25) && close(curve[1].conversion, 0.5))
    #expect(curve.allSatisfy { $0.interval[0] < $0.conversion && $0.conversion < $0.interval[1] })
  }

  @Test("Who has converted is not open, though another of his chains is") func converted() async throws {
    let events = [("a", 0, "1"), ("b", 1, "1"), ("a", 9, "2")].map { type, time, value in
      TestEvent("1", Int64(time) * second, type, data: ["p": value])
    }
    let test = try TestStore(events, properties: ["p"])
    let held = #""hold_constant": ["p"]"#
    let result = try await Self.run(#"{"kind": "funnel", "window_seconds": 10, \#(held), \#(Self.steps)}"#, test)
    #expect(result.steps.map(\.count) == [1, 1] && result.steps.map(\.figures.stillOpen) == [0, 0])
    #expect(result.curve?.map(\.conversion) == [1])
  }

  @Test("When every window is over the curve ends with the plain rate") func plain() async throws {
    let events = randomJourneys(31, customers: 300)
    let test = try TestStore(events + [TestEvent("end", 1000 * second, "x")], properties: ["p"])
    let result = try await Self.run(#"{"kind": "funnel", "window_seconds": 6, \#(Self.steps)}"#, test)
    #expect(result.steps[0].figures.stillOpen == 0)
    #expect(close(try #require(result.curve?.last).conversion, result.steps[1].figures.conversionFromStart))
  }

  @Test("A sample is the same customers for every step, and as many as it says") func sample() async throws {
    let events = (0..<4000).flatMap {
      [TestEvent("customer \($0)", 0, "a"), TestEvent("customer \($0)", second, $0 % 2 == 0 ? "b" : "c")]
    }
    let test = try TestStore(events)
    func customers(_ fraction: Double, _ seed: Int) async throws -> [[String]] {
      let sample = #""sample": {"fraction": \#(fraction), "seed": \#(seed)}"#
      return try await Self.run(#"{"kind": "funnel", "window_seconds": 9, \#(sample), \#(Self.steps)}"#, test)
        .steps.map(\.users)
    }
    let (tenth, other, half) = (try await customers(0.1, 1), try await customers(0.1, 2), try await customers(0.5, 1))
    // Three standard deviations of a binomial.
    #expect(abs(tenth[0].count - 400) < 57 && abs(tenth[1].count - 200) < 42)
    #expect(abs(half[0].count - 2000) < 95 && abs(half[1].count - 1000) < 82)
    #expect(Set(tenth[1]).isSubset(of: tenth[0]) && Set(tenth[0]).isSubset(of: half[0]))
    #expect(abs(Set(tenth[0]).intersection(other[0]).count - 40) < 19)
    #expect(try await customers(1, 1)[0].count == 4000)
  }

  @Test("Two segments are held against each other") func comparison() async throws {
    let events = (0..<200).flatMap { number -> [TestEvent] in
      let (id, data) = ("\(number)", ["p": number % 2 == 0 ? "even" : "odd"])
      let converts = number % 2 == 0 ? number % 4 == 0 : number % 20 == 1
      return [TestEvent(id, 0, "a", data: data)] + (converts ? [TestEvent(id, second, "b", data: data)] : [])
    }
    let test = try TestStore(events, properties: ["p"])
    func segment(_ value: String) -> String { #"{"where": [{"prop": "p", "value": "\#(value)"}]}"# }
    let compare = #""compare": {"a": \#(segment("odd")), "b": \#(segment("even"))}"#
    let result = try await Self.run(#"{"kind": "funnel", "window_seconds": 9, \#(compare), \#(Self.steps)}"#, test)
    let comparison = try #require(result.comparison)
    #expect(comparison.segments.map { $0.steps.map(\.customers) } == [[100, 10], [100, 50]])
    let test2 = try #require(TwoRates(Rate(10, of: 100), Rate(50, of: 100), level: 0.95))
    #expect(comparison.differences.map(\.difference) == [0.4])
    #expect(comparison.differences[0].pValue == test2.pValue && comparison.differences[0].pValue < 1e-8)
    #expect(comparison.differences[0].interval == [test2.interval.lowerBound, test2.interval.upperBound])
  }

  @Test("The events of a customer's chain are told") func explanation() async throws {
    let events = [
      TestEvent("1", 0, "a"), TestEvent("1", second, "x"), TestEvent("1", 2 * second, "a"),
      TestEvent("1", 3 * second, "b"), TestEvent("2", 0, "a"), TestEvent("2", second, "x"),
      TestEvent("2", 2 * second, "b"),
    ]
    let test = try TestStore(events)
    var query = FunnelQuery(["a", "b", "c"].map { .init($0) }, window: 9 * second)
    query.exclusions = [.init([EventMatcher("x")], from: 0, to: 1)]
    let funnel = try Funnel(query, of: test.store)
    let explanation = try funnel.explain("1", of: test.store)
    let chain = try #require(explanation.chains.first)
    #expect(explanation.chains.count == 1 && chain.completed == 2 && !chain.isExcluded)
    #expect(chain.steps.map(\.timestamp) == [2 * second, 3 * second])
    #expect(chain.steps.map(\.eventType) == ["a", "b"] && chain.steps.map(\.event) == [2, 3])
    #expect(chain.steps.map(\.secondsFromPrevious) == [nil, 1] && chain.openUntil == 11 * second)
    #expect(try funnel.explain("2", of: test.store).chains.map(\.isExcluded) == [true])
    #expect(throws: AttributionError.self) { try funnel.explain("3", of: test.store) }
  }

  @Test("Percentiles lie between the times, as NumPy has them") func percentiles() async throws {
    let events = [1, 2, 4, 8, 100].enumerated().flatMap {
      [TestEvent("\($0)", 0, "a"), TestEvent("\($0)", Int64($1) * second, "b")]
    }
    let test = try TestStore(events)
    let wanted = #""percentiles": [0, 10, 50, 90, 99.5, 100]"#
    let result = try await Self.run(#"{"kind": "funnel", "window_seconds": 200, \#(wanted), \#(Self.steps)}"#, test)
    let found = try #require(result.steps[1].figures.percentileSecondsFromPrevious)
    let expected = ["0": 1, "10": 1.4, "50": 4, "90": 63.2, "99.5": 98.16, "100": 100]
    #expect(found.count == expected.count && expected.allSatisfy { close(found[$0.key] ?? .nan, $0.value) })
    #expect(result.steps[0].figures.percentileSecondsFromPrevious == nil)
  }

  @Test("Bins of the time to convert") func bins() async throws {
    let events = (0..<28).flatMap {
      [TestEvent("\($0)", 0, "a"), TestEvent("\($0)", Int64($0) * second + second / 2, "b")]
    }
    let test = try TestStore(events)
    func bins(_ number: String) async throws -> [[Int64]] {
      let json = #"{"kind": "funnel_time_to_convert", "window_seconds": 99, \#(number) \#(Self.steps)}"#
      guard case .funnelTimes(let times) = try await AnalysisQuery(json: Data(json.utf8)).run(over: test.store) else {
        return []
      }
      #expect(times.averageSeconds == 14 && times.medianSeconds == 14 && times.customers == 28)
      return times.bins
    }
    // 0.5 to 27.5 s; the cube root of 28 is above 3.
    #expect(try await bins("") == [[0, 7], [7, 7], [14, 7], [21, 7], [28, 0]])
    #expect(try await bins(#""bin_count": 2,"#) == [[0, 14], [14, 14], [28, 0]])
  }

  @Test("Steps as they are written on a command line") func text() throws {
    typealias Step = FunnelQuery.Step
    func test(_ name: String, _ rule: PropertyTest.Operator, _ values: String...) -> EventCondition {
      .property(PropertyTest(name, rule, values: values))
    }
    let steps = try Step.list("email_sent, page_view[page=/eid, amount>=10],a|*[p!=x,q,!r,s~t]")
    #expect(steps.map(\.name) == ["email_sent", "page_view[page=/eid, amount>=10]", "a|*[p!=x,q,!r,s~t]"])
    #expect(steps[0].match == [EventMatcher("email_sent")])
    let conditions = [test("page", .exact, "/eid"), test("amount", .gte, "10")]
    #expect(steps[1].match == [EventMatcher("page_view", where: conditions)])
    #expect(
      steps[2].match == [
        EventMatcher("a"),
        EventMatcher(
          nil, where: [test("p", .isNot, "x"), test("q", .isSet), test("r", .isNotSet), test("s", .icontains, "t")]),
      ])
    for wrong in ["a[p=1", "a]", "a,,b", "a[]", "[p=1]", "a[=1]", "a[[p]]", "a[p]b"] {
      #expect(throws: AttributionError.self, "\(wrong)") { try Step.list(wrong) }
    }
  }
}
