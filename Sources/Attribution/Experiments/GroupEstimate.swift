/// The mean of a metric in a group and the variance of a single customer's contribution to it.
struct GroupEstimate {
  let count: Int
  private(set) var mean: Double
  private(set) var variance: Double

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

extension GroupEstimate {
  /// Takes out of both groups' means what their customers' past explains: CUPED (Deng, Xu, Kohavi, Walker 2013).
  ///
  /// With y the metric and x what was known before, θ = Σ S_xy / Σ S_xx over the groups, S about each group's own mean.
  /// A mean becomes ȳ − θ (x̄ − the x̄ of all), a variance (S_yy − 2θ S_xy + θ² S_xx)/(n − 1).
  ///
  /// - Returns: the groups as they are when nobody's past differs from another's.
  /// - Throws: `.invalidQuery` when it is known of one group alone, or for sums that no customers can have.
  static func adjusted(
    _ estimates: [GroupEstimate], _ groups: [ExperimentGroup], _ metric: ABTestQuery.Metric
  ) throws(AttributionError) -> [GroupEstimate] {
    let covariates = groups.compactMap(\.before)
    if covariates.isEmpty { return estimates }
    guard covariates.count == groups.count, metric != .ratio else {
      throw AttributionError(.invalidQuery, "A/B test: 'before' is of both groups, and of a mean or a proportion")
    }
    var (own, products) = ([Double](), [Double]())
    for (group, before) in zip(groups, covariates) {
      guard [before.sum, before.sumSquares, before.cross].allSatisfy(\.isFinite),
        before.sumSquares * Double(group.count) >= before.sum * before.sum * (1 - 1e-9)
      else { throw AttributionError(.invalidQuery, "A/B test: the sums of 'before' are of no customers") }
      own.append(max(0, centred(before.sumSquares, before.sum, before.sum, group.count)))
      products.append(centred(before.cross, before.sum, group.sum, group.count))
    }
    let spread = own.reduce(0, +)
    guard spread > 0 else { return estimates }
    let slope = products.reduce(0, +) / spread
    let customers = groups.reduce(0.0) { $0 + Double($1.count) }
    let mean = covariates.reduce(0) { $0 + $1.sum } / customers
    return estimates.indices.map { place in
      var estimate = estimates[place]
      let count = Double(estimate.count)
      // A proportion's variance has n below: that of its customers' zeros and ones about their mean is the same sum.
      let below = metric == .proportion ? count : count - 1
      let rest = estimate.variance * below - 2 * slope * products[place] + slope * slope * own[place]
      estimate.mean -= slope * (covariates[place].sum / count - mean)
      estimate.variance = max(0, rest) / below
      return estimate
    }
  }
}
