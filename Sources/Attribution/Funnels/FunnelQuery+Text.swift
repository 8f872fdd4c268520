extension FunnelQuery.Step {
  /// Reads steps as they are written on a command line: `email_sent,page_view[page=/eid],cart_added|purchase`.
  ///
  /// A step is an event type, `*` for any, or several between `|`. In brackets stand conditions, separated by commas:
  /// `=`, `!=`, `~` (contains), `!~`, `>`, `>=`, `<`, `<=`, or a property alone for one that is set, with `!` before it
  /// for one that is not.
  ///
  /// - Throws: `.invalidQuery` with the step that cannot be read.
  public static func list(_ text: String) throws(AttributionError) -> [FunnelQuery.Step] {
    var steps: [FunnelQuery.Step] = []
    for part in try split(text, at: ",", of: text) {
      var match: [EventMatcher] = []
      for alternative in try split(part, at: "|", of: part) { match.append(try matcher(alternative)) }
      steps.append(FunnelQuery.Step(part.trimmed, match: match))
    }
    return steps
  }

  /// Cuts a text where a separator stands outside of brackets.
  private static func split(
    _ text: String, at separator: Character, of whole: String
  ) throws(AttributionError) -> [String] {
    var (parts, depth) = ([""], 0)
    for character in text {
      if character == "[" { depth += 1 }
      if character == "]" { depth -= 1 }
      guard 0...1 ~= depth else { break }
      if character == separator && depth == 0 {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    guard depth == 0 else {
      throw AttributionError(.invalidQuery, "funnel: the brackets of '\(whole)' do not match")
    }
    return parts
  }

  private static func matcher(_ text: String) throws(AttributionError) -> EventMatcher {
    let name = String(text.prefix { $0 != "[" }).trimmed
    let rest = text.dropFirst(text.prefix { $0 != "[" }.count).description.trimmed
    guard !name.isEmpty, rest.isEmpty || rest.hasSuffix("]") else {
      throw AttributionError(
        .invalidQuery, "funnel: '\(text)' is no step: write an event type, and conditions in brackets behind it")
    }
    var conditions: [EventCondition] = []
    if !rest.isEmpty {
      for condition in rest.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false) {
        conditions.append(.property(try test(String(condition).trimmed, of: text)))
      }
    }
    return EventMatcher(name == "*" ? nil : name, where: conditions)
  }

  /// Longer ones first, as `>` begins `>=`.
  private static let operators: [(String, PropertyTest.Operator)] = [
    ("!=", .isNot), ("!~", .notIcontains), (">=", .gte), ("<=", .lte), ("=", .exact), ("~", .icontains), (">", .gt),
    ("<", .lt),
  ]

  private static func test(_ text: String, of step: String) throws(AttributionError) -> PropertyTest {
    func named(_ name: String) throws(AttributionError) -> String {
      guard !name.isEmpty else {
        throw AttributionError(
          .invalidQuery, "funnel: a condition of '\(step)' names no property; write [page=/eid] or [page]")
      }
      return name
    }
    if let place = text.firstIndex(where: { "=!~<>".contains($0) }), !text.hasPrefix("!") {
      let rest = text[place...]
      for (sign, name) in operators where rest.hasPrefix(sign) {
        let value = String(rest.dropFirst(sign.count)).trimmed
        guard ![.gt, .gte, .lt, .lte].contains(name) || Double(value) != nil else {
          throw AttributionError(
            .invalidQuery, "funnel: '\(sign)' in '\(step)' needs a number behind it, and '\(value)' is none")
        }
        return PropertyTest(try named(String(text[..<place]).trimmed), name, value)
      }
    }
    if text.hasPrefix("!") { return PropertyTest(try named(String(text.dropFirst()).trimmed), .isNotSet, values: []) }
    return PropertyTest(try named(text), .isSet, values: [])
  }
}

extension String {
  fileprivate var trimmed: String {
    let start = drop { $0 == " " }
    return String(start.prefix(start.count - start.reversed().prefix { $0 == " " }.count))
  }
}
