/// What a list of events comes to by the rules of a query's mode: the furthest chain, or attempt by attempt.
struct ChainSearch: ~Copyable {
  private let mode: FunnelQuery.Mode
  private let window: Int64
  private let dataEnd: Int64
  /// The steps that an attempt may begin with, as bits.
  private let firstSteps: UInt64
  private let isGreedy: Bool
  private var ordered: OrderedSearch
  private var unordered: UnorderedSearch
  private var greedy: GreedyAttempts

  init(_ plan: FunnelPlan) {
    let query = plan.query
    mode = query.mode
    window = query.window
    dataEnd = plan.dataEnd
    firstSteps = mode == .unordered ? plan.stepMask : 1
    isGreedy = mode == .ordered && query.steps.allSatisfy { !$0.isOptional && $0.within == nil && $0.gap == 0 }
    ordered = OrderedSearch(query)
    unordered = UnorderedSearch(query)
    greedy = GreedyAttempts(query)
  }

  mutating func furthest(_ list: UnsafeMutableBufferPointer<FunnelEvent>, _ group: Int32) -> FunnelOutcome {
    if mode == .unordered { return unordered.run(list, group: group, dataEnd: dataEnd) }
    return ordered.run(list, group: group, dataEnd: dataEnd).0
  }

  /// Attempts one after the other: the next begins behind what completed the one before, or when its time was over;
  /// in a strict funnel where its chain broke.
  mutating func visitAttempts(
    _ list: UnsafeMutableBufferPointer<FunnelEvent>, _ group: Int32, _ take: (FunnelOutcome) -> Void
  ) {
    var next = 0
    while next < list.count {
      guard list[next].steps & firstSteps != 0 else {
        next &+= 1
        continue
      }
      let (outcome, end) = attempt(list, group, from: next)
      take(outcome)
      let start = next
      next &+= 1
      if end.isComplete {
        next = max(end.place, next)
      } else if mode != .strict {
        while next < list.count && list[next].time &- list[start].time <= window { next &+= 1 }
      } else if outcome.taken != 0 {
        // What broke the chain may begin another.
        let last = outcome.events[63 &- outcome.taken.leadingZeroBitCount]
        while next < list.count && list[next].event <= last { next &+= 1 }
      }
    }
  }

  /// Calls `take` with every event that may begin an attempt, in order, and the steps that the attempt comes to.
  ///
  /// - Parameter isEnough: whether the steps of attempts that begin with an event need not be known.
  mutating func visitStarts(
    _ list: UnsafeMutableBufferPointer<FunnelEvent>, _ group: Int32, unless isEnough: (Int) -> Bool,
    _ take: (Int, UInt64) -> Void
  ) {
    if isGreedy { return greedy.visit(list, group, take) }
    if mode == .unordered {
      let isSimple = list.allSatisfy { $0.steps.nonzeroBitCount < 2 }
      unordered.forEachStart(list, group) { search, start, bound in
        if isEnough(start) { return }
        let count = isSimple ? bound : search.match(list, from: start, group).count
        take(start, count == 64 ? UInt64.max : (1 &<< UInt64(count)) &- 1)
      }
      return
    }
    for start in 0..<list.count where list[start].steps & firstSteps != 0 && !isEnough(start) {
      take(start, attempt(list, group, from: start).0.taken)
    }
  }

  private mutating func attempt(
    _ list: UnsafeMutableBufferPointer<FunnelEvent>, _ group: Int32, from start: Int
  ) -> (FunnelOutcome, OrderedSearch.End) {
    if mode == .unordered { return unordered.run(list, group: group, onlyFrom: start, dataEnd: dataEnd) }
    return ordered.run(list, group: group, onlyFrom: start, dataEnd: dataEnd)
  }
}
