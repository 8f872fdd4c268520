/// What can go wrong with tables, fits, model files and the registry.
///
/// The message says operation, object, reason and remedy. It never contains a value of a customer's data.
public struct ModelError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// A file or directory cannot be read.
    case unreadable
    /// A file or directory cannot be written.
    case unwritable
    /// A table whose text or shape is not what it should be.
    case malformedTable
    /// A column, level, task, version or setting that does not exist.
    case unknownName
    /// Criteria of a segment that are not what they should be.
    case malformedCriteria
    /// A setting outside of what makes sense.
    case invalidSetting
    /// Rows from which nothing can be learnt: none, or of one class only.
    case untrainable
    /// An optimiser that could not go on.
    case notConverged
    /// A model or card that is damaged or not ours.
    case foreignModel
  }

  public let code: Code
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
