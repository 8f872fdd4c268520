/// The shares of the position-based model.
///
/// A single touch has all. Of two, the first has f / (f + l) and the last l / (f + l), halves if both are 0. Of three
/// and more the first has f, the last l, the middle one (the touch n/2, rounded up) m, and the others divide the rest;
/// where there are no others, f, m and l are scaled to one. Source: Adobe Analytics, "Attribution models"; W after
/// HubSpot, whose lead-creating touch is here the middle one.
public struct PositionWeights: Sendable, Equatable, Codable {
  public var first: Double
  /// 0 for a middle touch that is like the others.
  public var middle: Double
  public var last: Double

  public static let u = PositionWeights(uncheckedFirst: 0.4, middle: 0, last: 0.4)
  public static let w = PositionWeights(uncheckedFirst: 0.3, middle: 0.3, last: 0.3)
  public static let j = PositionWeights(uncheckedFirst: 0.2, middle: 0, last: 0.6)
  public static let inverseJ = PositionWeights(uncheckedFirst: 0.6, middle: 0, last: 0.2)

  private init(uncheckedFirst first: Double, middle: Double, last: Double) {
    (self.first, self.middle, self.last) = (first, middle, last)
  }

  /// - Parameter text: `u`, `w`, `j`, `inverse-j`, or three shares as in `0.4,0.2,0.4`: first, all between, last.
  /// - Throws: `.invalidQuery` for anything else, and for shares that are negative or do not add up to one.
  public init(_ text: String) throws(AttributionError) {
    switch text.lowercased() {
    case "u": self = .u
    case "w": self = .w
    case "j": self = .j
    case "inverse-j": self = .inverseJ
    default:
      let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
      guard numbers.count == 3, let first = numbers[0], let rest = numbers[1], let last = numbers[2],
        first >= 0, rest >= 0, last >= 0, first.isFinite, rest.isFinite, last.isFinite
      else {
        throw AttributionError(
          .invalidQuery,
          "weights '\(text)' are neither u, w, j, inverse-j nor three shares for the first touch, those between and the "
            + "last, such as 0.4,0.2,0.4")
      }
      let sum = first + rest + last
      guard abs(sum - 1) < 1e-9 else {
        throw AttributionError(
          .invalidQuery,
          "weights '\(text)' add up to \(sum), not to 1; "
            + (sum > 0 ? "with the same proportions: \(first / sum),\(rest / sum),\(last / sum)" : "give some share"))
      }
      self.init(uncheckedFirst: first, middle: 0, last: last)
    }
  }

  /// The share of the first, the middle, the last and each other touch of a path.
  func shares(touches: Int) -> (first: Double, middle: Double, last: Double, other: Double) {
    let ends = first + last
    switch touches {
    case ...1: return (1, 0, 0, 0)
    case 2: return ends > 0 ? (first / ends, 0, last / ends, 0) : (0.5, 0, 0.5, 0)
    default:
      let hasMiddle = middle > 0
      let others = touches - (hasMiddle ? 3 : 2)
      if others == 0 {
        let sum = ends + middle
        return (first / sum, middle / sum, last / sum, 0)
      }
      return (first, middle, last, max(0, 1 - ends - middle) / Double(others))
    }
  }

  /// Whose middle touch is told from the others.
  static func middle(touches: Int) -> Int { (touches + 1) / 2 - 1 }
}
