import Journeys

/// Retention, revenue, orders, lifetime value or return on ad spend of cohorts over calendar periods.
///
/// A customer belongs to the period of his first starting event, and period k is the k-th after it by the calendar: an
/// event earlier in the same period counts for k = 0. Linear in events.
public struct Cohorts: Aggregation {
  public let query: CohortQuery
  /// Class 0 opens a cohort, class 1 is counted.
  private let classifier: EventClassifier
  private let acquisition: Acquisition
  /// Nil for a store without events.
  private let periods: PeriodTable?

  /// - Throws: `.unknownName` for an event type that the store does not have, `.invalidQuery`, `.unsolvable`.
  public init(_ query: CohortQuery, of store: JourneyStore) throws(AttributionError) {
    try query.check()
    self.query = query
    // A store without any event answers with no cohort instead of a complaint about names.
    if store.eventCount > 0 {
      let opening = query.opening ?? []
      _ = try store.eventTypeCodes(opening.compactMap(\.event), for: "cohort by \(query.startName)")
      _ = try store.eventTypeCodes(query.events.compactMap(\.event), for: "cohort event")
      let properties = (opening + query.events).flatMap(\.properties)
      if let problem = store.unknownNames(events: [], properties: properties).first {
        throw AttributionError(.unknownName, "cohort: \(problem)")
      }
    }
    classifier = try EventClassifier([query.opening ?? [], query.events], of: store)
    acquisition = Acquisition(query.rows, store)
    if let first = store.manifest.firstTimestamp, let last = store.manifest.lastTimestamp, first <= last {
      let periods = PeriodTable(query.period, first...last, query.calendar)
      guard periods.count * acquisition.count < Int(UInt32.max) else {
        throw AttributionError(
          .unsolvable,
          "cohort by \(query.rows.rawValue): these are too many names times periods; ask by longer periods")
      }
      self.periods = periods
    } else {
      periods = nil
    }
  }

  public func empty() -> CohortTally { CohortTally() }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout CohortTally) {
    if query.metric == .retention {
      fold(customers, of: store, into: &partial, as: Int.self)
    } else {
      fold(customers, of: store, into: &partial, as: CohortMoments.self)
    }
  }

  private func fold<Cell: CohortCell>(
    _ customers: Range<Int>, of store: JourneyStore, into partial: inout CohortTally, as cell: Cell.Type
  ) {
    guard let periods else { return }
    store.withColumns { columns in
      periods.withLookup { lookup in
        let masks = classifier.masks
        var bits = EventBits(classes: 2, classifier.possible.dropLast().map { UInt8($0) })
        var walk = CohortWalk<Cell>(query, acquisition, lookup, count: periods.count)
        for batch in CustomerBatches(customers, of: columns) {
          bits.find(columns.events(of: batch), in: columns.types)
          if !classifier.isByTypeOnly { bits.keep { UInt8(masks.mask($0)) } }
          walk.add(batch, bits, columns)
        }
        walk.finish(into: &partial)
      }
    }
  }

  public func merge(_ later: CohortTally, into partial: inout CohortTally) { partial.add(later) }

  public func finish(_ partial: CohortTally) -> CohortResult { CohortResult(query, partial, acquisition, periods) }
}
