import Journeys

/// Goes through the events of customers and counts them for the entities that they belong to.
///
/// A customer's events are in time order, so whether he is new to a day's figures shows from who was counted last: no
/// set of customers is kept.
struct EntityWalk: ~Copyable {
  private let plan: EntityPlan
  private let columns: EventColumns
  private let own: EntityColumns
  private let calendar: ZonedCalendar
  private var sums = KeyedSums<Work>()
  /// By campaign + 1, 0 for none: the entity that reached a customer last.
  private let latest: Scratch<Latest>

  private struct Latest: BitwiseCopyable {
    var customer = -1
    var time: Int64 = 0
    var entity: Int32 = -1
  }

  private struct Work: Summable {
    static let zero = Work()

    var counts = EntityCounts()
    // Who was counted last as what.
    var recipient = -1
    var reached = -1
    var opener = -1
    var clicker = -1
    var buyer = -1
    var active = -1

    static func += (total: inout Work, other: Work) { total.counts += other.counts }
  }

  /// An event that counts.
  private struct Event {
    var customer: Int
    var kind: EntityEventKind
    var place: Int
    var day: Int64
    var amount: Int64
    var cost: Int64
    var points: Int64
    var isFirstPurchase: Bool
  }

  init(_ plan: EntityPlan, _ columns: EventColumns) {
    self.plan = plan
    self.columns = columns
    own = EntityColumns(plan)
    calendar = plan.query.calendar
    latest = Scratch(repeating: Latest(), count: plan.inheritedChannel == nil ? 0 : plan.campaignCount + 1)
  }

  consuming func add(to tally: inout EntityTally) {
    tally.counts.add(sums) { $0.counts }
  }

  mutating func add(_ customers: Range<Int>) {
    let kinds = plan.kinds
    kinds.withTable { kinds in
      for customer in customers { add(customer, kinds) }
    }
  }

  private mutating func add(_ customer: Int, _ kinds: RoleTable) {
    let memberships = plan.segments.map { $0.offsets[customer]..<$0.offsets[customer + 1] }
    if let memberships, memberships.isEmpty { return }
    let events = Int(columns.offsets[customer])..<Int(columns.offsets[customer + 1])
    var hasBought = false
    var instant = Int64.min
    for place in events {
      let time = columns.timestamps[place]
      guard time <= plan.period.upperBound else { break }
      if time != instant {
        instant = time
        if plan.inheritedChannel != nil { remember(customer, place..<events.upperBound, kinds) }
      }
      var event = Event(
        customer: customer, kind: EntityEventKind(rawValue: kinds[columns.types[place]]), place: place, day: 0,
        amount: columns.amounts[place], cost: own.costs.map { $0[place] } ?? Money.none,
        points: own.points.map { $0[place] } ?? Money.none, isFirstPurchase: false)
      if event.kind == .purchase {
        event.isFirstPurchase = !hasBought
        hasBought = true
      }
      guard time >= plan.period.lowerBound, isOfCampaigns(place) else { continue }
      if let memberships {
        event.day = plan.query.daily ? calendar.day(time) : 0
        count(event, at: time, of: memberships)
      } else if event.kind != .none || event.cost != Money.none {
        let entity = entity(of: place, event.kind, customer, time)
        guard entity >= 0 else { continue }
        event.day = plan.query.daily ? calendar.day(time) : 0
        count(event, of: Int(entity))
      }
    }
  }

  @inline(__always)
  private func isOfCampaigns(_ place: Int) -> Bool {
    guard let campaigns = plan.campaigns else { return true }
    let code = columns.campaigns[place]
    return campaigns.indices.contains(Int(code)) && campaigns[Int(code)]
  }

  // MARK: Whose an event is

  /// The entity that an event names; -1 for none.
  @inline(__always)
  private func named(_ place: Int) -> Int32 {
    guard let entities = own.entities else { return -1 }
    let code = entities[place]
    return plan.entityOfCode.indices.contains(Int(code)) ? plan.entityOfCode[Int(code)] : -1
  }

  /// The entity that an event names or, for a purchase that names none, inherits.
  @inline(__always)
  private func entity(of place: Int, _ kind: EntityEventKind, _ customer: Int, _ time: Int64) -> Int32 {
    let own = self.own.entities.map { $0[place] } ?? -1
    guard kind == .purchase, own < 0, let channel = plan.inheritedChannel else { return named(place) }
    // Without a campaign only the channel says that the purchase is of this kind.
    let campaign = campaignPlace(place)
    let ofPurchase = columns.channels[place]
    guard ofPurchase == channel && channel >= 0 || ofPurchase < 0 && campaign > 0 else { return -1 }
    let last = latest[campaign]
    return last.customer == customer && time &- last.time <= plan.query.lookback ? last.entity : -1
  }

  /// Takes note of what reaches the customer at one instant, before the purchases of that instant are looked at: in
  /// which order they arrived does not matter.
  private mutating func remember(_ customer: Int, _ events: Range<Int>, _ kinds: RoleTable) {
    let time = columns.timestamps[events.lowerBound]
    for place in events {
      guard columns.timestamps[place] == time else { return }
      guard kinds[columns.types[place]] != EntityEventKind.purchase.rawValue else { continue }
      guard let entities = own.entities, entities[place] >= 0 else { continue }
      latest[campaignPlace(place)] = Latest(customer: customer, time: time, entity: named(place))
    }
  }

  @inline(__always)
  private func campaignPlace(_ place: Int) -> Int {
    let code = columns.campaigns[place]
    return 0..<Int32(plan.campaignCount) ~= code ? Int(code) + 1 : 0
  }

  // MARK: Counting

  private mutating func count(_ event: Event, at time: Int64, of memberships: Range<Int>) {
    guard let segments = plan.segments else { return }
    for place in memberships {
      let membership = segments.memberships[place]
      guard membership.from <= time, time < membership.to else { continue }
      let entity = plan.entityOfCode[Int(membership.segment)]
      if entity >= 0 { count(event, of: Int(entity)) }
    }
  }

  private mutating func count(_ event: Event, of entity: Int) {
    count(event, at: plan.keys.key(day: event.day, entity: entity, part: 0))
    for part in own.parts {
      let code = part.codes[event.place]
      guard UInt32(bitPattern: code) < part.count, !part.isOfClicks || event.kind.plain == .clicked else { continue }
      count(event, at: plan.keys.key(day: event.day, entity: entity, part: part.first &+ Int(code)))
    }
  }

  private mutating func count(_ event: Event, at key: UInt64) {
    sums.update(key) { work in
      func isNew(_ last: inout Int) -> Int {
        if last == event.customer { return 0 }
        last = event.customer
        return 1
      }
      work.counts.active &+= isNew(&work.active)
      if event.kind.isReached { work.counts.reach &+= isNew(&work.reached) }
      if event.cost != Money.none {
        work.counts.costed &+= 1
        work.counts.cost &+= event.cost
      }
      switch event.kind.plain {
      case .sent:
        work.counts.sent &+= 1
        work.counts.recipients &+= isNew(&work.recipient)
      case .delivered: work.counts.delivered &+= 1
      case .opened:
        work.counts.opened &+= 1
        work.counts.openers &+= isNew(&work.opener)
      case .clicked:
        work.counts.clicked &+= 1
        work.counts.clickers &+= isNew(&work.clicker)
      case .bounced: work.counts.bounced &+= 1
      case .unsubscribed: work.counts.unsubscribed &+= 1
      case .purchase:
        work.counts.conversions &+= 1
        work.counts.revenue &+= event.amount == Money.none ? 0 : event.amount
        work.counts.buyers &+= isNew(&work.buyer)
        work.counts.newCustomers &+= event.isFirstPurchase ? 1 : 0
      case .impression: work.counts.impressions &+= 1
      case .pointsEarned: work.counts.pointsIssued &+= event.points == Money.none ? 0 : event.points
      case .pointsRedeemed: work.counts.pointsRedeemed &+= event.points == Money.none ? 0 : event.points
      default: break
      }
    }
  }
}
