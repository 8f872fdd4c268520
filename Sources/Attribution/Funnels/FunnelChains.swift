/// The furthest that one customer gets through the steps of an ordered funnel.
///
/// For each step one chain is kept, the one that reached it last: its start and the events of its steps. A chain is
/// overtaken by one that begins later, which has more of its window left. The definition is that of PostHog's funnels
/// (`funnel-udf`), with its rule for events at the same instant.
struct FunnelChains: ~Copyable {
  private static let none = Int64.min

  private let steps: Int
  private let window: Int64
  /// By step: the time at which its chain began.
  private let starts: Scratch<Int64>
  /// By step: the events of its chain, a row of `steps`.
  private let events: Scratch<Int>
  /// Of the chain that first got as far as any did.
  private let best: Scratch<Int>
  private(set) var reached = 0

  init(steps: Int, window: Int64) {
    self.steps = steps
    self.window = window
    starts = Scratch(repeating: Self.none, count: steps)
    events = Scratch(repeating: 0, count: steps * steps)
    best = Scratch(repeating: 0, count: steps)
  }

  var isComplete: Bool { reached == steps }

  /// That of the chain that got furthest.
  var outcome: FunnelOutcome {
    FunnelOutcome(
      completed: reached, taken: UInt64.max >> UInt64(64 - reached), events: UnsafePointer(best.start), openSince: nil)
  }

  mutating func begin() {
    for step in 0..<steps { starts[step] = Self.none }
    reached = 0
  }

  /// An event alone at its instant, or among others that are the same steps.
  @inline(__always)
  mutating func add(_ event: Int, at time: Int64, isSteps mask: UInt64) {
    // From the last step to the first: an event continues chains of before, not one that it has itself continued.
    var left = mask
    while left != 0 {
      let step = 63 &- left.leadingZeroBitCount
      extend(to: step, event, at: time, onlyOnce: false)
      left &= ~(1 &<< UInt64(truncatingIfNeeded: step))
    }
  }

  /// An event that is one of several different steps at an instant: it may be in a chain once.
  mutating func add(_ event: Int, at time: Int64, asStep step: Int) {
    extend(to: step, event, at: time, onlyOnce: true)
  }

  @inline(__always)
  private mutating func extend(to step: Int, _ event: Int, at time: Int64, onlyOnce: Bool) {
    let row = step &* steps
    if step == 0 {
      guard starts[0] != time else { return }
      starts[0] = time
    } else {
      let start = starts[step &- 1]
      guard start != Self.none, starts[step] != start, time &- start <= window else { return }
      let previous = row &- steps
      if onlyOnce {
        for earlier in 0..<step where events[previous &+ earlier] == event { return }
      }
      for earlier in 0..<step { events[row &+ earlier] = events[previous &+ earlier] }
      starts[step] = start
    }
    events[row &+ step] = event
    if step == reached {
      reached = step &+ 1
      for earlier in 0...step { best[earlier] = events[row &+ earlier] }
    }
  }
}
