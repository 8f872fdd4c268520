/// The order of a store: by customer (bytes of the id), time, arrival.
struct JourneyOrder {
  /// Event places in order of arrival, in the store's order.
  let events: [Int32]
  /// Codes of the customers, in the store's order.
  let customers: [Int32]
  /// customers + 1 places in `events`.
  let offsets: [Int64]

  /// A counting sort by customer, then a sort of those journeys that are not yet in time order.
  init(customerOfEvent: [Int32], timestamps: [Int64], customers: [Int32]) {
    self.customers = customers
    var rank = [Int32](repeating: 0, count: customers.count)
    for (place, code) in customers.enumerated() { rank[Int(code)] = Int32(place) }
    var offsets = [Int64](repeating: 0, count: customers.count + 1)
    for code in customerOfEvent { offsets[Int(rank[Int(code)]) + 1] += 1 }
    for place in 0..<customers.count { offsets[place + 1] += offsets[place] }
    var next = offsets
    var events = [Int32](repeating: 0, count: customerOfEvent.count)
    for (event, code) in customerOfEvent.enumerated() {
      let customer = Int(rank[Int(code)])
      events[Int(next[customer])] = Int32(event)
      next[customer] += 1
    }
    for customer in 0..<customers.count {
      let range = Int(offsets[customer])..<Int(offsets[customer + 1])
      var ordered = true
      for place in range.dropFirst() where timestamps[Int(events[place - 1])] > timestamps[Int(events[place])] {
        ordered = false
        break
      }
      if !ordered {
        // By arrival at equal times, which makes the order total and any sort stable.
        events[range].sort { (timestamps[Int($0)], $0) < (timestamps[Int($1)], $1) }
      }
    }
    self.events = events
    self.offsets = offsets
  }
}
