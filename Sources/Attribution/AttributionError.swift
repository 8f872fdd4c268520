/// What can be wrong with a question about journeys or with a file of paths.
///
/// The message says operation, object, reason and remedy. It never contains a value of a customer's data.
public struct AttributionError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// An event type, channel or model that does not exist.
    case unknownName
    /// A setting outside of what it may be.
    case invalidQuery
    /// A query that is right, but asks for what this version does not answer.
    case unsupported
    /// A file of paths that is not one.
    case malformedPaths
    /// A file that cannot be read.
    case unreadable
    /// More keys than the solver holds in memory, or a system it cannot solve.
    case unsolvable
  }

  public let code: Code
  public let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
