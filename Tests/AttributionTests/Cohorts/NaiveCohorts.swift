import Attribution
import Journeys

/// What cohorts are, customer by customer and event by event.
struct NaiveCohorts {
  /// By name, what each customer did in each period that is over: 1 or 0, orders, or major units; nil where it is not.
  private(set) var cohorts: [String: [[Double?]]] = [:]

  init(_ events: [TestEvent], _ query: CohortQuery) {
    func period(_ time: Int64) -> Int64 { query.calendar.period(query.period, of: time) }
    let last = events.map(\.time).max() ?? 0
    // The day that holds the last moment of a week or month, or the moment that follows a day.
    func isOver(_ number: Int64) -> Bool {
      let end = query.calendar.start(of: query.period, number + 1)
      return query.period == .day ? last >= end : query.calendar.day(last) >= query.calendar.day(end - 1)
    }
    for (_, own) in Dictionary(grouping: events, by: \.customer) {
      // A stable sort by time, as the store has them.
      let own = own.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
      let types = [CohortQuery.Start.firstPurchase: "purchase", .signup: "signup"]
      let opening = query.behaviour ?? [EventMatcher(types[query.start])]
      func matches(_ matchers: [EventMatcher], _ event: TestEvent) -> Bool {
        matchers.contains { matcher in
          matcher.event ?? event.type == event.type
            && matcher.conditions.allSatisfy { condition in
              guard case .property(let test) = condition else { return false }
              return event.data[test.property].map { test.values.contains($0) } ?? false
            }
        }
      }
      guard let first = own.firstIndex(where: { matches(opening, $0) }) else { continue }
      let start = period(own[first].time)
      let before = own[...first]
      let name =
        switch query.rows {
        case .period: query.calendar.label(query.period, start)
        case .channel: before.compactMap(\.channel).first ?? "(none)"
        case .campaign: before.compactMap(\.campaign).first ?? "(none)"
        }
      let values = (0..<Int64(query.periods)).map { later -> Double? in
        guard isOver(start + later) else { return nil }
        func counted(_ periods: ClosedRange<Int64>) -> [TestEvent] {
          own.filter { matches(query.events, $0) && periods.contains(period($0.time)) }
        }
        func revenue(_ events: [TestEvent]) -> Double { events.reduce(0) { $0 + Double($1.amount ?? 0) } / 100 }
        let this = start + later...start + later
        switch query.metric {
        case .retention: return counted(this).isEmpty ? 0 : 1
        case .orders: return Double(counted(this).count)
        case .revenue: return revenue(counted(this))
        case .lifetimeValue, .roas: return revenue(counted(start...start + later))
        }
      }
      cohorts[name, default: []].append(values)
    }
  }
}
