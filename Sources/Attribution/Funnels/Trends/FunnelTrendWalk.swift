import Journeys

/// Follows the attempts of one customer after the other.
struct FunnelTrendWalk: ~Copyable {
  private let calendar: ZonedCalendar
  private let interval: CalendarPeriod
  private let toStep: UInt64
  private let hasGroups: Bool
  private var journey: FunnelJourney
  private var chains: ChainSearch
  private var ofGroup = GrowingScratch<TrendEntry>()
  private var ofAll = GrowingScratch<TrendEntry>()

  init(_ trends: FunnelTrends) {
    calendar = trends.calendar
    interval = trends.interval
    toStep = trends.toStep
    hasGroups = trends.plan.index != nil
    journey = FunnelJourney(trends.plan)
    chains = ChainSearch(trends.plan)
  }

  /// Calls `take` with group (0 for all, 1 and up for the values of a breakdown), period and the steps that the
  /// attempts begun there came to: each period once a group.
  mutating func visit(_ customer: Int, _ columns: EventColumns, _ take: (Int, Int64, UInt64) -> Void) {
    guard journey.load(customer, columns) else { return }
    ofAll.removeAll()
    for place in 0..<journey.groups.count {
      let group = journey.groups[place]
      ofGroup.removeAll()
      for number in 0..<journey.select(group) { follow(journey.list(number), group) }
      ofGroup.merge()
      for entry in ofGroup.elements {
        if hasGroups { take(Int(group) &+ 1, entry.period, entry.taken) }
        ofAll.append(entry)
      }
    }
    ofAll.merge()
    for entry in ofAll.elements { take(0, entry.period, entry.taken) }
  }

  private mutating func follow(_ list: UnsafeMutableBufferPointer<FunnelEvent>, _ group: Int32) {
    let (calendar, interval, toStep) = (calendar, interval, toStep)
    var current = TrendEntry(period: Int64.min, taken: 0)
    var found = GrowingScratch<TrendEntry>()
    chains.visitStarts(list, group) { start in
      current.taken & toStep != 0 && current.period == calendar.period(interval, of: list[start].time)
    } _: { start, taken in
      let period = calendar.period(interval, of: list[start].time)
      if period != current.period {
        if current.taken != 0 { found.append(current) }
        current = TrendEntry(period: period, taken: 0)
      }
      current.taken |= taken
    }
    if current.taken != 0 { found.append(current) }
    for entry in found.elements { ofGroup.append(entry) }
  }
}

/// What the attempts of a customer that begin in a period come to.
struct TrendEntry: BitwiseCopyable {
  var period: Int64
  /// Steps taken, as bits.
  var taken: UInt64
}

extension GrowingScratch<TrendEntry> {
  /// Puts the periods in order, each once.
  fileprivate mutating func merge() {
    var entries = elements
    guard entries.count > 1 else { return }
    entries.sort { $0.period < $1.period }
    var last = 0
    for place in 1..<entries.count {
      if entries[place].period == entries[last].period {
        entries[last].taken |= entries[place].taken
      } else {
        last += 1
        entries[last] = entries[place]
      }
    }
    removeAll(from: last + 1)
  }
}
