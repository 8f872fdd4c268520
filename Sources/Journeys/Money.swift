import Foundation

/// Money in whole minor units (1 BDT = 100), so that sums are exact.
public enum Money {
  /// The mark of "no amount" in a column: the smallest int64.
  public static let none = Int64.min

  /// Minor units per major unit. One rate for all currencies that the platform uses.
  public static let minorPerMajor: Int64 = 100

  public struct Rounded: Equatable, Sendable {
    public var minor: Int64
    /// Whether decimals beyond the minor unit were dropped.
    public var inexact: Bool

    public init(minor: Int64, inexact: Bool) {
      self.minor = minor
      self.inexact = inexact
    }
  }

  /// Major units as a decimal number to minor units, rounded half to even.
  ///
  /// The double stands for the shortest decimal that reads back as it, which is what its writer meant:
  /// 10.005 is a tie (to 10.00) although the double lies below it. Nil when it does not fit.
  public static func minor(fromMajor major: Double) -> Rounded? {
    guard major.isFinite, abs(major) < 9.0e16 else { return nil }
    let nearest = (major * 100).rounded(.toNearestOrEven)
    // Reads back exactly: at most two decimals.
    if nearest / 100 == major { return Rounded(minor: Int64(nearest), inexact: false) }
    guard let decimal = Decimal(string: major.description, locale: nil) else { return nil }
    var scaled = decimal * 100
    var rounded = Decimal()
    NSDecimalRound(&rounded, &scaled, 0, .bankers)
    return Rounded(minor: NSDecimalNumber(decimal: rounded).int64Value, inexact: rounded != scaled)
  }

  /// Minor units as major ones, for JSON, MongoDB and PostgreSQL.
  @inlinable public static func major(_ minor: Int64) -> Double { Double(minor) / 100 }
}
