/// What can go wrong with events, files and journey stores.
///
/// The message says operation, object, reason and remedy. It never contains a value of a customer's data.
public struct JourneyError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// A file or directory cannot be read.
    case unreadable
    /// A file or directory cannot be written.
    case unwritable
    /// The directory is no journey store, or one of a format this version does not know.
    case foreignStore
    /// A column is missing, truncated or does not match the manifest.
    case damagedStore
    /// A name (column, property, time zone, ...) that does not exist.
    case unknownName
    /// Text that is not what it should be: a duration, a date, a column mapping.
    case malformedText
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
