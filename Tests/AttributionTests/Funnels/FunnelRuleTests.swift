import Attribution
import Foundation
import Journeys
import Testing

/// Random journeys of few instants and types, with a property.
func randomJourneys(_ seed: UInt64, customers: Int = 80, longest: Int = 9, instants: Int64 = 14) -> [TestEvent] {
  var random = TestRandom(seed)
  var events: [TestEvent] = []
  for customer in 0..<customers {
    for _ in 0..<Int.random(in: 1...longest, using: &random) {
      let time = Int64.random(in: 0...instants, using: &random) * second
      let type = ["a", "b", "c", "d", "x"].randomElement(using: &random)!
      let value = ["1", "2", "3", nil].randomElement(using: &random)!
      events.append(TestEvent("\(customer)", time, type, data: value.map { ["p": $0] } ?? [:]))
    }
  }
  return events
}

@Suite("Rules of funnels") struct FunnelRuleTests {
  typealias Step = FunnelQuery.Step

  private static func step(_ name: String, _ change: (inout Step) -> Void) -> Step {
    var step = Step(name)
    change(&step)
    return step
  }

  /// Questions by what they are about.
  static let questions: [(String, FunnelQuery)] = {
    var questions: [(String, FunnelQuery)] = []
    func add(_ name: String, _ steps: [Step], window: Int64 = 6, _ change: (inout FunnelQuery) -> Void) {
      var query = FunnelQuery(steps, window: window * second)
      change(&query)
      questions.append((name, query))
    }
    let abc = ["a", "b", "c"].map { Step($0) }
    let overlapping = [Step("a or b", events: ["a", "b"]), Step("b"), Step("any", events: [nil])]
    add("strict", abc) { $0.mode = .strict }
    add("strict, steps that overlap", overlapping) { $0.mode = .strict }
    add("strict, in a period", abc) {
      $0.mode = .strict
      $0.period = 3 * second...11 * second
    }
    add("unordered", abc) { $0.mode = .unordered }
    add("unordered, steps that overlap", overlapping, window: 3) { $0.mode = .unordered }
    add("excluded between two", abc) { $0.exclusions = [.init([EventMatcher("x")], from: 0, to: 1)] }
    add("excluded everywhere, and an event that is a step too", abc + [Step("x")], window: 9) {
      $0.exclusions = [
        .init([EventMatcher("d")], from: 0, to: 3), .init([EventMatcher("a")], from: 1, to: 2),
      ]
    }
    add("exclusions stop the chain", abc) {
      $0.exclusions = [.init([EventMatcher("x")], from: 0, to: 2)]
      $0.exclusionRule = .stopChain
    }
    add("strict with exclusions", overlapping) {
      $0.mode = .strict
      $0.exclusions = [.init([EventMatcher("x")], from: 0, to: 1)]
    }
    add("an optional step", [Step("a"), step("b") { $0.isOptional = true }, Step("c"), Step("d")], window: 9) { _ in }
    add(
      "optional steps at the end", [Step("a"), step("b") { $0.isOptional = true }, step("c") { $0.isOptional = true }]
    ) { _ in }
    add("steps in time", [Step("a"), step("b") { $0.within = 2 * second }, step("c") { $0.within = second }]) { _ in }
    add("steps not too soon", [Step("a"), step("b") { $0.gap = 2 * second }, step("c") { $0.gap = second }], window: 9)
    { _ in }
    add("not too soon, in time", [Step("a"), step("b") { ($0.gap, $0.within) = (2 * second, 4 * second) }, Step("c")]) {
      _ in
    }
    add("arrival decides", overlapping) { $0.sameInstant = .arrivalOrder }
    add("held constant", abc, window: 14) { $0.constants = ["p"] }
    add("held constant, unordered", abc, window: 14) { ($0.constants, $0.mode) = (["p"], .unordered) }
    return questions
  }()

  @Test("Equal to the definition", arguments: questions.indices) func naive(_ index: Int) async throws {
    let (name, query) = Self.questions[index]
    for seed in 1...6 as ClosedRange<UInt64> {
      // The definition of the mode without an order tries every way.
      let events = randomJourneys(seed, longest: query.mode == .unordered ? 7 : 12)
      let test = try TestStore(events, properties: ["p"])
      let naive = NaiveFunnel(query)
      let furthest = naive.furthest(events)
      let result = try await Funnel(query, of: test.store, listingCustomers: true).run(over: test.store)
      for (step, found) in result.steps.enumerated() {
        let reached = furthest.values.map(\.times).filter { $0[step] != nil }
        #expect(found.customers == reached.count, "\(name): step \(step), seed \(seed)")
        let waits = reached.compactMap { times in
          times.keys.filter { $0 < step }.max().map { Double(times[step]! - times[$0]!) / 1e6 }
        }
        let mean = waits.isEmpty ? nil : waits.reduce(0, +) / Double(waits.count)
        #expect(
          found.averageSecondsFromPrevious.map { close($0, mean ?? .nan) } ?? (mean == nil),
          "\(name): times of step \(step), seed \(seed)")
      }
      let answer = FunnelQueryResult(result, of: test.store)
      for completed in 1...query.steps.count {
        let expected = furthest.filter { naive.completed($0.value) == completed }.keys
        let found = answer.usersAt.first { $0.exactly == [completed] }?.users ?? []
        #expect(Set(found) == Set(expected), "\(name): exactly \(completed), seed \(seed)")
      }
    }
  }

  @Test("Any cut and any number of threads give the same", arguments: questions.indices) func laws(_ index: Int)
    async throws
  {
    var query = Self.questions[index].1
    query.breakdown = .init(["p"], attribution: .allEvents, limit: 2)
    let test = try TestStore(randomJourneys(3, customers: 150), properties: ["p"])
    let funnel = try Funnel(query, of: test.store, listingCustomers: true, observingMaturity: true)
    try await checkLaws(funnel, test.store, seed: UInt64(index))
  }

  @Test("Times between steps are kept where any chain keeps them") func anyChain() async throws {
    // Without two events of one instant a chain exists or not, whoever looks for it.
    for index in Self.questions.indices where Self.questions[index].1.steps.contains(where: { $0.gap > 0 }) {
      let query = Self.questions[index].1
      var seen: Set<String> = []
      let events = randomJourneys(9, customers: 200).filter { seen.insert("\($0.customer) \($0.time)").inserted }
      let test = try TestStore(events, properties: ["p"])
      let result = try await Funnel(query, of: test.store).run(over: test.store)
      let journeys = NaiveFunnel(query).journeys(events).values
      func exists(_ events: [TestEvent], _ step: Int, _ last: Int64, _ start: Int64, _ upTo: Int) -> Bool {
        if step > upTo { return true }
        let (gap, within) = (query.steps[step].gap, query.steps[step].within ?? Int64.max)
        return events.contains {
          $0.type == query.steps[step].name && $0.time > last && $0.time - last >= gap && $0.time - last <= within
            && $0.time - start <= query.window && exists(events, step + 1, $0.time, start, upTo)
        }
      }
      for step in query.steps.indices {
        let expected = journeys.count { journey in
          journey.contains { $0.type == "a" && exists(journey, 1, $0.time, $0.time, step) }
        }
        #expect(result.steps[step].customers == expected)
      }
    }
  }

  @Test("Attempts follow one another", arguments: FunnelQuery.Mode.allCases) func attempts(_ mode: FunnelQuery.Mode)
    async throws
  {
    var query = FunnelQuery(["a", "b", "c"].map { Step($0) }, window: 4 * second)
    (query.mode, query.counting) = (mode, .attempts)
    func counts(_ journey: String) async throws -> [Int] {
      let events = journey.enumerated().filter { $1 != "." }.map { TestEvent("1", Int64($0) * second, "\($1)") }
      let test = try TestStore(events)
      return try await Funnel(query, of: test.store).run(over: test.store).steps.map(\.customers)
    }
    switch mode {
    case .ordered:
      #expect(try await counts("abcabc") == [2, 2, 2])
      // The second a falls into the attempt of the first, the third does not.
      #expect(try await counts("aba...abc") == [2, 2, 1])
      #expect(try await counts("aaaaaaaaaa") == [2, 0, 0])
      #expect(try await counts("bcaxbxc") == [1, 1, 1])
    case .strict:
      #expect(try await counts("abcabc") == [2, 2, 2])
      #expect(try await counts("axabxabc") == [3, 2, 1])
      #expect(try await counts("aabac") == [3, 1, 0])
    case .unordered:
      #expect(try await counts("cbabca") == [2, 2, 2])
      #expect(try await counts("c.....ba") == [2, 1, 0])
    }
  }

  @Test("Only a first event ever is a step, by two rules") func firstTime() async throws {
    let buy = EventMatcher("buy", where: [.property(PropertyTest("p", .exact, "big"))])
    let events = [
      TestEvent("old", 0, "buy", data: ["p": "big"]), TestEvent("old", 20, "buy", data: ["p": "big"]),
      TestEvent("new", 20, "buy", data: ["p": "big"]), TestEvent("grown", 5, "buy", data: ["p": "small"]),
      TestEvent("grown", 20, "buy", data: ["p": "big"]),
    ]
    let test = try TestStore(events, properties: ["p"])
    for (rule, expected) in [(Step.FirstTime.matching, ["grown", "new"]), (.event, ["new"])] {
      var query = FunnelQuery([Step("first big order", match: [buy])], window: 0, period: 10...30)
      query.steps[0].firstTime = rule
      let result = try await Funnel(query, of: test.store, listingCustomers: true).run(over: test.store)
      #expect(FunnelQueryResult(result, of: test.store).steps[0].users == expected)
    }
  }

  @Test("Conditions on steps and on every event, on the fast and on the general way") func conditions() async throws {
    let events = randomJourneys(4, customers: 300, longest: 20)
    let test = try TestStore(events, properties: ["p"])
    var query = FunnelQuery(
      [
        Step("a of 1", match: [EventMatcher("a", where: [.property(PropertyTest("p", .exact, "1"))])]),
        Step(
          "b or c without",
          match: [
            EventMatcher("b"), EventMatcher("c", where: [.property(PropertyTest("p", .isNotSet))]),
          ]),
      ], window: 5 * second)
    query.conditions = [.property(PropertyTest("p", .isNot, "3"))]
    let fast = try await Funnel(query, of: test.store).run(over: test.store)
    let general = try await Funnel(query, of: test.store, listingCustomers: true).run(over: test.store)
    #expect(fast.steps == general.steps)
    // The same by types alone.
    let renamed = events.filter { $0.data["p"] != "3" }.compactMap { event -> TestEvent? in
      var event = event
      switch (event.type, event.data["p"]) {
      case ("a", "1"?): event.type = "A"
      case ("b", _), ("c", nil): event.type = "B"
      default: return nil
      }
      return event
    }
    let other = try TestStore(renamed)
    let plain = try await Funnel(FunnelQuery([Step("A"), Step("B")], window: 5 * second), of: other.store)
      .run(over: other.store)
    #expect(fast.steps.map(\.customers) == plain.steps.map(\.customers))
    #expect(fast.steps[1].averageSecondsFromPrevious == plain.steps[1].averageSecondsFromPrevious)
  }

  @Test(
    "Breakdowns are funnels of the customers or events of a value",
    arguments: FunnelQuery.Breakdown.Attribution.allCases)
  func breakdowns(_ attribution: FunnelQuery.Breakdown.Attribution) async throws {
    let events = randomJourneys(11, customers: 200)
    let test = try TestStore(events, properties: ["p"])
    let plain = FunnelQuery(["a", "b"].map { Step($0) }, window: 6 * second)
    var query = plain
    query.breakdown = .init(["p"], attribution: attribution, step: 0)
    let result = try await Funnel(query, of: test.store).run(over: test.store)
    let naive = NaiveFunnel(plain)
    for value in ["1", "2", "3", ""] {
      var expected = [0, 0]
      for journey in naive.journeys(events).values {
        let steps = journey.filter { $0.type == "a" || $0.type == "b" }
        func text(_ event: TestEvent) -> String { event.data["p"] ?? "" }
        var own = journey
        switch attribution {
        case .firstTouch: if (steps.first { text($0) != "" }.map(text) ?? "") != value { continue }
        case .lastTouch: if (steps.last { text($0) != "" }.map(text) ?? "") != value { continue }
        case .allEvents: own = journey.filter { text($0) == value }
        case .step: own = journey.filter { $0.type != "a" || text($0) == value }
        }
        let times = naive.run(own).times
        for step in 0...1 where times[step] != nil { expected[step] += 1 }
      }
      let found = result.breakdowns.first { $0.value == [value] }?.steps.map(\.customers) ?? [0, 0]
      #expect(found == expected, "\(value)")
    }
  }

  @Test("Beyond the limit values are Other, together") func other() async throws {
    let events = randomJourneys(12, customers: 100)
    let test = try TestStore(events, properties: ["p"])
    var query = FunnelQuery([Step("a")], window: second)
    query.breakdown = .init(["p"], attribution: .allEvents, limit: 1)
    let result = try await Funnel(query, of: test.store).run(over: test.store)
    let counts = Dictionary(grouping: events.filter { $0.type == "a" }) { $0.data["p"] ?? "" }
    let most = counts.map { ($0.value.count, $0.key) }.max { $0 < $1 }!.1
    #expect(result.breakdowns.map(\.value) == [[most], ["Other"]])
    let others = Set(events.filter { $0.type == "a" && ($0.data["p"] ?? "") != most }.map(\.customer))
    #expect(result.breakdowns[1].steps[0].customers == others.count)
  }
}
