/// One column of a feature table: name, unit, meaning, and how it is read off what is known of a customer.
public struct Feature: Sendable {
  public enum Unit: String, Codable, Sendable {
    case days, count, money, ratio
    case perWeek = "per week"
    /// 0 to 1.
    case share
    /// -1 to 1.
    case balance
    /// 0 or 1.
    case flag

    /// Whether its effect is far nearer to linear in ln(1 + x) than in x, and a single extreme customer weighs little
    /// so.
    var isSkewed: Bool {
      switch self {
      case .days, .count, .money, .perWeek, .ratio: true
      case .share, .balance, .flag: false
      }
    }
  }

  public let name: String
  public let unit: Unit
  public let meaning: String
  /// When the column has no number (NaN); nil for never.
  public let missing: String?
  let value: @Sendable (CustomerTally) -> Double

  init(
    _ name: String, _ unit: Unit, _ meaning: String, missing: String? = nil,
    value: @escaping @Sendable (CustomerTally) -> Double
  ) {
    self.name = name
    self.unit = unit
    self.meaning = meaning
    self.missing = missing
    self.value = value
  }

  /// Unit, meaning and when it is missing, in a line.
  public var description: String { "\(meaning) [\(unit.rawValue)]" + (missing.map { "; missing \($0)" } ?? "") }
}
