/// What an event has to be: of a type, if one is named, and with properties that fulfil all conditions.
///
/// JSON: `{"event": "page_view" | null, "where": [condition…]}`; a null `event` is any type.
public struct EventMatcher: Sendable, Equatable {
  /// Nil for any.
  public var event: String?
  public var conditions: [EventCondition]

  public init(_ event: String?, where conditions: [EventCondition] = []) {
    self.event = event
    self.conditions = conditions
  }
}

/// A condition on the properties of an event.
///
/// JSON: `{"prop": "page", "op": "icontains", "value": "/eid"}`, `{"and": [condition…]}` or `{"or": [condition…]}`.
public indirect enum EventCondition: Sendable, Equatable {
  case property(PropertyTest)
  case all([EventCondition])
  case any([EventCondition])
}

/// A property held against values. A property is a key of `event_data` or a column of the event (`channel`, …).
///
/// Everything is compared as text: `true`, `false`, integers without `.0`; money in major units. With several values
/// one of them has to fit. What an event without the property does is said at the operator.
public struct PropertyTest: Sendable, Equatable {
  public enum Operator: String, Sendable, CaseIterable {
    /// Equal; not when missing.
    case exact
    /// Equal to none of the values; also when missing.
    case isNot = "is_not"
    /// Contains, whatever the case; not when missing.
    case icontains
    /// Contains none of the values; also when missing.
    case notIcontains = "not_icontains"
    /// The expression is found somewhere in the text; not when missing.
    case regex
    /// It is not found; also when missing.
    case notRegex = "not_regex"
    /// As numbers; not when either side is none.
    case gt, gte, lt, lte
    /// The property is there; an empty text is.
    case isSet = "is_set"
    case isNotSet = "is_not_set"
  }

  public var property: String
  public var `operator`: Operator
  public var values: [String]

  public init(_ property: String, _ operator: Operator = .exact, _ values: String...) {
    self.init(property, `operator`, values: values)
  }

  public init(_ property: String, _ operator: Operator = .exact, values: [String]) {
    self.property = property
    self.operator = `operator`
    self.values = values
  }
}

extension EventMatcher: Decodable {
  public init(from decoder: any Decoder) throws { try self.init(QueryValue(from: decoder)) }

  package init(_ json: QueryValue) throws(AttributionError) {
    let fields = try json.object(["event", "where"])
    event = try fields["event"]?.text()
    conditions = try EventCondition.list(fields.list("where"))
  }

  /// Alternatives: at least one.
  package static func alternatives(_ json: QueryValue) throws(AttributionError) -> [EventMatcher] {
    var matchers: [EventMatcher] = []
    for element in try json.list() { matchers.append(try EventMatcher(element)) }
    if matchers.isEmpty { throw json.error(#"is empty: name an event, or write {"event": null} for any"#) }
    return matchers
  }
}

extension EventCondition: Decodable {
  public init(from decoder: any Decoder) throws { try self.init(QueryValue(from: decoder)) }

  package init(_ json: QueryValue) throws(AttributionError) {
    let fields = try json.object(["prop", "op", "value", "and", "or"])
    let kinds = ["prop", "and", "or"].filter { fields[$0] != nil }
    guard kinds.count == 1 else { throw json.error("is to have one of 'prop', 'and' and 'or'") }
    switch kinds[0] {
    case "and": self = .all(try Self.list(fields.list("and")))
    case "or": self = .any(try Self.list(fields.list("or")))
    default: self = .property(try PropertyTest(fields))
    }
  }

  package static func list(_ elements: [QueryValue]) throws(AttributionError) -> [EventCondition] {
    var conditions: [EventCondition] = []
    for element in elements { conditions.append(try EventCondition(element)) }
    return conditions
  }
}

extension PropertyTest {
  fileprivate init(_ fields: QueryObject) throws(AttributionError) {
    property = try fields.required("prop").text()
    `operator` = try fields["op"]?.choice() ?? .exact
    values = []
    if `operator` == .isSet || `operator` == .isNotSet { return }
    let value = try fields.required("value")
    if case .list(let list) = value.content {
      for element in list { values.append(try element.scalarText()) }
    } else {
      values = [try value.scalarText()]
    }
    if let problem = TextTest.problem(self) { throw value.error(problem) }
  }
}
