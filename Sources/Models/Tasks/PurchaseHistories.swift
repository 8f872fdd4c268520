import Journeys

/// What buy-till-you-die models know of every customer of a store as of a moment, by local days.
///
/// x counts the days with a purchase after the first one, t_x and T are days since that, z̄ is the mean spend of the x
/// days in major units.
struct PurchaseHistories: Aggregation {
  struct Columns: Sendable, Codable {
    /// -1 for customers who had not bought.
    var x: [Int32] = []
    var lastPurchase: [Int32] = []
    var age: [Int32] = []
    /// Minor units, sum over the x days.
    var spend: [Int64] = []
  }

  let moment: Int64
  private let calendar: ZonedCalendar
  private let purchase: Int32

  init(of store: JourneyStore, before moment: Int64, calendar: ZonedCalendar) {
    self.moment = moment
    self.calendar = calendar
    purchase = store.eventTypeNames.code(of: "purchase") ?? -1
  }

  func empty() -> Columns { Columns() }

  func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout Columns) {
    let (timestamps, types, amounts) = (store.timestamps, store.eventTypes, store.amounts)
    let today = calendar.day(moment)
    for customer in customers {
      var (x, first, last, spend) = (Int32(-1), Int64(0), Int64(0), Int64(0))
      for event in store.events(of: customer) {
        guard timestamps[event] < moment else { break }
        guard types[event] == purchase else { continue }
        let day = calendar.day(timestamps[event])
        if x < 0 { first = day }
        if x < 0 || day != last { x += 1 }
        last = day
        if x > 0, amounts[event] != Money.none { spend += amounts[event] }
      }
      partial.x.append(x)
      partial.lastPurchase.append(Int32(last - first))
      partial.age.append(x < 0 ? 0 : Int32(today - first))
      partial.spend.append(spend)
    }
  }

  func merge(_ later: Columns, into partial: inout Columns) {
    partial.x += later.x
    partial.lastPurchase += later.lastPurchase
    partial.age += later.age
    partial.spend += later.spend
  }

  func finish(_ partial: Columns) -> Columns { partial }
}

extension PurchaseHistories.Columns {
  static let daysPerWeek = 7.0

  /// The histories of some customers who have bought, times in weeks.
  func table(of customers: [Int32]) -> CustomerTable {
    let places = customers.map { Int($0) }
    return CustomerTable([
      .x: places.map { Double(x[$0]) }, .lastPurchase: places.map { Double(lastPurchase[$0]) / Self.daysPerWeek },
      .age: places.map { Double(age[$0]) / Self.daysPerWeek },
      // Returns can make a mean negative; it then says nothing of spend.
      .meanValue: places.map { x[$0] > 0 ? max(0, Money.major(spend[$0])) / Double(x[$0]) : 0 },
    ])
  }
}
