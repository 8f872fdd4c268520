import Attribution
import Foundation
import Journeys
import TestSupport
import Testing

@Suite("Laws of entities' figures, on random journeys") struct EntityPerformanceLawTests {
  private static let dhaka = try! ZonedCalendar("Asia/Dhaka")
  private static let types = [
    "email_sent", "email_delivered", "email_opened", "email_clicked", "sms_clicked", "purchase", "purchase",
    "page_view",
    "email_bounced", "sms_opted_out", "ad_impression", "loyalty_earned", "loyalty_redeemed",
  ]

  /// Few instants, so that many events are equal in time.
  private static func events(_ seed: UInt64) -> [TestEvent] {
    var random = TestRandom(seed)
    return (0..<40).flatMap { customer in
      (0..<Int.random(in: 0...40, using: &random)).map { _ in
        var data: [String: String] = [:]
        data["email_campaign_id"] = ["m1", "m2", nil, nil].randomElement(using: &random)!
        data["device"] = ["mobile", "desktop", nil].randomElement(using: &random)!
        data["page"] = ["/a", "/b", nil].randomElement(using: &random)!
        return TestEvent(
          "\(customer)", Int64.random(in: 0...60, using: &random) * day / 4, types.randomElement(using: &random)!,
          channel: ["email", "sms", nil].randomElement(using: &random)!,
          campaign: ["eid", "puja", nil].randomElement(using: &random)!,
          amount: Bool.random(using: &random) ? Int64.random(in: 0...9999, using: &random) : nil, data: data)
      }
    }
  }

  private static func query(_ entity: MarketingEntity, daily: Bool) -> EntityQuery {
    var query = EntityQuery(entity, calendar: dhaka, period: 2 * day...12 * day - 1, daily: daily)
    query.lookback = 3 * day
    return query
  }

  private static let properties = ["email_campaign_id", "device", "page"]

  private static func members(_ store: JourneyStore) throws -> SegmentMembers {
    let folder = try TemporaryDirectory()
    let lines = (0..<40).map { customer in
      "\(customer % 2 == 0 ? "even" : "odd"),\(customer),1970-01-0\(customer % 5 + 1),1970-01-1\(customer % 3)"
    }
    let text = (["segment_id,customer_id,joined,left"] + lines + ["all,3,,", "all,nobody,,"]).joined(separator: "\n")
    return try SegmentMembers(file: try folder.file("members.csv", text), calendar: dhaka, of: store)
  }

  @Test(
    "Any cut and any number of threads count the same", arguments: [MarketingEntity.campaign, .emailCampaign, .segment])
  func laws(_ entity: MarketingEntity) async throws {
    let test = try TestStore(Self.events(3), properties: Self.properties)
    let members = try Self.members(test.store)
    for daily in [true, false] {
      let analysis = try EntityPerformance(Self.query(entity, daily: daily), segments: members, of: test.store)
      try await checkLaws(analysis, test.store, seed: 5)
    }
  }

  @Test("A partial survives its JSON") func codable() async throws {
    let test = try TestStore(Self.events(13), properties: Self.properties)
    let analysis = try EntityPerformance(Self.query(.campaign, daily: true), of: test.store)
    let partial = try await analysis.partial(over: test.store)
    let copy = try JSONDecoder().decode(EntityTally.self, from: JSONEncoder().encode(partial))
    #expect(copy == partial && analysis.finish(copy) == analysis.finish(partial))
  }

  @Test(
    "Figures are those of sets and lists", arguments: [MarketingEntity.campaign, .emailCampaign, .segment],
    [true, false])
  func naive(_ entity: MarketingEntity, _ daily: Bool) async throws {
    let events = Self.events(7)
    let test = try TestStore(events, properties: Self.properties)
    let query = Self.query(entity, daily: daily)
    let rows = try await EntityPerformance(query, segments: try Self.members(test.store), of: test.store)
      .run(over: test.store)
    let expected = NaiveEntities(events, query).counts
    let found = Dictionary(
      uniqueKeysWithValues: rows.filter { $0.counts != EntityCounts() }.map {
        ("\($0.id) \($0.day ?? -1)", $0.counts)
      })
    #expect(Set(found.keys) == Set(expected.keys))
    for (key, counts) in expected { #expect(found[key] == counts, "\(key)") }
    #expect(expected.count > (daily ? 15 : 1))
  }

  @Test("Parts of a row add up to it where every event has one") func parts() async throws {
    var events = Self.events(9)
    for place in events.indices { events[place].data["device"] = "d\(place % 3)" }
    let test = try TestStore(events, properties: Self.properties)
    for row in try await EntityPerformance(Self.query(.campaign, daily: true), of: test.store).run(over: test.store) {
      let devices = try #require(row.parts[.device]).values
      #expect(devices.reduce(0) { $0 + $1.opened } == row.counts.opened)
      #expect(devices.reduce(0) { $0 + $1.revenue } == row.counts.revenue)
      #expect(devices.allSatisfy { $0.reach <= row.counts.reach && $0.buyers <= row.counts.buyers })
    }
  }
}

/// The definition, event by event, with sets of customers.
private struct NaiveEntities {
  private(set) var counts: [String: EntityCounts] = [:]
  private var seen: [String: Set<String>] = [:]

  init(_ events: [TestEvent], _ query: EntityQuery) {
    let period = query.period!
    var first: [String: Int] = [:]
    for (place, event) in events.enumerated() where event.type == "purchase" {
      if first[event.customer].map({ events[$0].time > event.time }) ?? true { first[event.customer] = place }
    }
    for (place, event) in events.enumerated() where period.contains(event.time) {
      for id in Self.entities(place, events, query) where query.entity == .segment || Self.isCounted(event) {
        let key = "\(id) \(query.daily ? query.calendar.day(event.time) : -1)"
        count(event, key, isFirst: first[event.customer] == place)
      }
    }
  }

  private static func isCounted(_ event: TestEvent) -> Bool { event.type != "page_view" }

  private static func entities(_ place: Int, _ events: [TestEvent], _ query: EntityQuery) -> [String] {
    let event = events[place]
    switch query.entity {
    case .campaign: return event.campaign.map { [$0] } ?? []
    case .segment:
      let customer = Int(event.customer)!
      let calendar = query.calendar
      let (from, to) = (calendar.start(ofDay: Int64(customer % 5)), calendar.start(ofDay: Int64(customer % 3) + 9))
      let own = from <= event.time && event.time < to ? [customer % 2 == 0 ? "even" : "odd"] : []
      return own + (customer == 3 ? ["all"] : [])
    default:
      if let own = event.data["email_campaign_id"] { return [own] }
      guard event.type == "purchase", event.channel == "email" || event.channel == nil && event.campaign != nil else {
        return []
      }
      let before = events.enumerated().filter { _, other in
        other.customer == event.customer && other.type != "purchase" && other.campaign == event.campaign
          && other.data["email_campaign_id"] != nil && other.time <= event.time
      }
      guard let last = before.max(by: { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }),
        event.time - last.element.time <= query.lookback
      else { return [] }
      return [last.element.data["email_campaign_id"]!]
    }
  }

  private mutating func isNew(_ customer: String, _ key: String) -> Int {
    seen[key, default: []].insert(customer).inserted ? 1 : 0
  }

  private mutating func count(_ event: TestEvent, _ key: String, isFirst: Bool) {
    var sum = counts[key] ?? EntityCounts()
    sum.active += isNew(event.customer, key)
    let reached = ["email_delivered", "email_opened", "email_clicked", "sms_clicked", "ad_impression"]
    if reached.contains(event.type) { sum.reach += isNew(event.customer, key + " reach") }
    switch event.type {
    case "email_sent":
      sum.sent += 1
      sum.recipients += isNew(event.customer, key + " sent")
    case "email_delivered": sum.delivered += 1
    case "email_opened":
      sum.opened += 1
      sum.openers += isNew(event.customer, key + " opened")
    case "email_clicked", "sms_clicked":
      sum.clicked += 1
      sum.clickers += isNew(event.customer, key + " clicked")
    case "email_bounced": sum.bounced += 1
    case "sms_opted_out": sum.unsubscribed += 1
    case "ad_impression": sum.impressions += 1
    case "purchase":
      sum.conversions += 1
      sum.buyers += isNew(event.customer, key + " bought")
      sum.newCustomers += isFirst ? 1 : 0
      sum.revenue += event.amount ?? 0
    default: break
    }
    counts[key] = sum
  }
}
