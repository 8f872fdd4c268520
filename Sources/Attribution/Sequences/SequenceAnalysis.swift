import Journeys

/// Answers a question about the sequence of events for every customer with an event.
public struct SequenceAnalysis: Aggregation {
  /// For each customer with an event his answer: a level, 0 or 1, a count, or the code of an event type (-1 for none).
  public struct Partial: Sendable, Codable, Equatable {
    var customers: [Int32] = []
    var values: [Int64] = []
  }

  public let query: SequenceQuery
  private let classifier: EventClassifier
  /// The class of the condition on the event that a chain begins with; 0 without one.
  private let baseBit: UInt64

  /// - Throws: `.invalidQuery`.
  public init(_ query: SequenceQuery, of store: JourneyStore) throws(AttributionError) {
    self.query = query
    var classes = query.conditions.map { [$0] }
    if case .nextNode(_, _, let condition?) = query.question {
      baseBit = 1 << UInt64(classes.count)
      classes.append([condition])
    } else {
      baseBit = 0
    }
    classifier = try EventClassifier(classes, where: query.filter, of: store)
  }

  public func empty() -> Partial { Partial() }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout Partial) {
    store.withColumns { columns in
      var walk = SequenceWalk(query, classifier.masks, baseBit)
      for customer in customers {
        var events = columns.events(of: customer..<customer &+ 1)
        if let period = query.period { events = columns.events(events, in: period) }
        guard let value = walk.answer(events, columns) else { continue }
        partial.customers.append(Int32(customer))
        partial.values.append(value)
      }
    }
  }

  public func merge(_ later: Partial, into partial: inout Partial) {
    partial.customers += later.customers
    partial.values += later.values
  }

  public func finish(_ partial: Partial) -> Partial { partial }
}

/// Asks one customer after the other.
private struct SequenceWalk: ~Copyable {
  private let question: SequenceQuery.Question
  private let conditionCount: Int
  private let masks: EventMasks
  private let baseBit: UInt64
  private var funnel: WindowFunnelSearch
  private let matcher: SequenceMatcher?
  private var pairs = GrowingScratch<WindowFunnelSearch.Pair>()
  private var times = GrowingScratch<Int64>()
  private var found = GrowingScratch<UInt64>()
  private var events = GrowingScratch<Int>()

  init(_ query: SequenceQuery, _ masks: EventMasks, _ baseBit: UInt64) {
    question = query.question
    conditionCount = query.conditions.count
    self.masks = masks
    self.baseBit = baseBit
    switch query.question {
    case .windowFunnel(let window, let modes):
      funnel = WindowFunnelSearch(query.conditions.count, window: window, modes)
      matcher = nil
    case .match(let pattern), .count(let pattern):
      funnel = WindowFunnelSearch(0, window: 0, [])
      matcher = SequenceMatcher(pattern)
    case .nextNode:
      funnel = WindowFunnelSearch(0, window: 0, [])
      matcher = nil
    }
  }

  /// Nil for a customer without events.
  mutating func answer(_ range: Range<Int>, _ columns: EventColumns) -> Int64? {
    if case .windowFunnel = question { return level(range, columns) }
    let isNextNode = if case .nextNode = question { true } else { false }
    times.removeAll()
    found.removeAll()
    events.removeAll()
    var isThere = false
    for event in range {
      let mask = masks.mask(event)
      if mask == 0 && !masks.isIn(event) { continue }
      isThere = true
      if mask == 0 && !isNextNode { continue }
      times.append(floorDivide(columns.timestamps[event], 1_000_000))
      found.append(mask)
      events.append(event)
    }
    guard isThere else { return nil }
    switch question {
    case .nextNode(let direction, let base, let condition):
      let place = next(direction, base, needsCondition: condition != nil)
      return place.map { Int64(columns.types[events[$0]]) } ?? -1
    case .match: return match(from: 0) == nil ? 0 : 1
    default:
      var (count, place): (Int64, Int) = (0, 0)
      while place < times.count, let end = match(from: place) {
        count += 1
        place = end
      }
      return count
    }
  }

  private func match(from place: Int) -> Int? {
    switch matcher {
    case .some(let matcher):
      return matcher.match(UnsafePointer(times.start), UnsafePointer(found.start), from: place, to: times.count)
    case .none: return nil
    }
  }

  private mutating func level(_ range: Range<Int>, _ columns: EventColumns) -> Int64? {
    pairs.removeAll()
    var (isThere, isSorted) = (false, true)
    var last = WindowFunnelSearch.Pair(time: Int64.min, condition: -1, event: -1)
    for event in range {
      var mask = masks.mask(event)
      if mask == 0 && !masks.isIn(event) { continue }
      isThere = true
      let time = floorDivide(columns.timestamps[event], 1_000_000)
      if mask == 0 {
        guard funnel.seesOthers else { continue }
        let pair = WindowFunnelSearch.Pair(time: time, condition: -1, event: event)
        isSorted = isSorted && (last.time < time || last.condition == -1)
        pairs.append(pair)
        last = pair
      }
      while mask != 0 {
        let pair = WindowFunnelSearch.Pair(time: time, condition: mask.trailingZeroBitCount, event: event)
        isSorted = isSorted && (last.time < time || last.condition <= pair.condition)
        pairs.append(pair)
        last = pair
        mask &= mask &- 1
      }
    }
    guard isThere else { return nil }
    var elements = pairs.elements
    if !isSorted { elements.sort { ($0.time, $0.condition, $0.event) < ($1.time, $1.condition, $1.event) } }
    return Int64(funnel.level(elements))
  }

  /// The place behind the chain, in its direction.
  private func next(_ direction: SequenceQuery.Direction, _ base: SequenceQuery.Base, needsCondition: Bool) -> Int? {
    func canBegin(_ place: Int) -> Bool { !needsCondition || found[place] & baseBit != 0 }
    func begins(_ place: Int) -> Bool { (conditionCount == 0 || found[place] & 1 != 0) && canBegin(place) }
    let start: Int?
    switch base {
    case .head: start = canBegin(0) ? 0 : nil
    case .tail: start = canBegin(found.count - 1) ? found.count - 1 : nil
    case .firstMatch: start = (0..<found.count).first(where: begins)
    case .lastMatch: start = (0..<found.count).last(where: begins)
    }
    guard var place = start else { return nil }
    for condition in 0..<conditionCount {
      guard 0..<found.count ~= place, found[place] & (1 &<< UInt64(condition)) != 0 else { return nil }
      place += direction == .forward ? 1 : -1
    }
    return 0..<found.count ~= place ? place : nil
  }
}
