import Journeys

/// A row for each cohort that has a customer, in time order.
public struct CohortResult: Encodable, Sendable, Equatable {
  public struct Cohort: Encodable, Sendable, Equatable {
    /// `2024-03-05`, `2024-W10` or `2024-03`.
    public var cohort: String
    /// Customers.
    public var size: Int
    /// By periods after the first; nil where the period is not over yet.
    public var values: [Double?]

    package init(cohort: String, size: Int, values: [Double?]) {
      self.cohort = cohort
      self.size = size
      self.values = values
    }
  }

  public var by: CohortQuery.Start
  public var metric: CohortQuery.Metric
  public var period: CalendarPeriod
  public var cohorts: [Cohort]

  init(_ query: CohortQuery, _ tally: CohortTally, _ periods: PeriodTable?) {
    by = query.start
    metric = query.metric
    period = query.period
    cohorts = []
    guard let periods else { return }
    let sums = Dictionary(uniqueKeysWithValues: tally.sums.sorted().map { ($0.key, $0.value) })
    for (key, size) in tally.sizes.sorted() {
      let cohort = Int(key)
      let values = (0..<query.periods).map { later -> Double? in
        guard periods.isOver(cohort + later) else { return nil }
        let sum = Double(sums[pair(cohort, later)] ?? 0)
        switch query.metric {
        case .retention: return sum / Double(size)
        case .revenue: return sum / Double(Money.minorPerMajor)
        case .orders: return sum
        }
      }
      cohorts.append(Cohort(cohort: periods.label(cohort), size: size, values: values))
    }
  }
}
