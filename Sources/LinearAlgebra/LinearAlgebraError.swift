/// What a solver could not do, for which matrix, why, and what to do about it.
public struct LinearAlgebraError: Error, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    case dimensionMismatch, notFinite, notPositiveDefinite, notSubstochastic, singular, notConverged, tooLarge, library
  }

  public let code: Code
  public let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}
