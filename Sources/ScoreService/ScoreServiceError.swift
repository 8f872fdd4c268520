/// What can keep the service from starting. The message says operation, object, reason and remedy, never a key.
public struct ScoreServiceError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// A key file cannot be read.
    case unreadable
    /// Keys that nothing can be checked with, or that are too short to be safe.
    case unusableKeys
    /// Settings that would be unsafe or cannot work.
    case settings
    /// The address cannot be listened on.
    case address
  }

  public let code: Code
  public let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
