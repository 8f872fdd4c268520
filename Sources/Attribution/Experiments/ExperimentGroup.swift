/// What is known of one group of an experiment: sums over its customers, of which any test can be made.
public struct ExperimentGroup: Sendable, Equatable {
  /// Customers.
  public var count: Int
  /// Of the metric over the customers; for a proportion the customers who did it.
  public var sum: Double
  /// Of the metric's squares; not needed for a proportion.
  public var sumSquares: Double?
  /// Of a ratio's denominator, of its squares, and of numerator times denominator.
  public var denominatorSum: Double?
  public var denominatorSumSquares: Double?
  public var cross: Double?

  public init(
    count: Int, sum: Double, sumSquares: Double? = nil, denominatorSum: Double? = nil,
    denominatorSumSquares: Double? = nil, cross: Double? = nil
  ) {
    self.count = count
    self.sum = sum
    self.sumSquares = sumSquares
    self.denominatorSum = denominatorSum
    self.denominatorSumSquares = denominatorSumSquares
    self.cross = cross
  }
}

extension ExperimentGroup {
  init(_ json: QueryValue) throws(AttributionError) {
    let fields = try json.object(["n", "sum", "sum_squares", "den_sum", "den_sum_squares", "cross"])
    count = Int(try fields.required("n").integer(0...Int64(1 << 53)))
    sum = try fields.required("sum").number()
    sumSquares = try fields["sum_squares"]?.number()
    denominatorSum = try fields["den_sum"]?.number()
    denominatorSumSquares = try fields["den_sum_squares"]?.number()
    cross = try fields["cross"]?.number()
  }
}

/// The mean of a metric in a group and the variance of a single customer's contribution to it.
struct GroupEstimate {
  let count: Int
  let mean: Double
  let variance: Double

  /// - Throws: `.invalidQuery` for sums that no customers can have.
  init(_ group: ExperimentGroup, _ metric: ABTestQuery.Metric, _ name: String) throws(AttributionError) {
    func refused(_ reason: String) -> AttributionError {
      AttributionError(.invalidQuery, "A/B test: \(name): \(reason)")
    }
    func sumOfSquares(_ squares: Double?, _ field: String, of sum: Double) throws(AttributionError) -> Double {
      guard let squares else { throw refused("a \(metric.rawValue) needs '\(field)'") }
      // By Cauchy's inequality; what rounding may take is granted.
      guard squares.isFinite, squares * Double(group.count) >= sum * sum * (1 - 1e-9) else {
        throw refused("'\(field)' is smaller than \(group.count) customers with that sum can have")
      }
      return squares
    }
    guard group.count > 1 else { throw refused("'n' must be at least 2 customers") }
    guard group.sum.isFinite else { throw refused("'sum' is no finite number") }
    count = group.count
    switch metric {
    case .proportion:
      guard 0...Double(count) ~= group.sum else { throw refused("'sum' of a proportion lies between 0 and 'n'") }
      mean = group.sum / Double(count)
      variance = mean * ((Double(count) - group.sum) / Double(count))
    case .mean:
      let squares = try sumOfSquares(group.sumSquares, "sum_squares", of: group.sum)
      let moments = Moments(count: count, sum: group.sum, sumOfSquares: squares)
      mean = moments.mean
      variance = moments.variance ?? 0
    case .ratio:
      guard let below = group.denominatorSum, below.isFinite, below != 0 else {
        throw refused("a ratio needs a 'den_sum' other than 0")
      }
      guard let cross = group.cross, cross.isFinite else { throw refused("a ratio needs 'cross'") }
      let ofNumerator = centred(
        try sumOfSquares(group.sumSquares, "sum_squares", of: group.sum), group.sum, group.sum, count)
      let ofDenominator = centred(
        try sumOfSquares(group.denominatorSumSquares, "den_sum_squares", of: below), below, below, count)
      let together = centred(cross, group.sum, below, count)
      mean = group.sum / below
      // The delta method: the variance of numerator − ratio × denominator, over the mean denominator squared.
      let residual = max(0, ofNumerator - 2 * mean * together + mean * mean * ofDenominator) / Double(count - 1)
      let level = below / Double(count)
      variance = residual / (level * level)
    }
  }
}
