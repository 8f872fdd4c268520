import Journeys

/// Who belongs to segments as of a moment, how that was at an earlier one, and what their members are like.
///
/// A customer is anyone with an event before the moment; nothing at it or after it is read. One pass over the events
/// before the moment, and for members one over those of their purchases that have categories.
public struct SegmentEvaluation: Aggregation {
  public struct Partial: Sendable, Codable {
    var customers = 0
    var previousCustomers = 0
    var segments: [SegmentTally]
  }

  public let segments: [SegmentDefinition]
  /// Microseconds since 1970 UTC, exclusive.
  public let moment: Int64
  /// What growth is measured against, exclusive too.
  public let previous: Int64
  public let listsMembers: Bool
  private let program: SegmentProgram
  private let calendar: ZonedCalendar
  private let store: JourneyStore
  private let categories: ListColumn?
  private let names: SegmentNames

  /// - Parameters:
  ///   - previous: a moment before `moment`.
  ///   - listsMembers: whether the members are to be had one by one.
  /// - Throws: `ModelError.malformedCriteria`, `.invalidSetting`.
  public init(
    _ segments: [SegmentDefinition], of store: JourneyStore, before moment: Int64, comparedWith previous: Int64,
    calendar: ZonedCalendar, listingMembers listsMembers: Bool = false
  ) throws(ModelError) {
    guard previous < moment else {
      throw ModelError(.invalidSetting, "segments: growth is measured against a moment before --as-of")
    }
    self.segments = segments
    self.moment = moment
    self.previous = previous
    self.listsMembers = listsMembers
    self.calendar = calendar
    self.store = store
    program = try SegmentProgram(segments, of: store)
    categories = ListColumn("categories", of: store)
    names = SegmentNames(store)
  }

  public func empty() -> Partial { Partial(segments: segments.map { _ in SegmentTally() }) }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout Partial) {
    var now = CustomerFactReader(program, of: store, before: moment, calendar: calendar, texts: ["location", "device"])
    var earlier = CustomerFactReader(program, of: store, before: previous, calendar: calendar)
    var bought = CodeTally(codes: categories?.names.count ?? 0)
    for customer in customers {
      let events = store.events(of: customer)
      guard now.read(events) else { continue }
      partial.customers += 1
      let wasKnown = earlier.read(events)
      if wasKnown { partial.previousCustomers += 1 }
      var isMember = false
      for place in segments.indices {
        let belongs = program.contains(place, now.facts)
        let belonged = wasKnown && program.contains(place, earlier.facts)
        partial.segments[place].count(belongs: belongs, belonged: belonged)
        guard belongs else { continue }
        if !isMember { readCategories(events, into: &bought) }
        isMember = true
        partial.segments[place].add(now.facts[0], bought)
        if listsMembers { partial.segments[place].members.append(SegmentMember(customer, now.facts[0])) }
      }
    }
  }

  private func readCategories(_ events: Range<Int>, into tally: inout CodeTally) {
    tally.removeAll()
    guard let categories, let purchase = store.eventTypeNames.code(of: "purchase") else { return }
    let (timestamps, types) = (store.timestamps, store.eventTypes)
    for event in events {
      guard timestamps[event] < moment else { break }
      guard types[event] == purchase else { continue }
      for category in categories.items(ofEvent: event) { tally.add(category) }
    }
  }

  public func merge(_ later: Partial, into partial: inout Partial) {
    partial.customers += later.customers
    partial.previousCustomers += later.previousCustomers
    for place in partial.segments.indices { partial.segments[place].merge(later.segments[place]) }
  }

  public func finish(_ partial: Partial) -> SegmentReport {
    SegmentReport(
      moment: moment, previous: previous, customers: partial.customers, previousCustomers: partial.previousCustomers,
      segments: zip(segments, partial.segments).map { segment, tally in
        SegmentReport.Segment(
          segment, tally, of: partial.customers, categories: categories?.names ?? [],
          locations: names.names(.location), devices: names.names(.device))
      })
  }
}

/// One customer of a segment.
public struct SegmentMember: Codable, Sendable, Equatable {
  /// Place in the store.
  public var customer: Int
  /// Minor units.
  public var spent: Int64
  public var orders: Int
  public var paidOrders: Int
  /// Microseconds since 1970 UTC; nil before the first purchase.
  public var lastPurchase: Int64?

  init(_ customer: Int, _ facts: CustomerFacts) {
    self.customer = customer
    spent = facts.spent
    orders = facts.orders
    paidOrders = facts.paidOrders
    lastPurchase = facts.lastPurchase == CustomerFacts.never ? nil : facts.lastPurchase
  }

  /// Major units; nil without an order that has an amount.
  public var averageOrderValue: Double? { paidOrders > 0 ? Money.major(spent) / Double(paidOrders) : nil }
}
