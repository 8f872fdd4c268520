/// How far every beginning of an ordered funnel leads: each next step is the first event that can be it.
///
/// What comes next only moves on as the beginnings do, so a list takes time in proportion to its events and the steps
/// that they are. The rule for events of one instant is that of `OrderedSearch`.
struct GreedyAttempts: ~Copyable {
  private let stepCount: Int
  private let window: Int64
  private let breakdownStep: Int
  private let usesInstants: Bool
  /// The places of the events that are a step, one step's after the other's.
  private var places = Scratch<Int>()
  /// By step: where in `places` the first is that is not over; and where they end.
  private let cursors: Scratch<Int>
  private let ends: Scratch<Int>
  /// By place: whether the events of its instant are different steps.
  private var isMixed = Scratch<Bool>()
  private let chain: Scratch<Int>

  init(_ query: FunnelQuery) {
    stepCount = query.steps.count
    window = query.window
    breakdownStep = query.breakdown.flatMap { $0.attribution == .step ? $0.step : nil } ?? -1
    usesInstants = query.sameInstant == .stepOrder
    cursors = Scratch(repeating: 0, count: stepCount)
    ends = Scratch(repeating: 0, count: stepCount)
    chain = Scratch(repeating: 0, count: stepCount)
  }

  /// Calls `take` with every beginning, in order, and the steps that it leads to, as bits.
  mutating func visit(
    _ list: UnsafeMutableBufferPointer<FunnelEvent>, _ group: Int32, _ take: (Int, UInt64) -> Void
  ) {
    findPlaces(list, group)
    findInstants(list)
    let end = ends[0]
    while cursors[0] < end {
      let start = places[cursors[0]]
      cursors[0] &+= 1
      take(start, follow(start, list))
    }
  }

  private mutating func findPlaces(_ list: UnsafeMutableBufferPointer<FunnelEvent>, _ group: Int32) {
    func steps(_ event: FunnelEvent) -> UInt64 {
      breakdownStep >= 0 && event.group != group ? event.steps & ~(1 &<< UInt64(breakdownStep)) : event.steps
    }
    for step in 0..<stepCount { ends[step] = 0 }
    var count = 0
    for event in list {
      var left = steps(event)
      count &+= left.nonzeroBitCount
      while left != 0 {
        ends[left.trailingZeroBitCount] &+= 1
        left &= left &- 1
      }
    }
    places.reserve(count)
    var end = 0
    for step in 0..<stepCount {
      cursors[step] = end
      end &+= ends[step]
      ends[step] = cursors[step]
    }
    for place in 0..<list.count {
      var left = steps(list[place])
      while left != 0 {
        let step = left.trailingZeroBitCount
        places[ends[step]] = place
        ends[step] &+= 1
        left &= left &- 1
      }
    }
  }

  private mutating func findInstants(_ list: UnsafeMutableBufferPointer<FunnelEvent>) {
    isMixed.reserve(list.count)
    var first = 0
    while first < list.count {
      var (end, mixed) = (first &+ 1, false)
      while end < list.count && list[end].time == list[first].time {
        mixed = mixed || list[end].steps != list[first].steps
        end &+= 1
      }
      for place in first..<end { isMixed[place] = mixed && usesInstants }
      first = end
    }
  }

  private func follow(_ start: Int, _ list: UnsafeMutableBufferPointer<FunnelEvent>) -> UInt64 {
    chain[0] = start
    var taken: UInt64 = 1
    for step in 1..<max(1, stepCount) {
      let previous = chain[step &- 1]
      let time = list[previous].time
      while cursors[step] < ends[step] && list[places[cursors[step]]].time < time { cursors[step] &+= 1 }
      var next = cursors[step]
      while next < ends[step] && list[places[next]].time == time && !follows(places[next], step, list) { next &+= 1 }
      guard next < ends[step], list[places[next]].time &- list[start].time <= window else { break }
      chain[step] = places[next]
      taken |= 1 &<< UInt64(truncatingIfNeeded: step)
    }
    return taken
  }

  /// Whether an event of the same instant as the step before can be the next.
  private func follows(_ place: Int, _ step: Int, _ list: UnsafeMutableBufferPointer<FunnelEvent>) -> Bool {
    guard isMixed[place] else { return place > chain[step &- 1] }
    for earlier in 0..<step where chain[earlier] == place { return false }
    return true
  }
}
