extension Int128: Summable {}

/// What is counted of cohorts: whole numbers, by the place of the cohort's period.
public struct CohortTally: Sendable, Codable, Equatable {
  /// Customers.
  var sizes = KeyedSums<Int>()
  /// By (cohort, periods after the first): customers, events or minor units.
  var sums = KeyedSums<Int128>()

  mutating func add(_ later: CohortTally) {
    sizes.add(later.sizes)
    sums.add(later.sums)
  }
}
