import Foundation
import Journeys

/// A value of a query's JSON.
package typealias QueryValue = PlacedValue

extension PlacedValue {
  /// Reads the JSON of a query, an object.
  ///
  /// - Throws: `AttributionError.invalidQuery` when it is no JSON.
  package init(json data: Data) throws(AttributionError) {
    do {
      self = try JSONDecoder().decode(PlacedValue.self, from: data)
    } catch {
      throw AttributionError(.invalidQuery, "query: it is no JSON: look for a missing comma, quote or bracket")
    }
  }

  /// An error about this value: `query: 'steps[1].match' …`.
  package func error(_ problem: String, _ code: AttributionError.Code = .invalidQuery) -> AttributionError {
    AttributionError(code, place.isEmpty ? "query: \(problem)" : "query: '\(place)' \(problem)")
  }

  /// That no kind of query has this name, with the one that was probably meant.
  package func unknown(_ name: String, among kinds: [String]) -> AttributionError {
    let hint = nearestName(to: name, among: kinds).map { " Did you mean '\($0)'?" } ?? ""
    return error("is '\(name)'.\(hint) The kinds are \(kinds.joined(separator: ", "))")
  }

  private func typeError(_ wanted: String) -> AttributionError { error("has another type: it is to be \(wanted)") }
}

extension QueryValue {
  /// An object's fields, of which none may be unknown.
  package func object(_ known: [String]) throws(AttributionError) -> QueryObject {
    guard case .object(let fields) = content else { throw typeError("an object {…}") }
    for name in fields.keys.sorted() where !known.contains(name) {
      let hint = nearestName(to: name, among: known).map { " Did you mean '\($0)'?" } ?? ""
      throw error("has no field '\(name)'.\(hint) The fields are: \(known.joined(separator: ", "))")
    }
    return QueryObject(self, fields)
  }

  /// One field of an object whose fields are checked elsewhere.
  package func field(_ name: String) throws(AttributionError) -> QueryValue? {
    guard case .object(let fields) = content else { throw typeError("an object {…}") }
    return fields[name]
  }

  package func list() throws(AttributionError) -> [QueryValue] {
    guard case .list(let list) = content else { throw typeError("a list […]") }
    return list
  }

  package func text() throws(AttributionError) -> String {
    guard case .text(let text) = content else { throw typeError("text in quotes") }
    return text
  }

  package func flag() throws(AttributionError) -> Bool {
    guard case .flag(let flag) = content else { throw typeError("true or false") }
    return flag
  }

  package func integer(_ range: ClosedRange<Int64>) throws(AttributionError) -> Int64 {
    guard case .integer(let integer) = content else { throw typeError("a whole number") }
    guard range ~= integer else {
      throw error("is \(integer), outside of \(range.lowerBound) to \(range.upperBound)")
    }
    return integer
  }

  package func number() throws(AttributionError) -> Double {
    switch content {
    case .integer(let integer): return Double(integer)
    case .number(let number): return number
    default: throw typeError("a number")
    }
  }

  /// Seconds as microseconds, not negative.
  package func seconds(_ longest: Double = 3e11) throws(AttributionError) -> Int64 {
    let seconds = try number()
    guard seconds >= 0, seconds <= longest else { throw error("is negative or too long: it is a number of seconds") }
    return Int64((seconds * 1_000_000).rounded())
  }

  /// One of the names of an enumeration.
  package func choice<Choice: RawRepresentable & CaseIterable>(
    _ type: Choice.Type = Choice.self
  ) throws(AttributionError) -> Choice where Choice.RawValue == String {
    let name = try text()
    guard let choice = Choice(rawValue: name) else {
      let names = Choice.allCases.map(\.rawValue)
      throw error("is '\(name)'; it can be \(names.joined(separator: ", "))")
    }
    return choice
  }

  /// A scalar as the text that properties are compared as: `true`, integers without `.0`.
  package func scalarText() throws(AttributionError) -> String {
    switch content {
    case .text(let text): return text
    case .flag(let flag): return flag ? "true" : "false"
    case .integer(let integer): return String(integer)
    case .number(let number): return number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
    default: throw typeError("text, a number, true or false, or a list of these")
    }
  }
}

/// An object of a query's JSON; null is as good as absent.
package struct QueryObject {
  package let value: QueryValue
  private let fields: [String: QueryValue]

  fileprivate init(_ value: QueryValue, _ fields: [String: QueryValue]) {
    self.value = value
    self.fields = fields
  }

  package subscript(name: String) -> QueryValue? {
    guard let field = fields[name], field.content != .null else { return nil }
    return field
  }

  /// - Throws: that the field is missing.
  package func required(_ name: String) throws(AttributionError) -> QueryValue {
    guard let field = self[name] else { throw value.error("lacks the field '\(name)'") }
    return field
  }

  /// The elements of a list; none when it is absent.
  package func list(_ name: String) throws(AttributionError) -> [QueryValue] { try self[name]?.list() ?? [] }
}
