import Journeys

/// A row for each cohort that has a customer: in time order, or the largest first.
public struct CohortResult: Encodable, Sendable, Equatable {
  public struct Cohort: Encodable, Sendable, Equatable {
    /// `2024-03-05`, `2024-W10` or `2024-03`; or the name of a channel or campaign, `(none)` for none.
    public let cohort: String
    /// Customers.
    public let size: Int
    /// By periods after the first; nil where the period is not over yet for any customer.
    public internal(set) var values: [Double?]
    /// In which the value lies for all customers of whom these are a sample, as often as `level` says: Wilson's for a
    /// rate, the normal one for sums, which wants some hundred customers. Nil where it does not exist.
    public internal(set) var intervals: [[Double]?]
    /// The customers whose period is over, of whom alone the value is.
    public internal(set) var observed: [Int]
    /// Major units, of `roas`.
    public internal(set) var cost: Double?
    /// Of the observed customers: whether they came back, their events or their major units.
    var moments: [Moments]
    /// The squares of these customers' values are beyond what can be counted.
    var isOverflown: [Bool]

    enum CodingKeys: String, CodingKey { case cohort, size, values, intervals, observed, cost }
  }

  /// `first_purchase`, `signup`, `first_event` or `behaviour`.
  public let by: String
  public let metric: CohortQuery.Metric
  public let period: CalendarPeriod
  public let rows: CohortQuery.Rows
  /// Of the intervals.
  public let level: Double
  public internal(set) var cohorts: [Cohort]

  init(_ query: CohortQuery, _ tally: CohortTally, _ acquisition: Acquisition, _ periods: PeriodTable?) {
    by = query.startName
    metric = query.metric
    period = query.period
    rows = query.rows
    level = query.level
    cohorts = []
    guard let periods else { return }
    let sums = CohortSums(query, tally, periods)
    let critical = Normal.critical(1 - query.level)
    cohorts = sums.rows.map { row, cells in
      let isPeriod = query.rows == .period
      let name = isPeriod ? periods.label(row) : acquisition.name(row) ?? "(none)"
      let cost = isPeriod ? nil : acquisition.name(row).flatMap { query.costs[$0] }.map(Money.major)
      return Cohort(query.metric, name, cells, cost: cost, critical)
    }
    if query.rows != .period { cohorts.sort { ($1.size, $0.cohort) < ($0.size, $1.cohort) } }
  }
}

extension CohortResult.Cohort {
  /// - Parameter critical: the standard errors of half an interval.
  fileprivate init(
    _ metric: CohortQuery.Metric, _ name: String, _ cells: CohortSums.Row, cost: Double?, _ critical: Double
  ) {
    let isMoney = metric != .retention && metric != .orders
    let unit = isMoney ? Double(Money.minorPerMajor) : 1
    cohort = name
    size = cells.size
    observed = cells.observed
    moments = zip(cells.observed, cells.moments).map { observed, moments in
      Moments(
        count: observed, sum: Double(moments.sum) / unit, sumOfSquares: Double(moments.square) / (unit * unit))
    }
    isOverflown = cells.moments.map(\.isOverflown)
    self.cost = metric == .roas ? cost : nil
    (values, intervals) = ([], [])
    for (moments, isOverflown) in zip(moments, isOverflown) {
      let scale: Double? =
        switch metric {
        case .retention: 1
        // A sum over the customers.
        case .revenue, .orders: Double(moments.count)
        case .lifetimeValue: 1
        // Over what one customer cost.
        case .roas: cost.flatMap { $0 > 0 ? Double(cells.size) / $0 : nil }
        }
      guard moments.count > 0, let scale else {
        values.append(nil)
        intervals.append(nil)
        continue
      }
      let interval =
        metric == .retention
        ? Rate(Int(moments.sum), of: moments.count).interval(critical)
        : isOverflown ? nil : moments.meanInterval(critical)
      // A sum of whole units is not to lose digits by way of its mean.
      values.append(metric == .revenue || metric == .orders ? moments.sum : moments.mean * scale)
      intervals.append(interval.map { [max(0, $0.lowerBound) * scale, $0.upperBound * scale] })
    }
  }
}

/// The cells of a tally by row of the answer.
private struct CohortSums {
  struct Row {
    var size = 0
    var observed: [Int]
    var moments: [CohortMoments]
  }

  /// By place of the period, or by number of the channel or campaign.
  private(set) var rows: [(Int, Row)] = []

  init(_ query: CohortQuery, _ tally: CohortTally, _ periods: PeriodTable) {
    var found: [Int: Row] = [:]
    let sums = tally.sums.sorted()
    var next = 0
    for (key, size) in tally.sizes.sorted() {
      let (acquisition, start) = Int(key).quotientAndRemainder(dividingBy: periods.count)
      var cells = [CohortMoments](repeating: .zero, count: query.periods)
      while next < sums.count && sums[next].key >> 32 <= key {
        if sums[next].key >> 32 == key { cells[Int(sums[next].key & 0xffff_ffff)] = sums[next].value }
        next += 1
      }
      if query.metric.isCumulative {
        for later in cells.indices.dropFirst() { cells[later] += cells[later - 1] }
      }
      let over = min(max(periods.overCount - start, 0), query.periods)
      let none = Row(
        observed: Array(repeating: 0, count: query.periods), moments: Array(repeating: .zero, count: query.periods))
      var row = found[query.rows == .period ? start : acquisition] ?? none
      row.size += size
      for later in 0..<over {
        row.observed[later] += size
        row.moments[later] += cells[later]
      }
      found[query.rows == .period ? start : acquisition] = row
    }
    rows = found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
