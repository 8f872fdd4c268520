import Attribution
import Foundation
import Journeys
import Testing

private func conditions(_ json: String) throws -> [EventCondition] {
  try JSONDecoder().decode([EventCondition].self, from: Data(json.utf8))
}

@Suite("Matching events") struct EventClassifierTests {
  /// The events that fulfil a condition, each with value `value` of property `p`, nil for one without.
  private func passing(_ condition: String, _ values: [String?]) throws -> [String?] {
    let events = values.enumerated().map { TestEvent("c", Int64($0), "e", data: $1.map { ["p": $0] } ?? [:]) }
    let test = try TestStore(events, properties: ["p"])
    let matcher = EventMatcher(nil, where: try conditions("[\(condition)]"))
    let classifier = try EventClassifier([[matcher]], of: test.store)
    return values.indices.filter { classifier.mask($0) == 1 }.map { values[$0] }
  }

  private static let texts: [String?] = ["10", "9", "abc", "Abc", "true", "", "1e1", "0x10", nil]

  @Test(
    "Operators",
    arguments: [
      (#""op": "exact", "value": 10"#, ["10"]), (#""value": "abc""#, ["abc"]), (#""value": true"#, ["true"]),
      (#""value": 10.0"#, ["10"]), (#""value": ["9", "abc"]"#, ["9", "abc"]),
      (#""op": "is_not", "value": ["9", "abc", ""]"#, ["10", "Abc", "true", "1e1", "0x10", nil]),
      (#""op": "icontains", "value": "AB""#, ["abc", "Abc"]),
      (#""op": "not_icontains", "value": ["B", "1"]"#, ["9", "true", "", nil]),
      (#""op": "regex", "value": "^[a-c]+$""#, ["abc"]), (#""op": "regex", "value": "b"# + #"c""#, ["abc", "Abc"]),
      (#""op": "not_regex", "value": "[0-9]""#, ["abc", "Abc", "true", "", nil]),
      (#""op": "gt", "value": 9"#, ["10", "1e1"]), (#""op": "gte", "value": "9""#, ["10", "9", "1e1"]),
      (#""op": "lt", "value": 10"#, ["9"]), (#""op": "lte", "value": 9.5"#, ["9"]), (#""op": "gt", "value": "x""#, []),
      (#""op": "is_set""#, ["10", "9", "abc", "Abc", "true", "", "1e1", "0x10"]), (#""op": "is_not_set""#, [nil]),
    ] as [(String, [String?])])
  func operators(_ rule: String, _ expected: [String?]) throws {
    #expect(try passing(#"{"prop": "p", \#(rule)}"#, Self.texts) == expected)
  }

  @Test("and and or, nested") func nesting() throws {
    let (a, b) = (#"{"prop": "p", "op": "gt", "value": 9}"#, #"{"prop": "p", "value": "abc"}"#)
    #expect(try passing(#"{"or": [\#(a), \#(b)]}"#, Self.texts) == ["10", "abc", "1e1"])
    #expect(try passing(#"{"and": [\#(a), {"prop": "p", "op": "regex", "value": "e"}]}"#, Self.texts) == ["1e1"])
    #expect(try passing(#"{"and": [{"or": [\#(b), \#(a)]}, {"or": [\#(b)]}]}"#, Self.texts) == ["abc"])
    #expect(try passing(#"{"or": []}"#, Self.texts) == [])
    #expect(try passing(#"{"and": []}"#, Self.texts) == Self.texts)
  }

  @Test("Random conditions are what their definition says") func random() throws {
    var random = TestRandom(7)
    var events: [TestEvent] = []
    for time in 0..<400 {
      var event = TestEvent("c", Int64(time), ["a", "b"].randomElement(using: &random)!)
      event.amount = [nil, 0, 50, 1000, 1050, -5].randomElement(using: &random)!
      for key in ["p", "q"] {
        if let value = ["1", "2", "10", "x", nil].randomElement(using: &random)! { event.data[key] = value }
      }
      events.append(event)
    }
    let test = try TestStore(events, properties: ["p", "q"])
    func condition(_ depth: Int) -> EventCondition {
      if depth > 0 && Bool.random(using: &random) {
        let parts = (0..<Int.random(in: 0...3, using: &random)).map { _ in condition(depth - 1) }
        return Bool.random(using: &random) ? .all(parts) : .any(parts)
      }
      let values = (0..<Int.random(in: 1...2, using: &random)).map { _ in
        ["1", "2", "10", "x", "0.5", "-0.05", "10.5"].randomElement(using: &random)!
      }
      return .property(
        PropertyTest(
          ["p", "q", "amount", "nowhere"].randomElement(using: &random)!,
          PropertyTest.Operator.allCases.randomElement(using: &random)!, values: values))
    }
    for _ in 0..<300 {
      let (first, second, filter) = (condition(2), condition(2), condition(1))
      let classifier = try EventClassifier(
        [[EventMatcher("a", where: [first]), EventMatcher(nil, where: [second])], [EventMatcher("b")]],
        where: [filter], of: test.store)
      for (place, event) in events.enumerated() {
        var expected: UInt64 = 0
        if Self.holds(filter, event) {
          if event.type == "a" && Self.holds(first, event) || Self.holds(second, event) { expected |= 1 }
          if event.type == "b" { expected |= 2 }
        }
        #expect(classifier.mask(place) == expected)
      }
    }
  }

  /// The definition.
  private static func holds(_ condition: EventCondition, _ event: TestEvent) -> Bool {
    switch condition {
    case .all(let parts): return parts.allSatisfy { holds($0, event) }
    case .any(let parts): return parts.contains { holds($0, event) }
    case .property(let test):
      let amounts: [Int64: String] = [0: "0", 50: "0.5", 1000: "10", 1050: "10.5", -5: "-0.05"]
      let text = test.property == "amount" ? event.amount.flatMap { amounts[$0] } : event.data[test.property]
      func any(_ isFound: (String, String) -> Bool) -> Bool { test.values.contains { isFound(text ?? "", $0) } }
      func number(_ compare: (Double, Double) -> Bool) -> Bool {
        text != nil && any { if let a = Double($0), let b = Double($1) { compare(a, b) } else { false } }
      }
      switch test.operator {
      case .exact: return text != nil && any(==)
      case .isNot: return text == nil || !any(==)
      case .icontains: return text != nil && any { $0.contains($1) }
      case .notIcontains: return text == nil || !any { $0.contains($1) }
      // Of these values a regular expression's dot matches any character.
      case .regex: return text != nil && any { $0.range(of: $1, options: .regularExpression) != nil }
      case .notRegex: return text == nil || !any { $0.range(of: $1, options: .regularExpression) != nil }
      case .gt: return number(>)
      case .gte: return number(>=)
      case .lt: return number(<)
      case .lte: return number(<=)
      case .isSet: return text != nil
      case .isNotSet: return text == nil
      }
    }
  }

  @Test("A key of event_data that is named like a column of the event is the key") func namesake() throws {
    var event = TestEvent("c", 0, "e", channel: "email", data: ["channel": "mine"])
    let both = try TestStore([event], properties: ["channel"])
    event.data = [:]
    let one = try TestStore([event])
    func matches(_ value: String, _ test: TestStore) throws -> Bool {
      let matcher = EventMatcher("e", where: [.property(PropertyTest("channel", .exact, value))])
      return try EventClassifier([[matcher]], of: test.store).mask(0) == 1
    }
    #expect(try matches("mine", both) && !matches("email", both))
    #expect(try matches("email", one))
  }

  @Test(
    "Malformed conditions say where and what to do",
    arguments: [
      (#"[{"prop": "p", "op": "is", "value": 1}]"#, "'[0].op' is 'is'; it can be exact"),
      (#"[{"prop": "p"}]"#, "'[0]' lacks the field 'value'"), (#"[{"value": 1}]"#, "one of 'prop', 'and' and 'or'"),
      (#"[{"prop": "p", "valeu": 1}]"#, "no field 'valeu'. Did you mean 'value'?"),
      (#"[{"and": [{"prop": 3}]}]"#, "'[0].and[0].prop' has another type"),
      (#"[{"prop": "p", "op": "regex", "value": "("}]"#, "no regular expression"),
    ])
  func malformed(_ json: String, _ problem: String) {
    let error = #expect(throws: AttributionError.self) { try conditions(json) }
    #expect(error?.message.contains(problem) ?? false, "\(error?.message ?? "")")
  }

  @Test("Unknown names are said with their nearest") func unknown() throws {
    let test = try TestStore([TestEvent("c", 0, "purchase")])
    let problems = test.store.unknownNames(events: ["purchas", "purchase"], properties: ["devise", "page"])
    #expect(problems.count == 3)
    #expect(problems[0].contains("'purchas'. Did you mean 'purchase'?"))
  }
}
