/// How far customers got through a funnel, and how long each step took them; in the order of the customers.
public struct FunnelTally: Sendable, Codable, Equatable {
  /// By number of steps done, from 1: customers who did so many and no more.
  var furthest: [Int]
  /// By step: microseconds since the step before, of the customers who reached it; none for the first.
  var durations: [[Int64]]
  /// By number of steps done, from 1, if they are listed.
  var customers: [[Int32]]

  init(steps: Int) {
    furthest = Array(repeating: 0, count: steps)
    durations = Array(repeating: [], count: steps)
    customers = Array(repeating: [], count: steps)
  }

  mutating func add(
    _ chains: borrowing FunnelChains, of customer: Int, _ timestamps: UnsafeBufferPointer<Int64>, isListed: Bool
  ) {
    furthest[chains.reached - 1] += 1
    if isListed { customers[chains.reached - 1].append(Int32(customer)) }
    guard chains.reached > 1 else { return }
    var previous = timestamps[chains.event(ofStep: 0)]
    for step in 1..<chains.reached {
      let time = timestamps[chains.event(ofStep: step)]
      durations[step].append(time - previous)
      previous = time
    }
  }

  mutating func add(_ later: FunnelTally) {
    for step in furthest.indices {
      furthest[step] += later.furthest[step]
      durations[step] += later.durations[step]
      customers[step] += later.customers[step]
    }
  }
}
