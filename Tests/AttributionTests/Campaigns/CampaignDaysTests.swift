import Attribution
import Foundation
import Journeys
import Testing

@Suite("Campaign days") struct CampaignDaysTests {
  private static let dhaka = try! ZonedCalendar("Asia/Dhaka")
  private static let utc = try! ZonedCalendar("UTC")
  private static let hour = day / 24

  @Test("Performance is dated by the local day of the event") func localDays() async throws {
    let test = try TestStore([
      TestEvent("a", 17 * Self.hour, "email_sent", channel: "email", campaign: "eid"),
      TestEvent("a", 19 * Self.hour, "email_opened", channel: "email", campaign: "eid"),
    ])
    let rows = try await CampaignDays(CampaignDayQuery(calendar: Self.dhaka), of: test.store).run(over: test.store)
    // Dhaka is six hours ahead: 18:00 UTC opens its next day.
    #expect(rows.map(\.day) == [0, 1])
    #expect(rows.map(\.performance.sent) == [1, 0])
    #expect(rows.map(\.performance.opened) == [0, 1])
  }

  @Test("Every event type counts as its metric; a recipient counts once a day") func metrics() async throws {
    let types = [
      "email_sent", "sms_sent", "push_sent", "email_delivered", "sms_delivered", "email_opened", "push_opened",
      "email_clicked", "sms_clicked", "ad_click", "affiliate_click", "email_bounced", "sms_failed",
      "email_unsubscribed",
      "sms_opted_out", "page_view", "cart_added", "ad_impression",
    ]
    var events = types.enumerated().map {
      TestEvent("a", Int64($0.offset) * second, $0.element, channel: "email", campaign: "eid")
    }
    events.append(TestEvent("a", 100 * second, "purchase", campaign: "eid", amount: 12_345))
    events.append(TestEvent("a", 101 * second, "purchase", campaign: "eid"))
    events.append(TestEvent("a", 102 * second, "purchase", amount: 99))
    events.append(TestEvent("b", 0, "email_sent", channel: "email", campaign: "eid"))
    events.append(TestEvent("b", day, "email_sent", channel: "email", campaign: "eid"))
    let test = try TestStore(events)
    let rows = try await CampaignDays(CampaignDayQuery(calendar: Self.utc), of: test.store).run(over: test.store)
    #expect(rows.count == 2)
    var expected = CampaignPerformance()
    expected.sent = 4
    expected.delivered = 2
    expected.opened = 2
    expected.clicked = 4
    expected.bounced = 2
    expected.unsubscribed = 2
    expected.conversions = 2
    expected.revenue = 12_345
    expected.recipients = 2
    #expect(rows.first?.performance == expected)
    #expect(rows.last?.performance.recipients == 1)
  }

  @Test("Credit goes to the day of the conversion; a campaign has a row for that day alone") func creditDay()
    async throws
  {
    let test = try TestStore([
      TestEvent("a", 0, "email_clicked", channel: "email", campaign: "eid"),
      TestEvent("a", day, "ad_click", channel: "paid_search", campaign: "puja"),
      TestEvent("a", 3 * day, "purchase", amount: 3000),
    ])
    let rows = try await CampaignDays(CampaignDayQuery(calendar: Self.utc), of: test.store).run(over: test.store)
    #expect(rows.map { "\($0.campaign) \($0.day)" } == ["eid 0", "eid 3", "puja 1", "puja 3"])
    func credits(_ row: Int) -> [[Double]] { rows[row].credits.map { [$0.credit.conversions, $0.credit.revenue] } }
    #expect(rows[1].credits.map(\.model) == [.first, .last, .linear])
    #expect(credits(0) == [[0, 0], [0, 0], [0, 0]])
    #expect(credits(1) == [[1, 30], [0, 0], [0.5, 15]])
    #expect(credits(3) == [[0, 0], [1, 30], [0.5, 15]])
  }

  @Test("Events from the end on are not seen, not even as touches of their instant") func end() async throws {
    let test = try TestStore([
      TestEvent("a", 0, "email_clicked", channel: "email", campaign: "eid"),
      TestEvent("a", day, "purchase", campaign: "eid", amount: 1000),
      TestEvent("a", 2 * day, "email_sent", channel: "email", campaign: "eid"),
      TestEvent("a", 2 * day, "purchase", amount: 5000),
    ])
    let query = CampaignDayQuery(calendar: Self.utc, end: 2 * day)
    let rows = try await CampaignDays(query, of: test.store).run(over: test.store)
    #expect(rows.map(\.day) == [0, 1])
    #expect(rows[1].performance.conversions == 1)
    #expect(rows[1].credits.map(\.credit.revenue) == [10, 10, 10])
  }

  @Test("A store without conversions has performance, an empty one nothing") func without() async throws {
    let sent = try TestStore([TestEvent("a", 0, "email_sent", channel: "email", campaign: "eid")])
    let rows = try await CampaignDays(CampaignDayQuery(calendar: Self.utc), of: sent.store).run(over: sent.store)
    #expect(rows.map(\.performance.sent) == [1])
    let empty = try TestStore([])
    #expect(
      try await CampaignDays(CampaignDayQuery(calendar: Self.utc), of: empty.store).run(over: empty.store).isEmpty)
  }

  @Test("A model without days and a period are refused") func refused() throws {
    let test = try TestStore([])
    for attribution in [AttributionQuery(models: [.markov]), AttributionQuery(models: [.first], period: 0...1)] {
      #expect(throws: AttributionError.self) {
        try CampaignDays(CampaignDayQuery(calendar: Self.utc, attribution: attribution), of: test.store)
      }
    }
  }
}

@Suite("Laws of campaign days, on random journeys") struct CampaignDayLawTests {
  private static let dhaka = try! ZonedCalendar("Asia/Dhaka")

  /// Few instants, so that many events are equal in time; one customer whose windows hold more touches than there are
  /// campaigns.
  private static func events(_ seed: UInt64) -> [TestEvent] {
    var random = TestRandom(seed)
    var events: [TestEvent] = []
    for customer in 0..<30 {
      for _ in 0..<(customer == 0 ? 700 : Int.random(in: 0...25, using: &random)) {
        let time = Int64.random(in: 0...160, using: &random) * day / 4
        let campaign = ["eid", "puja", "boishakh", nil].randomElement(using: &random)!
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1:
          let amount = Int64.random(in: 0...99_999, using: &random)
          events.append(TestEvent("\(customer)", time, "purchase", campaign: campaign, amount: amount))
        case 2: events.append(TestEvent("\(customer)", time, "email_sent", channel: "email", campaign: campaign))
        default: events.append(TestEvent("\(customer)", time, "ad_click", channel: "social_media", campaign: campaign))
        }
      }
    }
    return events
  }

  private static let queries = [
    AttributionQuery(models: [.first, .last, .linear]), AttributionQuery(models: [.linear], lookback: 2 * day),
    AttributionQuery(models: [.last, .linear], scope: .journey), AttributionQuery(models: [.linear], lookback: 0),
  ]

  @Test("Over the days of a month the credits are those of attribution in that month", arguments: queries.indices)
  func attribution(_ index: Int) async throws {
    let test = try TestStore(Self.events(3))
    let end = Self.dhaka.start(ofDay: 30)
    var query = CampaignDayQuery(calendar: Self.dhaka, end: end, attribution: Self.queries[index])
    query.attribution.dimensions = .campaign
    let rows = try await CampaignDays(query, of: test.store).run(over: test.store)
    var wanted = query.attribution
    for days in [0..<30, 7..<8] as [Range<Int64>] {
      wanted.period = Self.dhaka.start(ofDay: days.lowerBound)...Self.dhaka.start(ofDay: days.upperBound) - 1
      for result in try await JourneyAttribution(wanted, of: test.store).run(over: test.store) {
        for row in result.rows {
          let own = rows.filter { $0.campaign == row.key.names[0] && days.contains($0.day) }
          let credits = own.flatMap(\.credits).filter { $0.model == result.model }.map(\.credit)
          #expect(
            close(credits.reduce(0) { $0 + $1.conversions }, row.conversions, 1e-12), "\(result.model) \(row.key)")
          #expect(close(credits.reduce(0) { $0 + $1.revenue }, row.revenue, 1e-12), "\(result.model) \(row.key)")
        }
      }
    }
  }

  @Test("Performance is that of a row-by-row count") func performance() async throws {
    let events = Self.events(5)
    let test = try TestStore(events)
    let rows = try await CampaignDays(CampaignDayQuery(calendar: Self.dhaka), of: test.store).run(over: test.store)
    let named = events.filter { $0.campaign != nil }
    for row in rows {
      let own = named.filter { $0.campaign == row.campaign && Self.dhaka.day($0.time) == row.day }
      let sent = own.filter { $0.type == "email_sent" }
      let bought = own.filter { $0.type == "purchase" }
      #expect(row.performance.sent == sent.count)
      #expect(row.performance.recipients == Set(sent.map(\.customer)).count)
      #expect(row.performance.clicked == own.count { $0.type == "ad_click" })
      #expect(row.performance.conversions == bought.count)
      #expect(row.performance.revenue == bought.reduce(0) { $0 + ($1.amount ?? 0) })
    }
    #expect(rows.reduce(0) { $0 + $1.performance.clicked } == named.count { $0.type == "ad_click" })
  }

  @Test("Any cut and any number of threads count the same", arguments: queries.indices)
  func laws(_ index: Int) async throws {
    let test = try TestStore(Self.events(11))
    let query = CampaignDayQuery(calendar: Self.dhaka, end: 30 * day, attribution: Self.queries[index])
    try await checkLaws(try CampaignDays(query, of: test.store), test.store, seed: 5)
  }

  @Test("A partial survives its JSON") func codable() async throws {
    let test = try TestStore(Self.events(13))
    let days = try CampaignDays(CampaignDayQuery(calendar: Self.dhaka), of: test.store)
    let partial = try await days.partial(over: test.store)
    let copy = try JSONDecoder().decode(CampaignDayTally.self, from: JSONEncoder().encode(partial))
    #expect(copy == partial)
    #expect(days.finish(copy) == days.finish(partial))
  }
}
