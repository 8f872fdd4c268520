import Journeys

/// A query held against a store: what its kernels share.
struct FunnelPlan: Sendable {
  let query: FunnelQuery
  /// Steps, then exclusions.
  let classifier: EventClassifier
  let constants: ValueCoder?
  let sample: CustomerSample
  let required: UInt64
  /// The places of the two steps whose distance in time is kept.
  let measured: (from: Int, to: Int)
  /// Microseconds: what comes later is not known.
  let dataEnd: Int64
  /// The breakdown's values; nil without one.
  private(set) var index: BreakdownIndex?

  /// Looks through the events for the values of a breakdown, on one thread.
  ///
  /// - Throws: `.invalidQuery`.
  init(_ query: FunnelQuery, of store: JourneyStore) throws(AttributionError) {
    try self.init(unindexed: query, of: store)
    guard let counts = try breakdownCounts(store) else { return }
    var partial = counts.empty()
    counts.fold(0..<store.customerCount, of: store, into: &partial)
    setIndex(counts.coder, partial)
  }

  /// The same on several threads.
  static func make(_ query: FunnelQuery, of store: JourneyStore, threads: Int) async throws -> FunnelPlan {
    var plan = try FunnelPlan(unindexed: query, of: store)
    if let counts = try plan.breakdownCounts(store) {
      plan.setIndex(counts.coder, try await counts.run(over: store, threads: threads))
    }
    return plan
  }

  private init(unindexed query: FunnelQuery, of store: JourneyStore) throws(AttributionError) {
    try query.check()
    self.query = query
    classifier = try EventClassifier(
      query.steps.map(\.match) + query.exclusions.map(\.match), where: query.conditions, of: store)
    constants = query.constants.isEmpty ? nil : try ValueCoder(query.constants, of: store)
    sample = CustomerSample(query.sample)
    required = query.required
    if case .timeToConvert = query.report {
      measured = (query.fromStep, query.toStep ?? query.steps.count - 1)
    } else {
      measured = (0, query.steps.count - 1)
    }
    dataEnd = min(store.manifest.lastTimestamp ?? 0, query.period?.upperBound ?? Int64.max)
  }

  private func breakdownCounts(_ store: JourneyStore) throws(AttributionError) -> BreakdownCounts? {
    guard let breakdown = query.breakdown else { return nil }
    return BreakdownCounts(
      coder: try ValueCoder(breakdown.properties, of: store), classifier: classifier, steps: stepMask,
      period: query.period)
  }

  private mutating func setIndex(_ coder: ValueCoder, _ counts: KeyedSums<Int>) {
    index = BreakdownIndex(coder, counts, limit: query.breakdown?.limit ?? 0)
  }

  /// The classes that are steps.
  var stepMask: UInt64 { query.steps.count == 64 ? UInt64.max : (1 << UInt64(query.steps.count)) - 1 }

  /// The breakdown's values; one list of none without a breakdown.
  var groupCount: Int { index?.values.count ?? 0 }
}
