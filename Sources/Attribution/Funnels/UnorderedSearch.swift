/// The most steps of a funnel without an order that events serve: one event begins and serves one of its steps, the
/// others need events of their own, strictly later and within the window.
///
/// For a given beginning it is a maximum matching of steps and events. Events are offered in order of time and kept
/// when the matching can grow by them (an augmenting path, Kuhn 1955), which gives the earliest times there are: the
/// events that can be matched together form a matroid, on which greed is optimal (Edmonds & Fulkerson 1965).
struct UnorderedSearch: ~Copyable {
  private let stepCount: Int
  private let window: Int64
  private let breakdownStep: Int
  /// By step: the place in the list of the event that serves it, or -1.
  private let serving: Scratch<Int>
  /// By step: the step whose event would move here.
  private let movedFrom: Scratch<Int>
  /// The events kept, in order of time.
  private let events: Scratch<Int>
  /// By step: events of the window at hand that are it.
  private let inWindow: Scratch<Int>

  init(_ query: FunnelQuery) {
    stepCount = query.steps.count
    window = query.window
    breakdownStep = query.breakdown.flatMap { $0.attribution == .step ? $0.step : nil } ?? -1
    serving = Scratch(repeating: -1, count: stepCount)
    movedFrom = Scratch(repeating: -1, count: stepCount)
    events = Scratch(repeating: 0, count: stepCount)
    inWindow = Scratch(repeating: 0, count: stepCount)
  }

  /// The best over all beginnings, the first of equals.
  mutating func run(
    _ list: UnsafeMutableBufferPointer<FunnelEvent>, group: Int32, dataEnd: Int64
  ) -> FunnelOutcome {
    let window = window
    var best = (count: 0, start: -1)
    forEachStart(list, group) { (search, start, bound) in
      guard bound > best.count else { return }
      let (count, _) = search.match(list, from: start, group)
      if count > best.count { best = (count, start) }
    }
    guard best.count > 0 else { return .nothing(UnsafePointer(events.start)) }
    _ = match(list, from: best.start, group)
    var outcome = outcome(best.count)
    if best.count < stepCount {
      for place in stride(from: list.count - 1, through: 0, by: -1) where steps(list[place], group) != 0 {
        if dataEnd &- list[place].time < window { outcome.openSince = list[place].time }
        break
      }
    }
    return outcome
  }

  /// The best from one beginning, and the place behind its last event.
  mutating func run(
    _ list: UnsafeMutableBufferPointer<FunnelEvent>, group: Int32, onlyFrom start: Int, dataEnd: Int64
  ) -> (FunnelOutcome, OrderedSearch.End) {
    let (count, last) = match(list, from: start, group)
    var outcome = outcome(count)
    if count < stepCount && count > 0 && dataEnd &- list[start].time < window { outcome.openSince = list[start].time }
    return (outcome, OrderedSearch.End(place: last + 1, isComplete: count == stepCount))
  }

  private func outcome(_ count: Int) -> FunnelOutcome {
    FunnelOutcome(
      completed: count, taken: count == 64 ? UInt64.max : (1 &<< UInt64(count)) &- 1,
      events: UnsafePointer(events.start), openSince: nil)
  }

  @inline(__always)
  private func steps(_ event: FunnelEvent, _ group: Int32) -> UInt64 {
    breakdownStep >= 0 && event.group != group ? event.steps & ~(1 &<< UInt64(breakdownStep)) : event.steps
  }

  /// Visits every event that may begin, with a bound on how many steps it can come to: those of which an event lies
  /// in its window. The bound is exact where no event is several steps.
  mutating func forEachStart(
    _ list: UnsafeMutableBufferPointer<FunnelEvent>, _ group: Int32,
    _ body: (inout UnorderedSearch, Int, Int) -> Void
  ) {
    for step in 0..<stepCount { inWindow[step] = 0 }
    var present: UInt64 = 0
    var (later, end) = (0, 0)
    for start in 0..<list.count {
      let own = steps(list[start], group)
      guard own != 0 else { continue }
      let time = list[start].time
      while end < list.count && list[end].time &- time <= window {
        present |= steps(list[end], group)
        count(steps(list[end], group), 1)
        end &+= 1
      }
      while later < end && list[later].time <= time {
        let left = steps(list[later], group)
        count(left, -1)
        var gone = left
        while gone != 0 {
          let step = gone.trailingZeroBitCount
          if inWindow[step] == 0 { present &= ~(1 &<< UInt64(truncatingIfNeeded: step)) }
          gone &= gone &- 1
        }
        later &+= 1
      }
      body(&self, start, (present | own).nonzeroBitCount)
    }
  }

  private func count(_ steps: UInt64, _ change: Int) {
    var left = steps
    while left != 0 {
      inWindow[left.trailingZeroBitCount] &+= change
      left &= left &- 1
    }
  }

  /// - Returns: the number of steps served, and the place of the last event that serves one.
  mutating func match(
    _ list: UnsafeMutableBufferPointer<FunnelEvent>, from start: Int, _ group: Int32
  ) -> (count: Int, last: Int) {
    for step in 0..<stepCount { serving[step] = -1 }
    guard offer(start, list, group) else { return (0, start) }
    events[0] = list[start].event
    var (count, last) = (1, start)
    let time = list[start].time
    var place = start &+ 1
    while count < stepCount && place < list.count && list[place].time &- time <= window {
      if list[place].time > time && offer(place, list, group) {
        events[count] = list[place].event
        count &+= 1
        last = place
      }
      place &+= 1
    }
    return (count, last)
  }

  /// Lets an event serve a step, by moving others if need be; false when none of its steps can be made free.
  private func offer(_ place: Int, _ list: UnsafeMutableBufferPointer<FunnelEvent>, _ group: Int32) -> Bool {
    var frontier = steps(list[place], group)
    var seen = frontier
    var left = frontier
    while left != 0 {
      movedFrom[left.trailingZeroBitCount] = -1
      left &= left &- 1
    }
    while frontier != 0 {
      var step = frontier.trailingZeroBitCount
      frontier &= frontier &- 1
      guard serving[step] >= 0 else {
        while movedFrom[step] >= 0 {
          serving[step] = serving[movedFrom[step]]
          step = movedFrom[step]
        }
        serving[step] = place
        return true
      }
      var further = steps(list[serving[step]], group) & ~seen
      seen |= further
      frontier |= further
      while further != 0 {
        movedFrom[further.trailingZeroBitCount] = step
        further &= further &- 1
      }
    }
    return false
  }
}
