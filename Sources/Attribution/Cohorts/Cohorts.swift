import Journeys

/// Retention, revenue or orders of cohorts over calendar periods.
///
/// A customer belongs to the period of his first starting event, and period k is the k-th after it by the calendar: an
/// event earlier in the same period counts for k = 0. Linear in events.
public struct Cohorts: Aggregation {
  public let query: CohortQuery
  /// By code of the event type: class 0 opens a cohort, class 1 is counted.
  private let classes: [UInt8]
  /// Nil for a store without events.
  private static let mostPeriods = 10_000

  private let periods: PeriodTable?

  /// - Throws: `.unknownName` for an event type that the store does not have, `.invalidQuery`.
  public init(_ query: CohortQuery, of store: JourneyStore) throws(AttributionError) {
    guard 1...Self.mostPeriods ~= query.periods, !query.events.isEmpty else {
      throw AttributionError(.invalidQuery, "cohort: at least one period, at most \(Self.mostPeriods), and one event type are needed")
    }
    self.query = query
    var classes = [UInt8](repeating: 0, count: store.eventTypeNames.count)
    // A store without any event answers with no cohort instead of a complaint about names.
    if store.eventCount > 0 {
      let opening = query.start.eventType.map { [$0] } ?? []
      for code in try store.eventTypeCodes(opening, for: "cohort by \(query.start.rawValue)") {
        classes[Int(code)] |= 1
      }
      for code in try store.eventTypeCodes(query.events, for: "cohort event") { classes[Int(code)] |= 2 }
    }
    self.classes = classes
    if let first = store.manifest.firstTimestamp, let last = store.manifest.lastTimestamp, first <= last {
      periods = PeriodTable(query.period, first...last, query.calendar)
    } else {
      periods = nil
    }
  }

  public func empty() -> CohortTally { CohortTally() }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout CohortTally) {
    guard let periods else { return }
    store.withColumns { columns in
      periods.withLookup { lookup in
        var bits = EventBits(classes: 2, classes)
        var walk = CohortWalk(query, lookup, count: periods.count)
        for batch in CustomerBatches(customers, of: columns) {
          bits.find(columns.events(of: batch), in: columns.types)
          walk.add(batch, bits, columns)
        }
        walk.finish(into: &partial)
      }
    }
  }

  public func merge(_ later: CohortTally, into partial: inout CohortTally) { partial.add(later) }

  public func finish(_ partial: CohortTally) -> CohortResult { CohortResult(query, partial, periods) }
}
