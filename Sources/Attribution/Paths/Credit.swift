/// Conversions and revenue, whole or a part of them.
struct Credit: Summable {
  var conversions: Double
  /// Major units.
  var revenue: Double

  static let zero = Credit(conversions: 0, revenue: 0)

  static func += (total: inout Credit, other: Credit) {
    total.conversions += other.conversions
    total.revenue += other.revenue
  }

  static func * (credit: Credit, factor: Double) -> Credit {
    Credit(conversions: credit.conversions * factor, revenue: credit.revenue * factor)
  }
}
