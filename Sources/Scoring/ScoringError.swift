/// What can go wrong when scores are made, written or looked up; the databases' own failures are `StoreError`s.
///
/// The message says operation, object, reason and remedy. It never contains a value of a customer's data.
public struct ScoringError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// No model is promoted.
    case noChampion
    /// The store's events end long before the date to score as of.
    case staleStore
    /// More customers were asked for at once than may be.
    case tooMany
  }

  public let code: Code
  public let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
