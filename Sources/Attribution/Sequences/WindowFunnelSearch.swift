/// The most conditions that one customer's events fulfil one after the other in a window: ClickHouse's `windowFunnel`
/// (`AggregateFunctionWindowFunnel.cpp` of version 26). Linear in the pairs of event and condition.
struct WindowFunnelSearch: ~Copyable {
  /// An event and a condition that it fulfils.
  struct Pair: BitwiseCopyable {
    /// Seconds.
    var time: Int64
    /// 0-based; -1 for an event that fulfils none, which only a strict order sees.
    var condition: Int
    var event: Int
  }

  private static let none = Int64.min

  private let conditionCount: Int
  private let window: Int64
  private let isDeduplicated: Bool
  private let isOrdered: Bool
  private let isIncreasing: Bool
  private let isOnce: Bool
  private let allowsReentry: Bool
  /// By condition: when the newest chain that reached it began, and when it did.
  private let starts: Scratch<Int64>
  private let lasts: Scratch<Int64>
  private let isReached: Scratch<Bool>
  private var chains = GrowingScratch<InstantChain>()

  init(_ conditions: Int, window: Int64, _ modes: Set<SequenceQuery.Mode>) {
    conditionCount = conditions
    self.window = window
    isDeduplicated = modes.contains(.strictDeduplication)
    isOrdered = modes.contains(.strictOrder)
    isIncreasing = modes.contains(.strictIncrease)
    isOnce = modes.contains(.strictOnce)
    allowsReentry = modes.contains(.allowReentry)
    starts = Scratch(repeating: Self.none, count: conditions)
    lasts = Scratch(repeating: Self.none, count: conditions)
    isReached = Scratch(repeating: false, count: conditions)
  }

  /// Whether events that fulfil no condition matter.
  var seesOthers: Bool { isOrdered }

  /// - Parameter pairs: in the order of time, condition and event.
  mutating func level(_ pairs: UnsafeMutableBufferPointer<Pair>) -> Int {
    if pairs.isEmpty { return 0 }
    if conditionCount == 1 && !isOrdered { return 1 }
    for condition in 0..<conditionCount {
      starts[condition] = Self.none
      isReached[condition] = false
    }
    chains.removeAll()
    var time = pairs[0].time
    for pair in pairs {
      if isOnce && pair.time != time { settle() }
      time = pair.time
      let condition = pair.condition
      if condition == -1 {
        if isReached[0] { break }
        continue
      }
      if condition == 0 {
        begin(pair)
      } else if isDeduplicated && isReached[condition] {
        return highest
      } else if isOrdered && isReached[0] && !isReached[condition &- 1] {
        if !allowsReentry { return lowestMissing }
      } else if isReached[condition &- 1] {
        if isOnce { extendAll(pair) } else { extend(pair) }
        if condition == conditionCount &- 1 && isReached[condition] { return conditionCount }
      }
    }
    return highest
  }

  private mutating func begin(_ pair: Pair) {
    isReached[0] = true
    if isOnce {
      chains.append(InstantChain(condition: 0, start: pair.time, event: pair.event, parent: -1))
    } else {
      starts[0] = pair.time
      lasts[0] = pair.time
    }
  }

  private func extend(_ pair: Pair) {
    let previous = pair.condition &- 1
    guard isInside(pair.time, starts[previous]), !isIncreasing || lasts[previous] < pair.time else { return }
    starts[pair.condition] = starts[previous]
    lasts[pair.condition] = pair.time
    isReached[pair.condition] = true
  }

  /// Continues every chain. Of those of earlier instants the newest stands for all: an event can only meet itself in a
  /// chain at its own instant, so they differ in nothing but what is left of their window.
  private mutating func extendAll(_ pair: Pair) {
    let previous = pair.condition &- 1
    if starts[previous] != Self.none && isInside(pair.time, starts[previous]) {
      append(pair, start: starts[previous], parent: -1)
    }
    if isIncreasing { return }
    for place in 0..<chains.count where chains[place].condition == previous {
      guard isInside(pair.time, chains[place].start), !contains(pair.event, place) else { continue }
      append(pair, start: chains[place].start, parent: place)
    }
  }

  private mutating func append(_ pair: Pair, start: Int64, parent: Int) {
    chains.append(InstantChain(condition: pair.condition, start: start, event: pair.event, parent: parent))
    isReached[pair.condition] = true
  }

  private func contains(_ event: Int, _ chain: Int) -> Bool {
    var place = chain
    while place >= 0 {
      if chains[place].event == event { return true }
      place = chains[place].parent
    }
    return false
  }

  /// An instant is over: of the chains that it made the newest are kept.
  private mutating func settle() {
    for place in 0..<chains.count {
      let chain = chains[place]
      starts[chain.condition] = max(starts[chain.condition], chain.start)
    }
    chains.removeAll()
  }

  @inline(__always)
  private func isInside(_ time: Int64, _ start: Int64) -> Bool {
    let (end, overflow) = start.addingReportingOverflow(window)
    return overflow || time <= end
  }

  private var highest: Int {
    for condition in stride(from: conditionCount - 1, through: 0, by: -1) where isReached[condition] {
      return condition + 1
    }
    return 0
  }

  private var lowestMissing: Int {
    for condition in 0..<conditionCount where !isReached[condition] { return condition }
    return conditionCount
  }
}

/// A chain whose last event is of the instant at hand; `parent` is the same chain before it, if that is too.
struct InstantChain: BitwiseCopyable {
  var condition: Int
  var start: Int64
  var event: Int
  var parent: Int
}
