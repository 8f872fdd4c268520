import Attribution
import Foundation
import Journeys
import Testing

@Suite("Laws of attribution, on random journeys") struct AttributionLawTests {
  /// Few instants, so that many events are equal in time; one customer with a very long journey.
  private static func events(_ seed: UInt64) -> [TestEvent] {
    var random = TestRandom(seed)
    var events: [TestEvent] = []
    for customer in 0..<40 {
      let count = customer == 0 ? 900 : Int.random(in: 0...25, using: &random)
      let days = customer == 0 ? 200 : 60
      for _ in 0..<count {
        let time = Int64.random(in: 0...Int64(days * 4), using: &random) * day / 4
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1:
          events.append(
            TestEvent("\(customer)", time, "purchase", amount: Int64.random(in: 0...99_999, using: &random)))
        case 2: events.append(TestEvent("\(customer)", time, "email_sent", channel: "email"))
        default:
          let channel = ["email", "sms", "push", "ads", nil].randomElement(using: &random)!
          let campaign = ["eid", "puja", nil].randomElement(using: &random)!
          events.append(TestEvent("\(customer)", time, "ad_click", channel: channel, campaign: campaign))
        }
      }
    }
    return events
  }

  private static let queries: [AttributionQuery] = [
    AttributionQuery(), AttributionQuery(lookback: 7 * day, scope: .journey),
    AttributionQuery(by: .campaign, lookback: 0), AttributionQuery(by: .channelAndCampaign, lookback: 3 * day),
    AttributionQuery(by: .channelAndCampaign, scope: .journey, period: 10 * day...30 * day),
    AttributionQuery(lookback: 5 * day, period: 10 * day...20 * day),
  ]

  @Test("Equal to the row-by-row reference in every model", arguments: queries.indices)
  func naive(_ index: Int) async throws {
    let query = Self.queries[index]
    for seed in 1...3 as ClosedRange<UInt64> {
      let events = Self.events(seed)
      let test = try TestStore(events)
      let results = try await JourneyAttribution(query, of: test.store).run(over: test.store)
      let naive = NaiveAttribution(
        events, conversion: "purchase", lookback: query.lookback, journeyScope: query.scope == .journey,
        period: query.period ?? .min ... .max
      ) { event in
        guard event.type == "ad_click" else { return nil }
        switch query.dimension {
        case .channel: return event.channel
        case .campaign: return event.campaign
        case .channelAndCampaign:
          return event.channel == nil && event.campaign == nil
            ? nil : "\(event.channel ?? "-")/\(event.campaign ?? "-")"
        }
      }
      for result in results {
        let expected = naive.credits(result.model)
        #expect(result.totals.journeys == naive.journeys)
        #expect(close(result.unattributed.conversions, naive.unattributed.conversions))
        for row in result.rows {
          let credit = expected[row.key.names.map { $0 ?? "-" }.joined(separator: "/")] ?? .init()
          #expect(close(row.conversions, credit.conversions, 1e-8), "\(result.model) \(row.key)")
          #expect(close(row.revenue, credit.revenue, 1e-8), "\(result.model) \(row.key)")
        }
        #expect(
          Set(expected.keys).isSubset(of: result.rows.map { $0.key.names.map { $0 ?? "-" }.joined(separator: "/") }))
      }
    }
  }

  @Test("Credits and the unattributed add up to the totals", arguments: queries.indices)
  func conservation(_ index: Int) async throws {
    let test = try TestStore(Self.events(7))
    for result in try await JourneyAttribution(Self.queries[index], of: test.store).run(over: test.store) {
      let conversions = result.rows.reduce(result.unattributed.conversions) { $0 + $1.conversions }
      let revenue = result.rows.reduce(result.unattributed.revenue) { $0 + $1.revenue }
      #expect(close(conversions, result.totals.conversions, 1e-12), "\(result.model)")
      #expect(close(revenue, result.totals.revenue, 1e-12), "\(result.model)")
      let sorted = result.rows.sorted {
        $0.conversions != $1.conversions ? $0.conversions > $1.conversions : $0.key < $1.key
      }
      #expect(result.rows == sorted)
    }
  }

  @Test("Any cut and any number of threads count the same", arguments: queries.indices)
  func laws(_ index: Int) async throws {
    let test = try TestStore(Self.events(11))
    try await checkLaws(try JourneyAttribution(Self.queries[index], of: test.store), test.store, seed: 5)
  }

  @Test("A partial survives its JSON") func codable() async throws {
    let test = try TestStore(Self.events(13))
    let attribution = try JourneyAttribution(AttributionQuery(), of: test.store)
    let partial = try await attribution.partial(over: test.store)
    let copy = try JSONDecoder().decode(AttributionTally.self, from: JSONEncoder().encode(partial))
    #expect(copy == partial)
    #expect(try attribution.finish(copy) == attribution.finish(partial))
  }
}
