/// How far every beginning of an ordered funnel leads: each next step is the first event that can be it, and an
/// excluded event between two steps ends the chain or all of the attempt.
///
/// What comes next only moves on as the beginnings do, so a list takes time in proportion to its events and the steps
/// that they are. The rule for events of one instant is that of `OrderedSearch`.
package struct GreedyAttempts: ~Copyable {
  private let stepCount: Int
  private let window: Int64
  private let breakdownStep: Int
  private let usesInstants: Bool
  private let stopsChains: Bool
  /// The places of the events that are a step, one step's after the other's; then of those that exclude a chain with
  /// one completed step, two, and so on.
  private var places = Scratch<Int>()
  /// By step, then by number of completed steps: where in `places` the first is that is not over; and where they end.
  private let cursors: Scratch<Int>
  private let ends: Scratch<Int>
  /// By place: whether the events of its instant are different steps.
  private var isMixed = Scratch<Bool>()
  private let chain: Scratch<Int>
  /// Events looked at up to now: what the work is in proportion to.
  package private(set) var looks = 0

  package init(_ query: FunnelQuery) {
    stepCount = query.steps.count
    window = query.window
    breakdownStep = query.breakdown.flatMap { $0.attribution == .step ? $0.step : nil } ?? -1
    usesInstants = query.sameInstant == .stepOrder
    stopsChains = query.exclusionRule == .stopChain
    cursors = Scratch(repeating: 0, count: 2 * stepCount)
    ends = Scratch(repeating: 0, count: 2 * stepCount)
    chain = Scratch(repeating: 0, count: stepCount)
  }

  /// Calls `take` with every beginning, in order, and the steps that it leads to, as bits; none for one that an
  /// exclusion forbids to count.
  package mutating func visit(
    _ list: UnsafeMutableBufferPointer<FunnelEvent>, _ group: Int32, _ take: (Int, UInt64) -> Void
  ) {
    findInstants(list)
    findPlaces(list, group)
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
    // Inside of an instant of different steps nothing is excluded.
    func excludes(_ place: Int) -> UInt64 { isMixed[place] ? 0 : list[place].excludes }
    for kind in 0..<2 * stepCount { ends[kind] = 0 }
    var count = 0
    for place in 0..<list.count {
      count &+= Self.forEachBit(steps(list[place])) { ends[$0] &+= 1 }
      count &+= Self.forEachBit(excludes(place)) { ends[stepCount &+ $0] &+= 1 }
    }
    places.reserve(count)
    var end = 0
    for kind in 0..<2 * stepCount {
      cursors[kind] = end
      end &+= ends[kind]
      ends[kind] = cursors[kind]
    }
    func add(_ place: Int, _ kind: Int) {
      places[ends[kind]] = place
      ends[kind] &+= 1
    }
    for place in 0..<list.count {
      Self.forEachBit(steps(list[place])) { add(place, $0) }
      Self.forEachBit(excludes(place)) { add(place, stepCount &+ $0) }
    }
    looks &+= list.count
  }

  /// - Returns: how many bits there are.
  @inline(__always) @discardableResult
  private static func forEachBit(_ bits: UInt64, _ body: (Int) -> Void) -> Int {
    var left = bits
    while left != 0 {
      body(left.trailingZeroBitCount)
      left &= left &- 1
    }
    return bits.nonzeroBitCount
  }

  private mutating func findInstants(_ list: UnsafeMutableBufferPointer<FunnelEvent>) {
    isMixed.reserve(list.count)
    var first = 0
    while first < list.count {
      var (end, mixed) = (first &+ 1, false)
      while end < list.count && list[end].time == list[first].time {
        mixed = mixed || list[end].steps != list[first].steps || list[end].excludes != list[first].excludes
        end &+= 1
      }
      for place in first..<end { isMixed[place] = mixed && usesInstants }
      first = end
    }
  }

  private mutating func follow(_ start: Int, _ list: UnsafeMutableBufferPointer<FunnelEvent>) -> UInt64 {
    chain[0] = start
    var taken: UInt64 = 1
    for step in 1..<max(1, stepCount) {
      let next = next(step, list)
      let isInTime = next >= 0 && list[next].time &- list[start].time <= window
      let excluded = firstExcluded(step)
      if excluded >= 0, list[excluded].time &- list[start].time <= window, !isInTime || excluded <= next {
        return stopsChains ? taken : 0
      }
      guard isInTime else { break }
      chain[step] = next
      taken |= 1 &<< UInt64(truncatingIfNeeded: step)
    }
    return taken
  }

  /// The first event that can follow the step before; -1 without one.
  private mutating func next(_ step: Int, _ list: UnsafeMutableBufferPointer<FunnelEvent>) -> Int {
    let previous = chain[step &- 1]
    let time = list[previous].time
    var cursor = cursors[step]
    let end = ends[step]
    // Later beginnings have later steps, so that what is over stays over. An event does not follow itself.
    while cursor < end,
      list[places[cursor]].time < time
        || list[places[cursor]].time == time && !isMixed[places[cursor]] && places[cursor] <= previous
    {
      cursor &+= 1
    }
    looks &+= cursor &- cursors[step] &+ 1
    cursors[step] = cursor
    // In an instant of different steps any event follows that is not in the chain: no more than its steps are passed.
    while cursor < end && list[places[cursor]].time == time && isInChain(places[cursor], upTo: step) {
      cursor &+= 1
      looks &+= 1
    }
    return cursor < end ? places[cursor] : -1
  }

  private func isInChain(_ place: Int, upTo step: Int) -> Bool {
    for earlier in 0..<step where chain[earlier] == place { return true }
    return false
  }

  /// The first event behind the step before that excludes a chain with so many completed steps; -1 without one.
  private mutating func firstExcluded(_ completed: Int) -> Int {
    let kind = stepCount &+ completed
    var cursor = cursors[kind]
    while cursor < ends[kind] && places[cursor] <= chain[completed &- 1] { cursor &+= 1 }
    looks &+= cursor &- cursors[kind] &+ 1
    cursors[kind] = cursor
    return cursor < ends[kind] ? places[cursor] : -1
  }
}
