/// How far customers (or attempts) got through a funnel, and how long each step took them; in the order of the
/// customers.
public struct FunnelTally: Sendable, Codable, Equatable {
  /// Of all customers first, then of each value of a breakdown.
  var groups: [Group]

  struct Group: Sendable, Codable, Equatable {
    /// By step: those who took it.
    var reached: [Int]
    /// By number of required steps done, from 1: those who did so many and no more.
    var furthest: [Int]
    /// Of those, how many could still come further when the data ended.
    var open: [Int]
    /// By step: microseconds since the step before that was taken, of those who reached it; none for the first.
    var durations: [[Int64]]
    /// Microseconds between the two steps that are measured, of those who took both.
    var conversions: [Int64]
    /// Microseconds for which those who are open were watched.
    var watched: [Int64]
    /// By number of required steps done, from 1, if they are listed.
    var customers: [[Int32]]
    /// By step: those who took an optional one, if they are listed.
    var takers: [[Int32]]

    init(steps: Int) {
      reached = Array(repeating: 0, count: steps)
      furthest = reached
      open = reached
      durations = Array(repeating: [], count: steps)
      conversions = []
      watched = []
      customers = Array(repeating: [], count: steps)
      takers = customers
    }

    mutating func add(
      _ outcome: FunnelOutcome, of customer: Int, _ timestamps: UnsafeBufferPointer<Int64>, _ plan: FunnelPlan,
      isListed: Bool
    ) {
      guard outcome.completed > 0 else { return }
      furthest[outcome.completed - 1] += 1
      if isListed { customers[outcome.completed - 1].append(Int32(customer)) }
      let (from, to) = plan.measured
      if outcome.taken & (1 &<< UInt64(from)) != 0 && outcome.taken & (1 &<< UInt64(to)) != 0 {
        conversions.append(timestamps[outcome.events[to]] - timestamps[outcome.events[from]])
      }
      var previous = timestamps[outcome.events[0]]
      var left = outcome.taken
      while left != 0 {
        let step = left.trailingZeroBitCount
        left &= left &- 1
        let time = timestamps[outcome.events[step]]
        reached[step] += 1
        if isListed && plan.required & (1 &<< UInt64(step)) == 0 { takers[step].append(Int32(customer)) }
        if step > 0 { durations[step].append(time - previous) }
        previous = time
      }
      if let start = outcome.openSince {
        open[outcome.completed - 1] += 1
        watched.append(plan.dataEnd - start)
      }
    }

    mutating func add(_ later: Group) {
      for step in reached.indices {
        reached[step] += later.reached[step]
        furthest[step] += later.furthest[step]
        open[step] += later.open[step]
        durations[step] += later.durations[step]
        customers[step] += later.customers[step]
        takers[step] += later.takers[step]
      }
      conversions += later.conversions
      watched += later.watched
    }
  }

  init(steps: Int, groups: Int) { self.groups = Array(repeating: Group(steps: steps), count: groups + 1) }

  mutating func add(_ later: FunnelTally) {
    for group in groups.indices { groups[group].add(later.groups[group]) }
  }
}
