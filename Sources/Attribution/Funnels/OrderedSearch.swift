/// The furthest that events lead through the steps of an ordered or strict funnel.
///
/// For every step one chain is kept, the newest that reached it; with minimum gaps between steps all of them, as the
/// newest may be too young to go on. The definition is that of PostHog's funnels (`funnel-udf/src/steps.rs`): events go
/// in groups of the same instant; those that are different steps follow each other in the order of the steps, each once
/// in a chain, and exclusions and strictness do not look inside of such a group.
struct OrderedSearch: ~Copyable {
  private static let none: Int32 = -1

  private let stepCount: Int
  private let window: Int64
  private let isStrict: Bool
  private let stopsChains: Bool
  private let usesInstants: Bool
  /// By step.
  private let within: Scratch<Int64>
  private let gaps: Scratch<Int64>
  private let optional: UInt64
  private let hasGaps: Bool
  /// A chain that reached a step may reach it again later, which leaves more of the next step's own window.
  private let renews: Bool
  /// The step whose event must have the wanted value of the breakdown, or -1.
  private let breakdownStep: Int

  private var links = GrowingScratch<ChainLink>()
  /// By step: the link that reached it last.
  private let latest: Scratch<Int32>
  /// By step: all links that reached it, in order; only with gaps.
  private var queues: [[Int32]]
  /// By step: the event of the best chain.
  private let events: Scratch<Int>

  // Of the search at hand.
  private var wanted: Int32 = 0
  private var onlyStart = -1
  private var best = Self.none
  private var bestStep = -1
  private var bestIsExcluded = false

  init(_ query: FunnelQuery) {
    stepCount = query.steps.count
    window = query.window
    isStrict = query.mode == .strict
    stopsChains = query.exclusionRule == .stopChain
    usesInstants = query.sameInstant == .stepOrder
    within = Scratch(copying: query.steps.map { $0.within ?? Int64.max })
    gaps = Scratch(copying: query.steps.map(\.gap))
    optional = ~query.required
    hasGaps = query.steps.contains { $0.gap > 0 }
    renews = query.steps.contains { $0.within != nil }
    breakdownStep = query.breakdown.flatMap { $0.attribution == .step ? $0.step : nil } ?? -1
    latest = Scratch(repeating: Self.none, count: stepCount)
    queues = Array(repeating: [], count: hasGaps ? stepCount : 0)
    events = Scratch(repeating: 0, count: stepCount)
  }

  /// Where an attempt that began with one event ended.
  struct End {
    /// The place in the list behind the last event that mattered.
    var place: Int
    var isComplete: Bool
  }

  /// - Parameters:
  ///   - list: events in order of time.
  ///   - group: the value that the breakdown's step must have.
  ///   - start: the place of the one event that may begin a chain; nil for any.
  ///   - end: where the data end, microseconds.
  mutating func run(
    _ list: UnsafeMutableBufferPointer<FunnelEvent>, group: Int32, onlyFrom start: Int? = nil, dataEnd end: Int64
  ) -> (FunnelOutcome, End) {
    begin(group, start.map { list[$0].event } ?? -1)
    var next = 0
    if let start {
      next = start
      while next > 0 && list[next &- 1].time == list[start].time { next &-= 1 }
    }
    while next < list.count {
      let first = next
      let time = list[first].time
      if let start {
        // Nothing that can be continued is left.
        let hasBegun = first > start
        if hasBegun && (time &- list[start].time > window || isStrict && !isAlive) { break }
      }
      next &+= 1
      if usesInstants { while next < list.count && list[next].time == time { next &+= 1 } }
      let (steps, excludes) = (list[first].steps, list[first].excludes)
      let isUniform =
        next == first &+ 1
        || list[first..<next].allSatisfy { $0.steps == steps && $0.excludes == excludes }
      if isUniform {
        for place in first..<next { add(list[place]) }
      } else {
        for step in 0..<stepCount {
          for place in first..<next where list[place].steps & (1 &<< UInt64(step)) != 0 {
            extend(to: step, list[place], onlyOnce: true)
          }
        }
      }
      if bestStep == stepCount &- 1 && !bestIsExcluded { break }
    }
    return (outcome(dataEnd: end), End(place: next, isComplete: bestStep == stepCount &- 1))
  }

  private mutating func begin(_ group: Int32, _ start: Int) {
    (wanted, onlyStart) = (group, start)
    links.removeAll()
    for step in 0..<stepCount { forget(step) }
    (best, bestStep, bestIsExcluded) = (Self.none, -1, false)
  }

  private var isAlive: Bool {
    for step in 0..<stepCount where latest[step] != Self.none { return true }
    return false
  }

  @inline(__always)
  private mutating func add(_ event: FunnelEvent) {
    if event.excludes != 0 { exclude(event) }
    // From the last step to the first: an event continues chains of before, not one that it has itself continued.
    var left = event.steps
    while left != 0 {
      let step = 63 &- left.leadingZeroBitCount
      extend(to: step, event, onlyOnce: false)
      left &= ~(1 &<< UInt64(truncatingIfNeeded: step))
    }
    guard isStrict else { return }
    for step in 0..<stepCount where event.steps & (1 &<< UInt64(step)) == 0 { forget(step) }
  }

  private mutating func forget(_ step: Int) {
    latest[step] = Self.none
    if hasGaps { queues[step].removeAll(keepingCapacity: true) }
  }

  private mutating func extend(to step: Int, _ event: FunnelEvent, onlyOnce: Bool) {
    if step == breakdownStep && event.group != wanted { return }
    let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: step)
    let newest = latest[step]
    var link = ChainLink(
      event: event.event, time: event.time, start: event.time, taken: bit, parent: Self.none,
      step: Int32(step), isExcluded: false)
    if step == 0 {
      if onlyStart >= 0 && event.event != onlyStart {
        // A newer beginning takes the place of the one that was to be followed.
        if isStrict { forget(0) }
        return
      }
      if newest != Self.none && links[Int(newest)].start == event.time { return }
    } else {
      let parent = chain(toContinueWith: step, at: event.time)
      guard parent != Self.none else { return }
      let before = links[Int(parent)]
      if !renews && newest != Self.none && links[Int(newest)].start == before.start { return }
      if event.time &- before.time > within[step] || before.isExcluded && stopsChains { return }
      if onlyOnce && contains(event.event, parent) { return }
      link.start = before.start
      link.taken |= before.taken
      link.parent = parent
      link.isExcluded = before.isExcluded
    }
    let place = Int32(truncatingIfNeeded: links.count)
    links.append(link)
    if !link.isExcluded {
      latest[step] = place
      if hasGaps { queues[step].append(place) }
    }
    if step > bestStep || step == bestStep && bestIsExcluded {
      (best, bestStep, bestIsExcluded) = (place, step, link.isExcluded)
    }
  }

  /// The newest chain that a step at a time may continue: of the step before it, or of one before that where those in
  /// between are optional.
  private func chain(toContinueWith step: Int, at time: Int64) -> Int32 {
    var previous = step &- 1
    while true {
      let place = gaps[step] == 0 ? latest[previous] : newest(of: previous, before: time &- gaps[step])
      if place != Self.none && time &- links[Int(place)].start <= window { return place }
      guard previous > 0, optional & (1 &<< UInt64(previous)) != 0 else { return Self.none }
      previous &-= 1
    }
  }

  /// The newest chain that reached a step no later than a time; starts and times of a queue both rise.
  private func newest(of step: Int, before time: Int64) -> Int32 {
    var (low, high) = (0, queues[step].count)
    while low < high {
      let middle = (low &+ high) / 2
      if links[Int(queues[step][middle])].time <= time { low = middle &+ 1 } else { high = middle }
    }
    return low == 0 ? Self.none : queues[step][low &- 1]
  }

  private func contains(_ event: Int, _ link: Int32) -> Bool {
    var place = link
    while place != Self.none {
      if links[Int(place)].event == event { return true }
      place = links[Int(place)].parent
    }
    return false
  }

  /// Marks the chains that an event forbids to go on.
  private mutating func exclude(_ event: FunnelEvent) {
    var left = event.excludes
    while left != 0 {
      let completed = left.trailingZeroBitCount
      left &= left &- 1
      let step = completed &- 1
      let place = latest[step]
      guard place != Self.none else { continue }
      let start = links[Int(place)].start
      let hasGoneOn = latest[completed] != Self.none && links[Int(latest[completed])].start == start
      guard event.time &- start <= window, !hasGoneOn, !links[Int(place)].isExcluded else { continue }
      mark(place)
      if hasGaps { markOlder(step) }
      if !stopsChains && bestStep == step && event.time &- links[Int(best)].start <= window { bestIsExcluded = true }
    }
  }

  /// Marks what reached a step before its newest: not past one that is marked, as those before it were with it.
  private func markOlder(_ step: Int) {
    for older in queues[step].dropLast().reversed() {
      if links[Int(older)].isExcluded { return }
      mark(older)
    }
  }

  private func mark(_ place: Int32) { links.start[Int(place)].isExcluded = true }

  private mutating func outcome(dataEnd: Int64) -> FunnelOutcome {
    var outcome = FunnelOutcome.nothing(UnsafePointer(events.start))
    guard best != Self.none else { return outcome }
    if bestIsExcluded {
      outcome.isExcluded = true
      return outcome
    }
    var place = best
    while place != Self.none {
      let link = links[Int(place)]
      events[Int(link.step)] = link.event
      place = link.parent
    }
    outcome.taken = links[Int(best)].taken
    outcome.completed = (outcome.taken & ~optional).nonzeroBitCount
    if bestStep < stepCount &- 1 {
      for step in 0..<stepCount where latest[step] != Self.none {
        let link = links[Int(latest[step])]
        if !link.isExcluded && dataEnd &- link.start < window {
          outcome.openSince = max(outcome.openSince ?? link.start, link.start)
        }
      }
    }
    return outcome
  }
}

/// A step of a chain; its earlier steps are found through `parent`.
struct ChainLink: BitwiseCopyable {
  var event: Int
  var time: Int64
  /// When the chain began.
  var start: Int64
  var taken: UInt64
  var parent: Int32
  var step: Int32
  var isExcluded: Bool
}
