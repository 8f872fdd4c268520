import Journeys

/// Credits the conversions of customers to campaigns, dated by the conversion: `PathWalk` with days, without the paths
/// that came to nothing.
struct CreditWalk: ~Copyable {
  private let query: AttributionQuery
  private let calendar: ZonedCalendar
  private let dayKeys: CampaignDayKeys
  private let end: Int64
  private let keyCount: Int
  // Of the customer at hand: the touches up to now; those of the window are `low..<touches`.
  private var times = Scratch<Int64>()
  private var keys = Scratch<Int32>()
  private var touches = 0
  private var low = 0
  /// Touches before the previous conversion.
  private var settled = 0
  /// By touch key, of touches `slid`.
  private let inWindow: Scratch<Int>
  private var slid = 0..<0

  init(_ query: CampaignDayQuery, _ dayKeys: CampaignDayKeys, campaigns: Int) {
    self.query = query.attribution
    calendar = query.calendar
    self.dayKeys = dayKeys
    end = query.end ?? .max
    keyCount = campaigns + 1
    inWindow = Scratch(repeating: 0, count: campaigns + 1)
  }

  mutating func add(
    _ customers: Range<Int>, of columns: EventColumns, _ selection: borrowing TouchSelection,
    into tally: inout CampaignDayTally
  ) {
    for customer in customers {
      let entries = selection.entries(of: customer)
      var conversions = 0
      for entry in entries where selection.keys[entry] < 0 && columns.timestamps[selection.event(entry)] < end {
        conversions &+= 1
      }
      if conversions > 0 { addJourney(entries, of: columns, selection, into: &tally) }
    }
  }

  private mutating func addJourney(
    _ entries: Range<Int>, of columns: EventColumns, _ selection: borrowing TouchSelection,
    into tally: inout CampaignDayTally
  ) {
    let (timestamps, amounts) = (columns.timestamps, columns.amounts)
    times.reserve(entries.count)
    keys.reserve(entries.count)
    (touches, low, settled) = (0, 0, 0)
    var entry = entries.lowerBound
    while entry < entries.upperBound {
      let time = timestamps[selection.event(entry)]
      guard time < end else { break }
      // Touches at the instant of a conversion come before it, whichever arrived first.
      var endOfInstant = entry
      while endOfInstant < entries.upperBound,
        timestamps[selection.event(endOfInstant)] == time
      {
        if selection.keys[endOfInstant] >= 0 { addTouch(selection.keys[endOfInstant], at: time) }
        endOfInstant &+= 1
      }
      while entry < endOfInstant {
        if selection.keys[entry] < 0 {
          let amount = amounts[selection.event(entry)]
          convert(at: time, amount: amount == Money.none ? 0 : amount, into: &tally)
        }
        entry &+= 1
      }
    }
    for touch in slid { inWindow[Int(keys[touch])] = 0 }
    slid = 0..<0
  }

  @inline(__always)
  private mutating func addTouch(_ key: Int32, at time: Int64) {
    times[touches] = time
    keys[touches] = key
    touches &+= 1
  }

  private mutating func convert(at time: Int64, amount: Int64, into tally: inout CampaignDayTally) {
    let oldest = time.subtractingReportingOverflow(query.lookback)
    if !oldest.overflow {
      while low < touches && times[low] < oldest.partialValue { low &+= 1 }
    }
    if query.scope == .journey { low = max(low, settled) }
    settled = touches
    guard low < touches else { return }
    let credit = ExactCredit(conversions: 1, revenue: Int128(amount))
    let day = calendar.day(time)
    for model in query.models {
      switch model {
      case .first: tally.first.add(credit, at: dayKeys.key(day: day, campaign: Int(keys[low]) - 1))
      case .last: tally.last.add(credit, at: dayKeys.key(day: day, campaign: Int(keys[touches - 1]) - 1))
      default: addLinear(credit, day, into: &tally)
      }
    }
  }

  private mutating func addLinear(_ credit: ExactCredit, _ day: Int64, into tally: inout CampaignDayTally) {
    let length = touches &- low
    // Both ends only move on, so that many conversions of one customer cost no more than his touches.
    for touch in slid.upperBound..<touches { inWindow[Int(keys[touch])] &+= 1 }
    for touch in slid.lowerBound..<low { inWindow[Int(keys[touch])] &-= 1 }
    slid = low..<touches
    if length > keyCount {
      for key in 1..<keyCount where inWindow[key] > 0 {
        let times = inWindow[key]
        tally.linear.add(
          .init(conversions: times, revenue: Int128(times) &* credit.revenue),
          at: dayKeys.key(day: day, length: length, campaign: key - 1))
      }
    } else {
      for touch in low..<touches {
        tally.linear.add(credit, at: dayKeys.key(day: day, length: length, campaign: Int(keys[touch]) - 1))
      }
    }
  }
}
