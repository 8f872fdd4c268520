import Journeys

/// The places of the events of interest among those of a batch of customers, in order.
struct EventSelection: ~Copyable {
  /// Counted from the first event of the batch.
  private(set) var places = Scratch<UInt32>()
  private(set) var count = 0
  private(set) var firstEvent = 0

  /// Selects the events whose type has any flag.
  mutating func select(_ customers: Range<Int>, of store: JourneyStore, _ roles: EventRoles) {
    let (types, events) = (store.eventTypes, store.events(of: customers))
    firstEvent = events.lowerBound
    places.reserve(events.count)
    count = roles.withTable { roles in
      var kept = 0
      // Every event is written and kept by moving on: no branch that the processor could guess wrongly.
      for event in events {
        places[kept] = UInt32(truncatingIfNeeded: event &- events.lowerBound)
        kept &+= roles[types[event]] != 0 ? 1 : 0
      }
      return kept
    }
  }

  @inline(__always)
  subscript(entry: Int) -> Int { firstEvent &+ Int(places[entry]) }

  /// The first entry from `entry` on that does not lie before event `end`.
  @inline(__always)
  func entries(from entry: Int, before end: Int) -> Range<Int> {
    let limit = UInt32(truncatingIfNeeded: end &- firstEvent)
    var next = entry
    while next < count && places[next] < limit { next &+= 1 }
    return entry..<next
  }
}

extension JourneyStore {
  /// The events of consecutive customers, of whom there is at least one.
  func events(of customers: Range<Int>) -> Range<Int> {
    events(of: customers.lowerBound).lowerBound..<events(of: customers.upperBound - 1).upperBound
  }
}
