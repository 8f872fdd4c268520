/// Conversions and revenue, whole or a part of them.
package struct Credit: Sendable, Equatable {
  package var conversions: Double
  /// Major units.
  package var revenue: Double

  package init(conversions: Double, revenue: Double) {
    self.conversions = conversions
    self.revenue = revenue
  }

  package static let zero = Credit(conversions: 0, revenue: 0)

  package static func += (total: inout Credit, other: Credit) {
    total.conversions += other.conversions
    total.revenue += other.revenue
  }

  package static func + (a: Credit, b: Credit) -> Credit {
    Credit(conversions: a.conversions + b.conversions, revenue: a.revenue + b.revenue)
  }

  package static func * (credit: Credit, factor: Double) -> Credit {
    Credit(conversions: credit.conversions * factor, revenue: credit.revenue * factor)
  }
}

extension Credit: Summable {}
