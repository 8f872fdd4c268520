/// What went wrong with a database: operation, object, reason and remedy.
///
/// The message never holds a bound value, a document's field or a password. Databases like to quote the offending value,
/// so their texts pass through `Redaction` first.
public struct StoreError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// A connection setting that cannot work: malformed URL, unknown option, unknown database.
    case settings
    /// The server is away, too busy, or took too long.
    case unavailable
    /// The server does not accept the user or the password.
    case authentication
    /// The user may not do this.
    case permission
    /// The statement or command itself is wrong for this server: syntax, unknown table, unknown operator.
    case query
    /// A unique key exists already.
    case duplicate
    /// Another rule of the schema: not null, foreign key, check, document size.
    case constraint
    /// A value does not fit its type.
    case value
    /// Concurrent writers got in each other's way.
    case conflict
    /// What was read is not what it should be: damaged BSON, a column of another type.
    case malformed
  }

  public let code: Code
  public let message: String
  /// Whether the same call can succeed later without anybody changing anything.
  public let isRetriable: Bool
  /// The server's own code, if it gave one: an SQLSTATE or MongoDB's number.
  public let serverCode: String?

  package init(_ code: Code, _ message: String, isRetriable: Bool = false, serverCode: String? = nil) {
    self.code = code
    self.message = message
    self.isRetriable = isRetriable
    self.serverCode = serverCode
  }

  public var description: String { message }
}

extension StoreError.Code {
  /// What the reader of the message can do about it.
  var remedy: String {
    switch self {
    case .settings: "check the connection settings"
    case .unavailable: "check that the server runs and can be reached, then try again"
    case .authentication: "check user and password in the connection settings"
    case .permission: "grant the user the right to do this"
    case .query: "check that the schema is up to date (migrate) and the server's version is supported"
    case .duplicate: "the same key is there already"
    case .constraint: "the data break a rule of the schema"
    case .value: "a value does not fit its column's type"
    case .conflict: "try again"
    case .malformed: "the data were written by something else or are damaged"
    }
  }
}
