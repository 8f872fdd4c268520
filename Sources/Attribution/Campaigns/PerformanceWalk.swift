import Journeys

/// Counts the events that name a campaign, by campaign and day.
struct PerformanceWalk: ~Copyable {
  private let calendar: ZonedCalendar
  private let keys: CampaignDayKeys
  private let costs: Column<Int64>?
  private let campaigns: UInt32
  private let end: Int64
  /// By campaign: whom it was sent something last, and on which day. A customer's events are in time order, so a
  /// recipient of a day is new exactly when this differs.
  private let lastRecipient: Scratch<Int>
  private let lastDay: Scratch<Int64>

  init(_ query: CampaignDayQuery, _ keys: CampaignDayKeys, costs: Column<Int64>?, campaigns: Int) {
    calendar = query.calendar
    self.keys = keys
    self.costs = costs
    self.campaigns = UInt32(campaigns)
    end = query.end ?? .max
    lastRecipient = Scratch(repeating: -1, count: campaigns)
    lastDay = Scratch(repeating: .min, count: campaigns)
  }

  /// 0 for an event type that counts as nothing.
  static func role(of eventType: String) -> UInt8 {
    guard let metric = CampaignMetric(eventType: eventType) else { return 0 }
    return UInt8(CampaignMetric.allCases.firstIndex(of: metric) ?? 0) + 1
  }

  mutating func add(
    _ customers: Range<Int>, of store: JourneyStore, _ roles: EventRoles,
    into sums: inout KeyedSums<CampaignPerformance>
  ) {
    let (types, codes, timestamps, amounts) = (store.eventTypes, store.campaigns, store.timestamps, store.amounts)
    roles.withTable { roles in
      for customer in customers {
        for event in store.events(of: customer) {
          let campaign = codes[event]
          guard UInt32(bitPattern: campaign) < campaigns, timestamps[event] < end else { continue }
          let role = roles[types[event]]
          let cost = costs.map { $0[event] } ?? Money.none
          guard role != 0 || cost != Money.none else { continue }
          let day = calendar.day(timestamps[event])
          var counted = CampaignPerformance()
          if cost != Money.none { counted.cost = cost }
          if role != 0 { count(CampaignMetric.allCases[Int(role) - 1], amounts[event], in: &counted) }
          if counted.sent == 1 { counted.recipients = isNew(customer, day, of: Int(campaign)) ? 1 : 0 }
          sums.add(counted, at: keys.key(day: day, campaign: Int(campaign)))
        }
      }
    }
  }

  private func count(_ metric: CampaignMetric, _ amount: Int64, in counted: inout CampaignPerformance) {
    switch metric {
    case .sent: counted.sent = 1
    case .delivered: counted.delivered = 1
    case .opened: counted.opened = 1
    case .clicked: counted.clicked = 1
    case .bounced: counted.bounced = 1
    case .unsubscribed: counted.unsubscribed = 1
    case .conversions:
      counted.conversions = 1
      counted.revenue = amount == Money.none ? 0 : amount
    }
  }

  private mutating func isNew(_ customer: Int, _ day: Int64, of campaign: Int) -> Bool {
    if lastRecipient[campaign] == customer && lastDay[campaign] == day { return false }
    lastRecipient[campaign] = customer
    lastDay[campaign] = day
    return true
  }
}
