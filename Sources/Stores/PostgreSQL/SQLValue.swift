/// A parameter of a statement or a field of a copied row. The server converts it to the type that the place has.
public enum SQLValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  /// Text, or any other type in PostgreSQL's text form: a UUID, a date, a number with decimals, JSON.
  case text(String)

  /// The text form; nil for null.
  var text: String? {
    switch self {
    case .null: nil
    case .bool(let value): value ? "t" : "f"
    case .int(let value): String(value)
    case .double(let value): value.description
    case .text(let value): value
    }
  }
}

extension SQLValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .text(value) }
  public init(integerLiteral value: Int64) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(nilLiteral: ()) { self = .null }
}

/// A name as PostgreSQL quotes it.
func quoted(_ name: String) -> String {
  "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}
