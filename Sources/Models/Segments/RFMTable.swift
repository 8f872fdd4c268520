import Journeys

/// Recency, frequency and monetary value of everyone who bought before a moment, from the events before it.
struct RFMTable: Aggregation {
  /// A row for each buyer, in the order of the store.
  struct Partial: Sendable, Codable, Equatable {
    /// Places in the store.
    var customers: [Int32] = []
    /// Days since the last purchase.
    var recency: [Double] = []
    /// Local days with a purchase.
    var frequency: [Double] = []
    /// All that was spent, minor units; returns (negative amounts) are subtracted.
    var spent: [Int64] = []
  }

  let moment: Int64
  let calendar: ZonedCalendar
  let purchase: Int32

  /// - Throws: `ModelError.untrainable` for a store without purchases.
  init(of store: JourneyStore, before moment: Int64, calendar: ZonedCalendar) throws(ModelError) {
    guard let purchase = store.eventTypeNames.code(of: "purchase") else {
      throw ModelError(
        .untrainable,
        "rfm: journey store \(store.directory.path) has no events of type 'purchase', by which customers are known")
    }
    self.moment = moment
    self.calendar = calendar
    self.purchase = purchase
  }

  func empty() -> Partial { Partial() }

  func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout Partial) {
    let (timestamps, types, amounts) = (store.timestamps, store.eventTypes, store.amounts)
    for customer in customers {
      var (last, days, spent, lastDay) = (Int64.min, 0, Int64(0), Int64.min)
      for event in store.events(of: customer) {
        let time = timestamps[event]
        guard time < moment else { break }
        guard types[event] == purchase else { continue }
        let day = calendar.day(time)
        if day != lastDay { days += 1 }
        (last, lastDay) = (time, day)
        if amounts[event] != Money.none { spent += amounts[event] }
      }
      guard days > 0 else { continue }
      partial.customers.append(Int32(customer))
      partial.recency.append(Double(moment - last) / Double(microsecondsPerDay))
      partial.frequency.append(Double(days))
      partial.spent.append(spent)
    }
  }

  func merge(_ later: Partial, into partial: inout Partial) {
    partial.customers += later.customers
    partial.recency += later.recency
    partial.frequency += later.frequency
    partial.spent += later.spent
  }

  func finish(_ partial: Partial) -> Partial { partial }
}
