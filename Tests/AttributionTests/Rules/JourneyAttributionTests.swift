import Attribution
import Foundation
import Journeys
import Testing

private func touch(_ customer: String, _ days: Double, _ channel: String, _ type: String = "email_clicked") -> TestEvent
{
  TestEvent(customer, Int64(days * Double(day)), type, channel: channel)
}

private func purchase(_ customer: String, _ days: Double, _ amount: Int64? = 100) -> TestEvent {
  TestEvent(customer, Int64(days * Double(day)), "purchase", amount: amount)
}

private func attribute(_ events: [TestEvent], _ query: AttributionQuery) async throws -> [AttributionResult] {
  let test = try TestStore(events)
  return try await JourneyAttribution(query, of: test.store).run(over: test.store)
}

private func conversions(_ result: AttributionResult) -> [String: Double] {
  Dictionary(
    uniqueKeysWithValues: result.rows.map { ($0.key.names.map { $0 ?? "-" }.joined(separator: "/"), $0.conversions) })
}

@Suite("Attribution of events") struct JourneyAttributionTests {
  @Test("A touch counts at the very ends of the lookback window, and not a microsecond before")
  func windowEnds() async throws {
    let events = [
      TestEvent("a", 40 * day - 1, "ad_click", channel: "early"), TestEvent("a", 40 * day, "ad_click", channel: "edge"),
      TestEvent("a", 70 * day, "ad_click", channel: "last"), purchase("a", 70),
    ]
    let first = try await attribute(events, AttributionQuery(models: [.first, .last]))
    #expect(conversions(first[0]) == ["early": 0, "edge": 1, "last": 0])
    #expect(conversions(first[1]) == ["early": 0, "edge": 0, "last": 1])
  }

  @Test("A touch at the instant of a conversion is before it, whichever arrived first")
  func sameInstant() async throws {
    let results = try await attribute([purchase("a", 1), touch("a", 1, "sms")], AttributionQuery(models: [.last]))
    #expect(conversions(results[0]) == ["sms": 1])
    #expect(results[0].unattributed.conversions == 0)
  }

  @Test("With scope journey a touch belongs to the next conversion only")
  func scopes() async throws {
    let events = [
      touch("a", 0, "sms"), touch("a", 1, "email"), purchase("a", 2), touch("a", 3, "push"), purchase("a", 4),
      purchase("a", 5),
    ]
    let window = try await attribute(events, AttributionQuery(models: [.first, .linear]))
    #expect(conversions(window[0]) == ["sms": 3, "email": 0, "push": 0])
    #expect(close(conversions(window[1])["push"]!, 2.0 / 3))
    let journey = try await attribute(events, AttributionQuery(models: [.first, .linear], scope: .journey))
    #expect(conversions(journey[0]) == ["sms": 1, "email": 0, "push": 1])
    #expect(journey[0].unattributed == .init(conversions: 1, revenue: 1))
    #expect(conversions(journey[1]) == ["sms": 0.5, "email": 0.5, "push": 1])
  }

  @Test("Time decay of a path whose order does not count: every key by its own touch") func uniqueDecay() async throws {
    // The dictionary's order is not that of the touches.
    let events = [
      touch("0", 0, "sms"), touch("0", 0, "email"), touch("a", 0, "email"), touch("a", 7, "sms"), purchase("a", 14),
    ]
    var query = AttributionQuery(models: [.timeDecay])
    query.repeats = .unique
    let result = try await attribute(events, query)
    #expect(close(conversions(result[0])["email"]!, 1.0 / 3) && close(conversions(result[0])["sms"]!, 2.0 / 3))
  }

  @Test("Without an eligible touch a conversion is unattributed, not lost")
  func unattributed() async throws {
    let results = try await attribute(
      [purchase("a", 1, 250), touch("b", 0, "sms"), purchase("b", 90, 300), purchase("c", 3, nil)],
      AttributionQuery())
    for result in results {
      #expect(result.totals == .init(journeys: 4, conversions: 3, revenue: 5.5), "\(result.model)")
      #expect(result.unattributed == .init(conversions: 3, revenue: 5.5), "\(result.model)")
      #expect(result.rows.map(\.conversions) == [0])
      #expect(result.rows.allSatisfy { $0.share == 0 && $0.revenue == 0 })
    }
  }

  @Test("Default touchpoints: engagements, and visits only with a channel; conversions never")
  func engagements() async throws {
    let events =
      [
        "email_sent", "email_delivered", "email_opened", "email_clicked", "sms_sent", "sms_delivered", "push_sent",
        "push_opened", "ad_impression", "ad_click", "affiliate_click", "page_view", "cart_added",
      ].map { TestEvent("a", day, $0, channel: $0) } + [TestEvent("a", day, "page_view"), purchase("a", 2)]
    let engaged = try await attribute(events, AttributionQuery(models: [.linear]))
    #expect(
      Set(conversions(engaged[0]).keys) == [
        "email_opened", "email_clicked", "sms_delivered", "push_opened", "ad_click", "affiliate_click", "page_view",
      ])
    let all = try await attribute(events, AttributionQuery(models: [.linear], touchpoints: .all))
    #expect(all[0].rows.count == 13)
    let some = try await attribute(
      events, AttributionQuery(models: [.linear], touchpoints: .types(["sms_sent", "purchase"])))
    #expect(conversions(some[0]) == ["sms_sent": 1])
  }

  @Test("By campaign, and by channel and campaign with what a touch lacks as null")
  func dimensions() async throws {
    let events = [
      TestEvent("a", 1, "email_opened", channel: "email", campaign: "eid"),
      TestEvent("a", 2, "page_view", channel: "organic_search"), TestEvent("a", 3, "page_view", campaign: "eid"),
      TestEvent("a", 4, "sms_delivered", channel: "sms", campaign: "puja"), purchase("a", 1),
    ]
    let campaigns = try await attribute(events, AttributionQuery(models: [.linear], by: .campaign))
    #expect(conversions(campaigns[0]) == ["eid": 0.5, "puja": 0.5])
    let pairs = try await attribute(events, AttributionQuery(models: [.linear], by: .channelAndCampaign))
    #expect(pairs[0].rows.map(\.key.names) == [["email", "eid"], ["organic_search", nil], ["sms", "puja"]])
    #expect(pairs[0].rows.allSatisfy { close($0.conversions, 1.0 / 3) })
  }

  @Test("A period counts the journeys that end in it; periods add up")
  func periods() async throws {
    let events = [
      touch("a", 1, "sms"), purchase("a", 2), touch("a", 9, "email"), purchase("a", 10), touch("a", 12, "push"),
      touch("b", 3, "sms"), touch("c", 11, "sms"), touch("c", 30, "email"),
    ]
    func result(_ period: ClosedRange<Int64>?) async throws -> AttributionResult {
      try await attribute(events, AttributionQuery(models: [.last], scope: .journey, period: period))[0]
    }
    let (early, late, all) = (
      try await result(0...5 * day), try await result(5 * day + 1...40 * day), try await result(nil)
    )
    #expect(early.totals == .init(journeys: 2, conversions: 1, revenue: 1))
    #expect(late.totals == .init(journeys: 3, conversions: 1, revenue: 1))
    #expect(all.totals.journeys == 5)
    #expect(try await result(2 * day...2 * day).totals.conversions == 1)
    #expect(try await result(2 * day + 1...10 * day - 1).totals.conversions == 0)
  }

  @Test("A path of ten thousand touches") func longPath() async throws {
    let events =
      (0..<10_000).map { TestEvent("a", Int64($0), "ad_click", channel: "c\($0 % 7)") } + [purchase("a", 1, 700)]
    for result in try await attribute(events, AttributionQuery()) {
      #expect(close(result.rows.reduce(0) { $0 + $1.conversions }, 1), "\(result.model)")
      #expect(close(result.rows.reduce(0) { $0 + $1.revenue }, 7), "\(result.model)")
    }
  }

  @Test("Sums of the largest amounts do not overflow") func largestAmounts() async throws {
    let events = (0..<200).flatMap { customer in
      [
        touch("\(customer)", 1, "sms"), touch("\(customer)", 2, "sms"),
        purchase("\(customer)", 3, 9_000_000_000_000_000_000),
      ]
    }
    let results = try await attribute(events, AttributionQuery(models: [.linear]))
    #expect(close(results[0].rows[0].revenue, 200 * 9e16))
  }

  @Test("An event type that the store does not have is an error that names those it has")
  func unknownNames() throws {
    let test = try TestStore([touch("a", 1, "sms"), purchase("a", 2)])
    let error = #expect(throws: AttributionError.self) {
      try JourneyAttribution(AttributionQuery(conversions: ["purchse"]), of: test.store)
    }
    #expect(error?.code == .unknownName)
    #expect(error?.message.contains("Did you mean 'purchase'") ?? false)
    #expect(error?.message.contains("email_clicked, purchase") ?? false)
    #expect(throws: AttributionError.self) {
      try JourneyAttribution(AttributionQuery(touchpoints: .types(["clicks"])), of: test.store)
    }
  }

  @Test("An empty store answers with zeros") func emptyStore() async throws {
    for result in try await attribute([], AttributionQuery()) {
      #expect(result.totals == .init(journeys: 0, conversions: 0, revenue: 0))
      #expect(result.rows.isEmpty)
    }
  }

  @Test("JSON: a string for one dimension, an array for two, and it reads back") func json() async throws {
    let key = AttributionResult.Key(["email", nil])
    #expect(try String(decoding: JSONEncoder().encode(key), as: UTF8.self) == #"["email",null]"#)
    #expect(try String(decoding: JSONEncoder().encode(AttributionResult.Key(["email"])), as: UTF8.self) == #""email""#)
    for result in try await attribute([touch("a", 1, "sms"), purchase("a", 2)], AttributionQuery()) {
      #expect(try JSONDecoder().decode(AttributionResult.self, from: JSONEncoder().encode(result)) == result)
    }
  }
}
