import Journeys

/// The column of a store that a property's name in a query means, its values as text.
///
/// A key of `event_data` that is called like a column of the event comes first. A property that the store does not
/// have is missing in every event.
enum PropertyColumn {
  case names(Column<Int32>, NameTable)
  /// Numbers, of which a text's value is `unit` as many.
  case numbers(Column<Int64>, unit: Int64)
  case absent

  init(_ name: String, of store: JourneyStore) {
    let property = (try? store.property("event_data.\(name)")) ?? (try? store.property(name))
    switch property {
    case .names(let codes, let names): self = .names(codes, names)
    case .money(let column): self = .numbers(column, unit: Money.minorPerMajor)
    case .integers(let column): self = .numbers(column, unit: 1)
    case nil: self = .absent
    }
  }

  /// A number of a column as the text that queries compare: `10`, `10.5`, `-0.05`.
  static func text(_ number: Int64, unit: Int64) -> String {
    let (whole, part) = number.magnitude.quotientAndRemainder(dividingBy: UInt64(unit))
    var text = (number < 0 ? "-" : "") + String(whole)
    if part > 0 {
      var digits = String(part + UInt64(unit)).dropFirst()
      while digits.last == "0" { digits.removeLast() }
      text += ".\(digits)"
    }
    return text
  }
}

extension JourneyStore {
  /// What a query names and this store does not have, each with the name that was probably meant.
  ///
  /// A query may ask for what has not happened yet, so this is for a warning; whoever wants an error throws it.
  package func unknownNames(events: [String], properties: [String]) -> [String] {
    var problems: [String] = []
    func add(_ what: String, _ name: String, _ known: [String], _ remedy: String) {
      let hint = nearestName(to: name, among: known).map { " Did you mean '\($0)'?" } ?? ""
      problems.append("journey store \(directory.path) has no \(what) '\(name)'.\(hint) \(remedy)")
    }
    let types = eventTypeNames.names.sorted()
    for name in Set(events).sorted() where eventTypeNames.code(of: name) == nil {
      add("event type", name, types, "It has: \(types.joined(separator: ", "))")
    }
    for name in Set(properties).sorted() {
      guard case .absent = PropertyColumn(name, of: self) else { continue }
      add("property", name, propertyNames, "A key of event_data is kept by 'import --property \(name)'")
    }
    return problems
  }
}

extension EventMatcher {
  /// Properties that the conditions name.
  package var properties: [String] { conditions.flatMap(\.properties) }
}

extension EventCondition {
  package var properties: [String] {
    switch self {
    case .property(let test): [test.property]
    case .all(let conditions), .any(let conditions): conditions.flatMap(\.properties)
    }
  }
}
