import Journeys

/// Goes through the assignments and conversions of a batch, customer after customer.
struct HoldoutWalk {
  /// Classes of event types.
  static let assignment: UInt8 = 1
  static let conversion: UInt8 = 2

  /// The first assignment of the customer at hand in one experiment, and what came after it.
  private struct Membership {
    let key: HoldoutKey
    let time: Int64
    var conversions = 0
    var revenue: Int128 = 0
    var conflicting = 0
  }

  private let window: Int64
  private let period: ClosedRange<Int64>
  private var memberships: [Membership] = []

  init(_ query: HoldoutQuery) {
    window = query.window ?? .max
    period = query.period ?? Int64.min...Int64.max
  }

  /// - Parameter bits: class 0 assigns, class 1 is counted.
  mutating func add(
    _ batch: Range<Int>, _ bits: borrowing EventBits, _ columns: EventColumns, _ groups: GroupColumns,
    into tally: inout HoldoutTally
  ) {
    for customer in batch {
      let events = columns.events(of: customer..<customer &+ 1)
      // Most customers of most stores are in no experiment.
      guard let first = bits.first(ofClass: 0, in: events) else { continue }
      for window in bits.windows(of: first..<events.upperBound) {
        let assigned = bits.word(ofClass: 0, window)
        var left = assigned | bits.word(ofClass: 1, window)
        while left != 0 {
          let bit = left.trailingZeroBitCount
          left &= left &- 1
          let event = window.event &+ bit
          let time = columns.timestamps[event]
          if time > period.upperBound { break }
          if assigned &>> UInt64(bit) & 1 == 1 {
            assign(event, at: time, columns, groups)
          } else if time >= period.lowerBound {
            count(columns.amounts[event], at: time)
          }
        }
      }
      for member in memberships {
        tally.groups.add(
          HoldoutSums(conversions: member.conversions, revenue: member.revenue, conflicting: member.conflicting),
          at: member.key.bits)
      }
      memberships.removeAll(keepingCapacity: true)
    }
  }

  private mutating func assign(_ event: Int, at time: Int64, _ columns: EventColumns, _ groups: GroupColumns) {
    let key = HoldoutKey(
      channel: max(-1, columns.channels[event]), experiment: max(-1, groups.experiments[event]),
      groups.group(of: event))
    // A customer is in a handful of experiments: a list is searched faster than a table.
    for place in memberships.indices where memberships[place].key.test == key.test {
      if memberships[place].key.bits != key.bits { memberships[place].conflicting += 1 }
      return
    }
    memberships.append(Membership(key: key, time: time))
  }

  private mutating func count(_ amount: Int64, at time: Int64) {
    for place in memberships.indices where time &- memberships[place].time <= window {
      memberships[place].conversions += 1
      if amount != Money.none { memberships[place].revenue += Int128(amount) }
    }
  }
}

/// Which experiment and group an assignment names.
struct GroupColumns {
  let experiments: UnsafeBufferPointer<Int32>
  let groups: UnsafeBufferPointer<Int32>
  let treatment: Int32?
  let holdout: Int32?

  @inline(__always)
  func group(of event: Int) -> HoldoutKey.Group {
    let code = groups[event]
    return code == treatment ? .treatment : code == holdout ? .holdout : .other
  }
}
