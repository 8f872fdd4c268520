extension Int128: Summable {}

/// What is counted of cohorts: whole numbers. A cohort is (acquisition, place of its period), as one number.
public struct CohortTally: Sendable, Codable, Equatable {
  /// Customers.
  var sizes = KeyedSums<Int>()
  /// By (cohort, periods after the first).
  var sums = KeyedSums<CohortMoments>()

  mutating func add(_ later: CohortTally) {
    sizes.add(later.sizes)
    sums.add(later.sums)
  }
}

/// What is added up in a loop for each cohort and period.
protocol CohortCell: Summable, BitwiseCopyable {
  /// Of one customer.
  ///
  /// - Parameters:
  ///   - value: that of the period: 1, events or minor units.
  ///   - before: that of the periods before it, when they count.
  init(_ value: Int128, after before: Int128)

  var moments: CohortMoments { get }
}

/// Of customers who are counted once.
extension Int: CohortCell {
  @inline(__always)
  init(_ value: Int128, after before: Int128) { self = 1 }

  var moments: CohortMoments { CohortMoments(sum: Int128(self), square: Int128(self)) }
}

/// Sum and sum of squares over customers, or what a period adds to them when the periods before it count.
struct CohortMoments: CohortCell {
  static let zero = CohortMoments(sum: 0, square: 0)

  var sum: Int128
  var square: Int128
  /// Whether a square passed 2^127. Squares are never negative, so that no order of adding hides it.
  var isOverflown = false

  init(sum: Int128, square: Int128) {
    self.sum = sum
    self.square = square
  }

  @inline(__always)
  init(_ value: Int128, after before: Int128) {
    sum = value
    // (before + value)² − before²
    (square, isOverflown) = value.multipliedReportingOverflow(by: before &+ before &+ value)
  }

  var moments: CohortMoments { self }

  @inline(__always)
  static func += (total: inout CohortMoments, other: CohortMoments) {
    total.sum &+= other.sum
    let (square, overflow) = total.square.addingReportingOverflow(other.square)
    total.square = square
    total.isOverflown = total.isOverflown || other.isOverflown || overflow
  }
}

/// A `CohortTally` in a loop.
struct CohortCounts<Cell: CohortCell>: ~Copyable {
  var sizes: PairSums<Int>
  var sums: PairSums<Cell>

  init(cohorts: Int, columns: Int) {
    sizes = PairSums(rows: 1, columns: cohorts)
    sums = PairSums(rows: cohorts, columns: columns)
  }

  consuming func add(to tally: inout CohortTally) {
    sizes.add(to: &tally.sizes)
    var sums = KeyedSums<Cell>()
    self.sums.add(to: &sums)
    tally.sums.add(sums) { $0.moments }
  }
}
