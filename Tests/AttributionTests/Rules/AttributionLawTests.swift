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
          let channel = ["email", "sms", "push", "ads", "direct", nil].randomElement(using: &random)!
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

  /// Those that are counted without a look at whole paths, and all.
  private static let models: [[AttributionModel]] = [
    [.first, .last, .linear, .position, .markov], AttributionModel.allCases,
  ]

  @Test("Equal to the row-by-row reference in every rule and in Markov", arguments: queries.indices, models)
  func naive(_ index: Int, _ models: [AttributionModel]) async throws {
    var query = Self.queries[index]
    query.models = models
    for seed in 1...3 as ClosedRange<UInt64> {
      let events = Self.events(seed)
      let test = try TestStore(events)
      let results = try await JourneyAttribution(query, of: test.store).run(over: test.store)
      let naive = NaiveAttribution(
        events, conversion: "purchase", lookback: query.lookback, journeyScope: query.scope == .journey,
        period: query.period ?? .min ... .max
      ) { event in
        guard event.type == "ad_click" else { return nil }
        switch query.dimensions {
        case .channel: return event.channel
        case .campaign: return event.campaign
        case .channelAndCampaign:
          return event.channel == nil && event.campaign == nil
            ? nil : "\(event.channel ?? "-")/\(event.campaign ?? "-")"
        default: return nil
        }
      }
      for result in results {
        guard let expected = naive.credits(result.model) else { continue }
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
    var query = Self.queries[index]
    query.models = AttributionModel.allCases
    for result in try await JourneyAttribution(query, of: test.store).run(over: test.store) {
      let conversions = result.rows.reduce(0) { $0 + $1.conversions }
      let revenue = result.rows.reduce(0) { $0 + $1.revenue }
      let (lost, totals) = (result.unattributed, result.totals)
      #expect((result.sum != nil) == (result.model == .participation))
      #expect(
        close(conversions, result.sum?.conversions ?? totals.conversions - lost.conversions, 1e-11), "\(result.model)")
      #expect(close(revenue, result.sum?.revenue ?? totals.revenue - lost.revenue, 1e-11), "\(result.model)")
      let sorted = result.rows.sorted {
        $0.conversions != $1.conversions ? $0.conversions > $1.conversions : $0.key < $1.key
      }
      #expect(result.rows == sorted)
    }
  }

  @Test("Any cut and any number of threads count the same", arguments: queries.indices, models)
  func laws(_ index: Int, _ models: [AttributionModel]) async throws {
    let test = try TestStore(Self.events(11))
    var query = Self.queries[index]
    query.models = models
    try await checkLaws(try JourneyAttribution(query, of: test.store), test.store, seed: 5)
  }

  @Test("Whole paths and sums count the same") func wholePaths() async throws {
    let test = try TestStore(Self.events(3))
    var query = AttributionQuery(models: Self.models[0])
    let sums = try await JourneyAttribution(query, of: test.store).run(over: test.store)
    query.models.append(.leaveOneOut)
    let whole = try await JourneyAttribution(query, of: test.store).run(over: test.store)
    #expect(Array(whole.dropLast()) == sums)
  }

  @Test("Months add up to the whole, and each is what its period alone gives") func epochs() async throws {
    let test = try TestStore(Self.events(4))
    let calendar = try ZonedCalendar("Asia/Dhaka")
    let query = AttributionQuery(models: [.first, .linear, .timeDecay, .shapley])
    let analysis = try AttributionEpochs(query, every: .month, calendar, of: test.store)
    try await checkLaws(analysis, test.store, seed: 6)
    let epochs = try await analysis.run(over: test.store)
    #expect(epochs.count == 7 && epochs[0].period == "1970-01")
    for (number, whole) in try await JourneyAttribution(query, of: test.store).run(over: test.store).enumerated() {
      for row in whole.rows {
        let parts = epochs.flatMap { $0.results[number].rows.filter { $0.key == row.key } }
        #expect(close(parts.reduce(0) { $0 + $1.conversions }, row.conversions))
        #expect(close(parts.reduce(0) { $0 + $1.revenue }, row.revenue))
      }
    }
    for epoch in epochs {
      var alone = query
      alone.period = try calendar.moment("\(epoch.period)-01")...calendar.moment(nextMonth(epoch.period)) - 1
      let expected = try await JourneyAttribution(alone, of: test.store).run(over: test.store)
      for (a, b) in zip(epoch.results, expected) {
        #expect(a.totals.conversions == b.totals.conversions && a.totals.revenue == b.totals.revenue)
        for row in b.rows {
          let same = a.rows.first { $0.key == row.key }
          #expect(close(same?.conversions ?? 0, row.conversions) && close(same?.revenue ?? 0, row.revenue))
        }
      }
    }
  }

  private func nextMonth(_ month: String) -> String {
    let number = Int(month.suffix(2))! + 1
    return "1970-\(number < 10 ? "0" : "")\(number)-01"
  }

  @Test("A partial survives its JSON") func codable() async throws {
    let test = try TestStore(Self.events(13))
    let attribution = try JourneyAttribution(AttributionQuery(models: AttributionModel.allCases), of: test.store)
    let partial = try await attribution.partial(over: test.store)
    let copy = try JSONDecoder().decode(AttributionTally.self, from: JSONEncoder().encode(partial))
    #expect(copy == partial)
    #expect(try attribution.finish(copy) == attribution.finish(partial))
  }
}
