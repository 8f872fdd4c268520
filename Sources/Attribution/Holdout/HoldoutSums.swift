/// What is counted of one group of one experiment: whole numbers, so that every cut adds up to the same.
struct HoldoutSums: Summable {
  static let zero = HoldoutSums()

  var customers = 0
  /// Customers with a conversion.
  var converting = 0
  var conversions = 0
  /// Σ over customers of their conversions squared.
  var conversionsSquared: Int128 = 0
  /// Minor units, and Σ over customers of their revenue squared.
  var revenue: Int128 = 0
  var revenueSquared: Int128 = 0
  /// Whether a square or a sum of squares passed 2^127. They are never negative, so that no order of adding hides it.
  var isOverflown = false
  /// Later assignments that contradict the first; they change nothing.
  var conflicting = 0

  init() {}

  /// One customer.
  init(conversions: Int, revenue: Int128, conflicting: Int) {
    customers = 1
    converting = conversions > 0 ? 1 : 0
    self.conversions = conversions
    conversionsSquared = Int128(conversions) * Int128(conversions)
    self.revenue = revenue
    (revenueSquared, isOverflown) = revenue.multipliedReportingOverflow(by: revenue)
    self.conflicting = conflicting
  }

  static func += (total: inout HoldoutSums, other: HoldoutSums) {
    total.customers += other.customers
    total.converting += other.converting
    total.conversions += other.conversions
    total.conversionsSquared += other.conversionsSquared
    total.revenue += other.revenue
    let (sum, overflow) = total.revenueSquared.addingReportingOverflow(other.revenueSquared)
    total.revenueSquared = sum
    total.isOverflown = total.isOverflown || other.isOverflown || overflow
    total.conflicting += other.conflicting
  }
}
