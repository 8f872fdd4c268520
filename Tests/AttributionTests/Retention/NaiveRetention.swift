import Attribution
import Journeys

/// Retention as its definition says it, by sets of customers and scans over all events.
struct NaiveRetention {
  struct Cell: Equatable {
    var customers: Set<String> = []
    var sum = 0.0
    var summing: Set<String> = []
  }

  /// By value of the breakdown, row and column.
  private(set) var cells: [String: [[Cell]]] = [:]
  private let query: RetentionQuery

  init(_ events: [TestEvent], _ query: RetentionQuery) {
    self.query = query
    var events = events.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
      .map(\.element)
    events = events.filter { event in
      query.filter.allSatisfy { holds($0, event) } && query.range?.contains(event.time) ?? true
    }
    guard let breakdown = query.breakdown else {
      cells[""] = rows(events)
      return
    }
    func value(_ event: TestEvent) -> String { event.data[breakdown.property] ?? "" }
    func members(_ rows: [[Cell]]) -> Int {
      rows.reduce(into: Set<String>()) { if let first = $1.first { $0.formUnion(first.customers) } }.count
    }
    let single = Dictionary(grouping: events, by: value).mapValues { members(rows($0)) }.filter { $0.value > 0 }
    let kept = Set(single.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(breakdown.limit).map(\.key))
    let all = Dictionary(grouping: events) { kept.contains(value($0)) ? value($0) : "Other" }
    cells = all.mapValues(rows).filter { members($0.value) > 0 }
  }

  private func holds(_ condition: EventCondition, _ event: TestEvent) -> Bool {
    switch condition {
    case .all(let parts): parts.allSatisfy { holds($0, event) }
    case .any(let parts): parts.contains { holds($0, event) }
    case .property(let test): event.data[test.property].map { test.values.contains($0) } ?? false
    }
  }

  private func matches(_ matchers: [EventMatcher], _ event: TestEvent) -> Bool {
    matchers.contains { matcher in
      (matcher.event == nil || matcher.event == event.type) && matcher.conditions.allSatisfy { holds($0, event) }
    }
  }

  /// Microseconds of the begin of the local hour.
  private func hour(_ time: Int64) -> Int64 {
    let local = time + query.calendar.offset(at: time)
    return time - (local % 3_600_000_000)
  }

  private func rows(_ events: [TestEvent]) -> [[Cell]] {
    let sizes = query.brackets.isEmpty ? Array(repeating: 1, count: query.intervals - 1) : query.brackets
    var rows = (0..<query.rows).map { row in
      let count = query.isTriangle && query.brackets.isEmpty ? max(0, query.intervals - row) : sizes.count + 1
      return [Cell](repeating: Cell(), count: count)
    }
    for (customer, own) in Dictionary(grouping: events, by: \.customer) {
      for (row, first) in entries(own) where 0..<query.rows ~= row && !rows[row].isEmpty {
        add(customer, own, first, sizes, to: &rows[row])
      }
    }
    return rows
  }

  /// The rows a customer is in, each with the target that put him there.
  private func entries(_ own: [TestEvent]) -> [(Int, TestEvent)] {
    func period(_ event: TestEvent) -> Int64 { query.calendar.period(query.period, of: event.time) }
    let base = query.calendar.period(query.period, of: query.start)
    var targets = own.filter { matches(query.target, $0) }
    switch query.entry {
    case .recurring: break
    case .firstTime: targets = Array(targets.prefix(1))
    case .firstEver:
      let names = query.target.map { EventMatcher($0.event) }
      targets = own.first { matches(names, $0) }.map { matches(query.target, $0) ? [$0] : [] } ?? []
    }
    if query.windowMode == .rolling {
      guard let first = targets.first(where: { query.entry != .recurring || $0.time >= query.start }) else { return [] }
      let elapsed = hour(first.time) - hour(query.start)
      return elapsed < 0 ? [] : [(Int(elapsed / span), first)]
    }
    var seen: Set<Int> = []
    return targets.compactMap { target in
      let row = Int(period(target) - base)
      return seen.insert(row).inserted ? (row, target) : nil
    }
  }

  private var span: Int64 { 3_600_000_000 * [.hour: 1, .day: 24, .week: 168, .month: 720][query.period]! }

  private func add(_ customer: String, _ own: [TestEvent], _ first: TestEvent, _ sizes: [Int], to row: inout [Cell]) {
    /// Periods after that of the first target; nil before it.
    func offset(_ event: TestEvent) -> Int? {
      if query.windowMode == .rolling {
        return event.time < first.time ? nil : Int((hour(event.time) - hour(first.time)) / span)
      }
      let difference =
        query.calendar.period(query.period, of: event.time) - query.calendar.period(query.period, of: first.time)
      return difference < 0 ? nil : Int(difference)
    }
    func number(_ event: TestEvent) -> Double { event.data[query.sumProperty ?? ""].flatMap(Double.init) ?? 0 }
    row[0].customers.insert(customer)
    let returns = own.filter { matches(query.returning, $0) }
    let zero = (query.target == query.returning ? own.filter { matches(query.target, $0) } : returns)
      .filter { offset($0) == 0 && (query.target == query.returning || $0.time > first.time) }
    if !zero.isEmpty {
      row[0].sum += zero.reduce(0) { $0 + number($1) }
      row[0].summing.insert(customer)
    }
    for (period, group) in Dictionary(grouping: returns.filter { offset($0) != nil }, by: { offset($0)! })
    where period > 0 && group.count >= query.minimumOccurrences {
      var (column, end) = (0, 0)
      for (place, size) in sizes.enumerated() where column == 0 {
        end += size
        if period <= end { column = place + 1 }
      }
      let isBeyond = column == 0 || column >= row.count
      if query.isCumulative && (!isBeyond || query.brackets.isEmpty) {
        for column in 0..<(isBeyond ? row.count : column + 1) { row[column].customers.insert(customer) }
      }
      if isBeyond { continue }
      row[column].customers.insert(customer)
      row[column].sum += group.reduce(0) { $0 + number($1) }
      row[column].summing.insert(customer)
    }
  }
}
