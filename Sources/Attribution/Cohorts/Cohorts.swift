import Journeys

/// Retention, revenue or orders of cohorts over calendar periods.
///
/// A customer belongs to the period of his first starting event, and period k is the k-th after it by the calendar: an
/// event earlier in the same period counts for k = 0. Linear in events.
public struct Cohorts: Aggregation {
  private static let starts: UInt8 = 1
  private static let counts: UInt8 = 2

  public let query: CohortQuery
  private let roles: EventRoles
  /// Nil for a store without events.
  private let periods: PeriodTable?

  /// - Throws: `.unknownName` for an event type that the store does not have, `.invalidQuery`.
  public init(_ query: CohortQuery, of store: JourneyStore) throws(AttributionError) {
    guard query.periods > 0, !query.events.isEmpty else {
      throw AttributionError(.invalidQuery, "cohort: at least one period and one event type are needed")
    }
    self.query = query
    var roles = [UInt8](repeating: 0, count: store.eventTypeNames.count)
    if store.eventCount > 0 {
      if let type = query.start.eventType {
        for code in try store.eventTypeCodes([type], for: "cohort by \(query.start.rawValue)") {
          roles[Int(code)] |= Self.starts
        }
      }
      for code in try store.eventTypeCodes(query.events, for: "cohort event") { roles[Int(code)] |= Self.counts }
    }
    self.roles = EventRoles(roles)
    if let first = store.manifest.firstTimestamp, let last = store.manifest.lastTimestamp, first <= last {
      periods = PeriodTable(query.period, first...last, query.calendar)
    } else {
      periods = nil
    }
  }

  public func empty() -> CohortTally { CohortTally() }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout CohortTally) {
    guard let periods else { return }
    let (offsets, types, timestamps) = (store.offsets, store.eventTypes, store.timestamps)
    var selection = EventSelection()
    for batch in CustomerBatches(customers, of: store) {
      selection.select(batch, of: store, roles)
      roles.withTable { roles in
        var next = 0
        for customer in batch {
          let entries = selection.entries(from: next, before: Int(offsets[customer &+ 1]))
          next = entries.upperBound
          let events = store.events(of: customer)
          var start = events.isEmpty ? nil : Optional(events.lowerBound)
          if query.start != .firstEvent {
            start = entries.first { roles[types[selection[$0]]] & Self.starts != 0 }.map { selection[$0] }
          }
          guard let start else { continue }
          let cohort = periods[timestamps[start]]
          partial.sizes.add(1, at: UInt64(cohort))
          add(entries, selection, store, roles, periods, cohort, &partial)
        }
      }
    }
  }

  public func merge(_ later: CohortTally, into partial: inout CohortTally) { partial.add(later) }

  public func finish(_ partial: CohortTally) -> CohortResult { CohortResult(query, partial, periods) }

  /// Adds a customer's events of interest, those of one period together.
  private func add(
    _ entries: Range<Int>, _ selection: borrowing EventSelection, _ store: JourneyStore, _ roles: RoleTable,
    _ periods: PeriodTable, _ cohort: Int, _ partial: inout CohortTally
  ) {
    let (types, timestamps, amounts) = (store.eventTypes, store.timestamps, store.amounts)
    var current = -1
    var sum: Int128 = 0
    for entry in entries {
      let event = selection[entry]
      guard roles[types[event]] & Self.counts != 0 else { continue }
      let period = periods[timestamps[event]] &- cohort
      if period < 0 { continue }
      if period >= query.periods { break }
      if period != current {
        if current >= 0 { partial.sums.add(sum, at: pair(cohort, current)) }
        (current, sum) = (period, 0)
      }
      switch query.metric {
      case .retention: sum = 1
      case .orders: sum &+= 1
      case .revenue: sum &+= amounts[event] == Money.none ? 0 : Int128(amounts[event])
      }
    }
    if current >= 0 { partial.sums.add(sum, at: pair(cohort, current)) }
  }
}
