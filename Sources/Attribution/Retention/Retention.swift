import Journeys

/// Counts a retention query. Linear in events, and in the cells that a customer is counted in.
public struct Retention: Aggregation {
  private let plan: RetentionPlan
  private let isListing: Bool

  /// With every value of a breakdown by itself, whatever its limit: `RetentionQuery.run` keeps to it.
  ///
  /// - Parameter listingCustomers: whether the answer names the customers of every cell.
  /// - Throws: `.invalidQuery`, `.unsolvable`.
  public init(
    _ query: RetentionQuery, of store: JourneyStore, listingCustomers: Bool = false
  ) throws(AttributionError) {
    let groups = query.breakdown.map { RetentionGroups($0.property, of: store) } ?? RetentionGroups()
    try self.init(query, groups, of: store, listingCustomers: listingCustomers)
  }

  init(
    _ query: RetentionQuery, _ groups: RetentionGroups, of store: JourneyStore, listingCustomers: Bool
  ) throws(AttributionError) {
    plan = try RetentionPlan(query, groups, of: store)
    isListing = listingCustomers
  }

  public func empty() -> RetentionTally { RetentionTally() }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout RetentionTally) {
    let calendar = plan.query.calendar
    let first = calendar.start(of: plan.query.period, calendar.period(plan.query.period, of: plan.query.start))
    store.withColumns { columns in
      func walk(_ periods: PeriodLookup?) {
        var walk = RetentionWalk(plan, periods, firstPeriod: first, isListing: isListing)
        for customer in customers { walk.add(customer, columns) }
        walk.finish(into: &partial)
      }
      if let periods = plan.periods { periods.withLookup { walk($0) } } else { walk(nil) }
    }
  }

  public func merge(_ later: RetentionTally, into partial: inout RetentionTally) { partial.add(later) }

  public func finish(_ partial: RetentionTally) -> RetentionResult { RetentionResult(plan, partial) }
}

extension RetentionQuery {
  /// Answers over a whole store.
  ///
  /// Which values of a breakdown are kept is known only when all their customers are counted: with more values than
  /// the limit there is a pass before, so that a customer of several small values is one customer of `Other`.
  ///
  /// - Throws: `AttributionError`, and `CancellationError` when the task is cancelled.
  public func run(
    over store: JourneyStore, threads: Int = defaultThreads, listingCustomers: Bool = false
  ) async throws -> RetentionResult {
    var groups = breakdown.map { RetentionGroups($0.property, of: store) } ?? RetentionGroups()
    if let breakdown, groups.names.count > breakdown.limit {
      var sizes = self
      (sizes.sumProperty, sizes.isCumulative, sizes.brackets, sizes.intervals) = (nil, false, [], 1)
      // Rows of a triangle end before the last: whoever is in one of them counts.
      sizes.isTriangle = false
      if isTriangle && brackets.isEmpty { sizes.rows = min(rows, intervals) }
      let counted = try Retention(sizes, groups, of: store, listingCustomers: false)
      let members = try await counted.partial(over: store, threads: threads).members.sorted()
      if members.count > breakdown.limit {
        let ranked = members.sorted {
          ($1.value, groups.names[Int($0.key)]) < ($0.value, groups.names[Int($1.key)])
        }
        groups = groups.keeping(ranked.prefix(breakdown.limit).map { Int($0.key) })
      }
    }
    let retention = try Retention(self, groups, of: store, listingCustomers: listingCustomers)
    return try await retention.run(over: store, threads: threads)
  }
}
