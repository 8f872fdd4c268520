/// Leads one customer after the other through the chains of a plain funnel.
struct FunnelWalk: ~Copyable {
  private let stepCount: Int
  private let masks: EventMasks
  private var chains: FunnelChains
  /// Of the customer at hand, those that are any step.
  private var events = Scratch<Int>()

  init(_ query: FunnelQuery, _ masks: EventMasks) {
    stepCount = query.steps.count
    self.masks = masks
    chains = FunnelChains(steps: query.steps.count, window: query.window)
  }

  /// How far a customer came; nil for one who did no step.
  ///
  /// - Parameters:
  ///   - start: the event to begin with; what lies before must not matter.
  ///   - bits: class 2 is any step.
  mutating func outcome(
    of customer: Int, from start: Int, _ bits: borrowing EventBits, _ columns: EventColumns
  ) -> FunnelOutcome? {
    let all = columns.events(of: customer..<customer &+ 1)
    var start = max(start, all.lowerBound)
    // With everything else of that instant.
    while start > all.lowerBound && columns.timestamps[start &- 1] == columns.timestamps[start] { start &-= 1 }
    events.reserve(all.count)
    var count = 0
    for window in bits.windows(of: start..<all.upperBound) {
      var left = bits.word(ofClass: 2, window)
      while left != 0 {
        events[count] = window.event &+ left.trailingZeroBitCount
        count &+= 1
        left &= left &- 1
      }
    }
    walk(count, columns)
    return chains.reached > 0 ? chains.outcome : nil
  }

  /// Takes the events in groups of the same instant.
  private mutating func walk(_ count: Int, _ columns: EventColumns) {
    let (timestamps, masks) = (columns.timestamps, masks)
    chains.begin()
    var next = 0
    while next < count && !chains.isComplete {
      let event = events[next]
      let time = timestamps[event]
      let first = next
      repeat { next &+= 1 } while next < count && timestamps[events[next]] == time
      let mask = masks.mask(event)
      if next == first &+ 1 {
        chains.add(event, at: time, isSteps: mask)
      } else if (first..<next).allSatisfy({ masks.mask(events[$0]) == mask }) {
        for other in first..<next { chains.add(events[other], at: time, isSteps: mask) }
      } else {
        for step in 0..<stepCount {
          for other in first..<next where masks.mask(events[other]) & (1 << UInt64(step)) != 0 {
            chains.add(events[other], at: time, asStep: step)
          }
        }
      }
    }
  }
}
