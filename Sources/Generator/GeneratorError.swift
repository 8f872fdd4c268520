/// What can go wrong when events are generated. The message says operation, object, reason and remedy.
public struct GeneratorError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// A setting is out of its range.
    case invalidConfiguration
    /// Text that is no calendar date.
    case malformedDate
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
