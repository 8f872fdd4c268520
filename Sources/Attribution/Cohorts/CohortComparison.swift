/// Two cohorts against each other, in one period after their first.
public struct CohortComparison: Encodable, Sendable, Equatable {
  /// Of the metrics of cohorts.
  public let metric: String
  /// Periods after the first.
  public let period: Int
  public let cohorts: [String]
  /// The customers observed.
  public let customers: [Int]
  /// For each customer: the share that came back, events, or major units.
  public let means: [Double]
  /// The second's mean less the first's.
  public let difference: Double
  /// In which it lies as often as `level` says: Newcombe's for a share, Welch's for the rest. Nil when no customer
  /// differs from another.
  public let interval: [Double]?
  /// How often chance alone makes a difference as large, either way: the score test for a share, Welch's for the rest.
  public let pValue: Double?
  public let level: Double

  enum CodingKeys: String, CodingKey {
    case metric, period, cohorts, customers, means, difference, interval, level
    case pValue = "p_value"
  }
}

extension CohortComparison {
  /// - Parameter rates: of at least one customer each.
  init(_ cohorts: [String], _ period: Int, _ rates: [Rate], level: Double) {
    let test = TwoRates(rates[0], rates[1], level: level)
    self.init(
      metric: CohortQuery.Metric.retention.rawValue, period: period, cohorts: cohorts, customers: rates.map(\.trials),
      means: rates.map { $0.value ?? 0 }, difference: test?.difference ?? 0,
      interval: test.map { [$0.interval.lowerBound, $0.interval.upperBound] }, pValue: test?.pValue, level: level)
  }
}

extension CohortResult {
  /// Tests whether two cohorts differ in a period; `roas` by the lifetime value it is made of.
  ///
  /// - Throws: `.unknownName` for a cohort that is none, `.invalidQuery` for a period that is over for no customer,
  ///   `.unsolvable` for amounts beyond 10^17.
  public func compare(
    _ first: String, _ second: String, inPeriod period: Int
  ) throws(AttributionError) -> CohortComparison {
    let a = try moments(first, period)
    let b = try moments(second, period)
    let cohorts = [first, second]
    if metric == .retention {
      return CohortComparison(
        cohorts, period, [Rate(Int(a.sum), of: a.count), Rate(Int(b.sum), of: b.count)], level: level)
    }
    let difference = b.mean - a.mean
    let welch = WelchTest(a, b)
    let reach = welch?.reach(level)
    return CohortComparison(
      metric: metric.rawValue, period: period, cohorts: cohorts, customers: [a.count, b.count],
      means: [a.mean, b.mean], difference: difference, interval: reach.map { [difference - $0, difference + $0] },
      pValue: welch?.pValue(difference), level: level)
  }

  private func moments(_ name: String, _ period: Int) throws(AttributionError) -> Moments {
    guard let cohort = cohorts.first(where: { $0.cohort == name }) else {
      throw AttributionError(
        .unknownName,
        "compare cohorts: there is no cohort '\(name)'; there are \(cohorts.map(\.cohort).joined(separator: ", "))")
    }
    guard cohort.moments.indices.contains(period), cohort.moments[period].count > 0 else {
      throw AttributionError(
        .invalidQuery, "compare cohorts: period \(period) is not over for '\(name)', or beyond those asked for")
    }
    guard !cohort.isOverflown[period] else {
      throw AttributionError(.unsolvable, "compare cohorts: the amounts of '\(name)' are too large to be squared")
    }
    return cohort.moments[period]
  }
}
