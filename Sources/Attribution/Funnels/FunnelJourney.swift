import Journeys

/// The events of one customer after the other that matter to a funnel: by group of the breakdown, and within it by the
/// value of what is held constant.
struct FunnelJourney: ~Copyable {
  private let masks: EventMasks
  /// By code of the event type: steps that its events may be.
  private let possible: Scratch<UInt64>
  private let stepMask: UInt64
  private let stepCount: Int
  /// By exclusion: the numbers of completed steps at which it excludes a chain, as bits.
  private let excludes: Scratch<UInt64>
  private let period: ClosedRange<Int64>?
  private let keepsOthers: Bool
  /// Steps that only a first event is, by rule.
  private let firstMatching: UInt64
  private let firstOfType: UInt64
  private let index: BreakdownIndex?
  private let attribution: FunnelQuery.Breakdown.Attribution?
  private let attributionStep: UInt64
  private let groupCodes: PropertyCodes?
  private let constants: PropertyCodes?

  private var events = GrowingScratch<FunnelEvent>()
  private var selected = GrowingScratch<FunnelEvent>()
  /// Where each list begins in those selected; one more, where the last ends.
  private var bounds = GrowingScratch<Int>()
  /// The groups that the customer at hand belongs to.
  private(set) var groups = GrowingScratch<Int32>()
  private let isListed: Scratch<Bool>
  /// By step: the only event that can be it.
  private let firsts: Scratch<Int>

  init(_ plan: FunnelPlan) {
    let query = plan.query
    masks = plan.classifier.masks
    possible = Scratch(copying: plan.classifier.possible)
    stepCount = query.steps.count
    stepMask = plan.stepMask
    excludes = Scratch(
      copying: query.exclusions.map { exclusion in
        (exclusion.from + 1...exclusion.to).reduce(into: UInt64(0)) { $0 |= 1 << UInt64($1) }
      })
    period = query.period
    keepsOthers = query.mode == .strict
    func steps(_ rule: FunnelQuery.Step.FirstTime) -> UInt64 {
      query.steps.indices.reduce(0) { query.steps[$1].firstTime == rule ? $0 | 1 << UInt64($1) : $0 }
    }
    firstMatching = steps(.matching)
    firstOfType = steps(.event)
    index = plan.index
    attribution = query.breakdown?.attribution
    attributionStep = query.breakdown.map { 1 << UInt64($0.step) } ?? 0
    groupCodes = plan.index?.coder.codes
    constants = plan.constants?.codes
    isListed = Scratch(repeating: false, count: (plan.index?.values.count ?? 0) + 1)
    firsts = Scratch(repeating: -1, count: query.steps.count)
  }

  /// Finds the events and groups of a customer; false when no event is a step.
  mutating func load(_ customer: Int, _ columns: EventColumns) -> Bool {
    let all = columns.events(of: customer..<customer &+ 1)
    let range = period.map { columns.events(all, in: $0) } ?? all
    if firstMatching | firstOfType != 0 { findFirsts(all, columns) }
    events.removeAll()
    groups.removeAll()
    var found: UInt64 = 0
    for event in range {
      let mask = masks.mask(event)
      if mask == 0 && !(keepsOthers && masks.isIn(event)) { continue }
      var record = FunnelEvent(
        event: event, time: columns.timestamps[event], steps: mask & stepMask, excludes: 0, group: 0, constant: 0)
      if firstMatching | firstOfType != 0 { record.steps = keepFirsts(record.steps, event) }
      var exclusions = mask & ~stepMask
      while exclusions != 0 {
        record.excludes |= excludes[exclusions.trailingZeroBitCount &- stepCount]
        exclusions &= exclusions &- 1
      }
      if record.steps | record.excludes == 0 && !keepsOthers { continue }
      if let index, let groupCodes { record.group = index.group(ofCode: groupCodes.code(event)) }
      if let constants {
        record.constant = constants.completeCode(event)
        if record.constant == 0 { continue }
      }
      found |= record.steps
      events.append(record)
    }
    guard found != 0 else { return false }
    findGroups()
    return true
  }

  private func findFirsts(_ all: Range<Int>, _ columns: EventColumns) {
    for step in 0..<stepCount { firsts[step] = -1 }
    var left = firstMatching | firstOfType
    for event in all where left != 0 {
      let code = Int(min(UInt32(bitPattern: columns.types[event]), UInt32(possible.count - 1)))
      guard possible[code] & left != 0, masks.isIn(event) else { continue }
      var here = masks.mask(event) & left & firstMatching | possible[code] & left & firstOfType
      left &= ~here
      while here != 0 {
        firsts[here.trailingZeroBitCount] = event
        here &= here &- 1
      }
    }
  }

  private func keepFirsts(_ steps: UInt64, _ event: Int) -> UInt64 {
    var steps = steps
    var left = steps & (firstMatching | firstOfType)
    while left != 0 {
      let step = left.trailingZeroBitCount
      if firsts[step] != event { steps &= ~(1 &<< UInt64(truncatingIfNeeded: step)) }
      left &= left &- 1
    }
    return steps
  }

  private mutating func findGroups() {
    guard let index, let attribution else {
      groups.append(0)
      return
    }
    switch attribution {
    case .firstTouch: groups.append(touch(index, stride(from: 0, to: events.count, by: 1)))
    case .lastTouch: groups.append(touch(index, stride(from: events.count - 1, through: 0, by: -1)))
    case .allEvents, .step:
      let wanted = attribution == .step ? attributionStep : stepMask
      for place in 0..<events.count where events[place].steps & wanted != 0 {
        let group = events[place].group
        if isListed[Int(group)] { continue }
        isListed[Int(group)] = true
        groups.append(group)
      }
      for place in 0..<groups.count { isListed[Int(groups[place])] = false }
    }
  }

  /// The group of the first event in an order that has any value, of those that are a step.
  private func touch(_ index: BreakdownIndex, _ places: some Sequence<Int>) -> Int32 {
    for place in places where events[place].steps != 0 && groupCodes?.code(events[place].event) ?? 0 != 0 {
      return events[place].group
    }
    return index.group(ofCode: 0)
  }

  /// Chooses the events of a group and returns how many lists they are, one for each value that is held constant.
  mutating func select(_ group: Int32) -> Int {
    bounds.removeAll()
    bounds.append(0)
    selected.removeAll()
    let isFiltered = attribution == .allEvents
    for place in 0..<events.count where !isFiltered || events[place].group == group { selected.append(events[place]) }
    guard constants != nil else {
      bounds.append(selected.count)
      return 1
    }
    var elements = selected.elements
    elements.sort { ($0.constant, $0.event) < ($1.constant, $1.event) }
    for place in 1..<elements.count where elements[place].constant != elements[place - 1].constant {
      bounds.append(place)
    }
    bounds.append(elements.count)
    return bounds.count - 1
  }

  /// The events of a list, in order of time.
  func list(_ number: Int) -> UnsafeMutableBufferPointer<FunnelEvent> {
    UnsafeMutableBufferPointer(rebasing: selected.elements[bounds[number]..<bounds[number &+ 1]])
  }
}
