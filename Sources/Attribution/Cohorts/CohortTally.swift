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

/// A `CohortTally` in a loop.
struct CohortCounts: ~Copyable {
  var sizes: PairSums<Int>
  var sums: PairSums<Int128>

  init(periods: Int, columns: Int) {
    sizes = PairSums(rows: 1, columns: periods)
    sums = PairSums(rows: periods, columns: columns)
  }

  consuming func add(to tally: inout CohortTally) {
    sizes.add(to: &tally.sizes)
    sums.add(to: &tally.sums)
  }
}
