import Journeys

/// Conversions and revenue in whole numbers, so that any order of adding gives the same.
struct ExactCredit: Summable {
  var conversions: Int
  /// Minor units; 128 bits, because a touch's amount is added once for every place in a path.
  var revenue: Int128

  static let zero = ExactCredit(conversions: 0, revenue: 0)

  @inline(__always)
  static func += (total: inout ExactCredit, other: ExactCredit) {
    total.conversions &+= other.conversions
    total.revenue &+= other.revenue
  }

  var inDoubles: Credit {
    Credit(conversions: Double(conversions), revenue: Double(revenue) / Double(Money.minorPerMajor))
  }
}
