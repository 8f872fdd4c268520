/// How far customers come, by the rules of a query: the furthest chain of each, or each of his attempts.
struct FunnelSearch: ~Copyable {
  private let countsAttempts: Bool
  private let hasGroups: Bool
  private var chains: ChainSearch
  private var journey: FunnelJourney
  /// Of the best chain of a group so far, and of all groups.
  private var ofGroup: BestOutcome
  private var ofAll: BestOutcome

  init(_ plan: FunnelPlan) {
    countsAttempts = plan.query.counting == .attempts
    hasGroups = plan.index != nil
    chains = ChainSearch(plan)
    journey = FunnelJourney(plan)
    ofGroup = BestOutcome(steps: plan.query.steps.count)
    ofAll = BestOutcome(steps: plan.query.steps.count)
  }

  /// Hands over the outcome of a customer: of group 0 for all, of 1 and up for the values of a breakdown.
  ///
  /// Of attempts there are several of a group; what an outcome points to is good only in `take`.
  mutating func visit(_ customer: Int, _ columns: EventColumns, _ take: (Int, FunnelOutcome) -> Void) {
    guard journey.load(customer, columns) else { return }
    ofAll.begin()
    for place in 0..<journey.groups.count {
      let group = journey.groups[place]
      ofGroup.begin()
      for number in 0..<journey.select(group) {
        let list = journey.list(number)
        guard countsAttempts else {
          ofGroup.offer(chains.furthest(list, group), columns.timestamps)
          continue
        }
        chains.visitAttempts(list, group) { outcome in
          take(0, outcome)
          if hasGroups { take(Int(group) &+ 1, outcome) }
        }
      }
      if countsAttempts { continue }
      if hasGroups { take(Int(group) &+ 1, ofGroup.outcome) }
      ofAll.offer(ofGroup.outcome, columns.timestamps)
    }
    if !countsAttempts { take(0, ofAll.outcome) }
  }
}

/// The furthest of several outcomes; of equals the one that came there first.
private struct BestOutcome: ~Copyable {
  private let events: Scratch<Int>
  /// As a bit.
  private let lastStep: UInt64
  private var best: FunnelOutcome
  private var reachedAt: Int64 = 0

  init(steps: Int) {
    events = Scratch(repeating: 0, count: steps)
    lastStep = 1 << UInt64(steps - 1)
    best = .nothing(UnsafePointer(events.start))
  }

  var outcome: FunnelOutcome { best }

  mutating func begin() { best = .nothing(UnsafePointer(events.start)) }

  mutating func offer(_ outcome: FunnelOutcome, _ timestamps: UnsafeBufferPointer<Int64>) {
    guard outcome.completed > 0 else {
      if best.completed == 0 && outcome.isExcluded { best.isExcluded = true }
      return
    }
    let last = 63 &- outcome.taken.leadingZeroBitCount
    let time = timestamps[outcome.events[last]]
    let open = max(best.openSince ?? Int64.min, outcome.openSince ?? Int64.min)
    if outcome.completed > best.completed
      || outcome.completed == best.completed
        && (time < reachedAt || time == reachedAt && isEarlier(outcome, timestamps))
    {
      for step in 0...last { events[step] = outcome.events[step] }
      best = outcome
      best.events = UnsafePointer(events.start)
      reachedAt = time
    }
    // Who took the last step cannot come further, whatever else is open.
    best.openSince = open == Int64.min || best.taken & lastStep != 0 ? nil : open
  }

  /// Step by step, so that the order of the outcomes does not matter.
  private func isEarlier(_ outcome: FunnelOutcome, _ timestamps: UnsafeBufferPointer<Int64>) -> Bool {
    var left = outcome.taken & best.taken
    while left != 0 {
      let step = left.trailingZeroBitCount
      let (new, old) = (timestamps[outcome.events[step]], timestamps[events[step]])
      if new != old { return new < old }
      left &= left &- 1
    }
    return false
  }
}
