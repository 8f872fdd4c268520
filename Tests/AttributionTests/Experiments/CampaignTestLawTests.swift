import Attribution
import Journeys
import Testing

@Suite("Laws of campaign tests, on random journeys") struct CampaignTestLawTests {
  private static func events(_ seed: UInt64) -> [TestEvent] {
    var random = TestRandom(seed)
    return (0..<5000).map { _ in
      let customer = "\(Int.random(in: 0..<500, using: &random))"
      let time = Int64.random(in: 0...900, using: &random) * day / 10
      let campaign = ["spring", "autumn", nil].randomElement(using: &random)!
      guard Int.random(in: 0..<4, using: &random) == 0 else {
        return TestEvent(
          customer, time, ["purchase", "signup", "page_view"].randomElement(using: &random)!, campaign: campaign,
          amount: Int.random(in: 0..<5, using: &random) == 0 ? nil : Int64.random(in: 0...10_000, using: &random))
      }
      let variant = ["a", "a", "a", "b", "c", nil].randomElement(using: &random)!
      return TestEvent(customer, time, "email_sent", campaign: campaign, data: variant.map { ["variant": $0] } ?? [:])
    }
  }

  private static let queries: [CampaignTestQuery] = {
    let changes: [(inout CampaignTestQuery) -> Void] = [
      { _ in }, { $0.mixed = .first },
      { ($0.inProgress, $0.window, $0.conversions) = (.exclude, 20 * day, ["purchase", "signup"]) },
      { ($0.countsOwnConversions, $0.mixed, $0.past) = (true, .first, 0) },
      { ($0.period, $0.mixed) = (30 * day...60 * day, .first) },
    ]
    return changes.map { change in
      var query = CampaignTestQuery("spring")
      change(&query)
      return query
    }
  }()

  @Test("Equal to the row-by-row reference", arguments: queries.indices) func naive(_ index: Int) async throws {
    let (events, query) = (Self.events(UInt64(index)), Self.queries[index])
    let test = try TestStore(events, properties: ["variant"])
    let analysis = try CampaignTest(query, of: test.store)
    let found = try analysis.result(try await analysis.run(over: test.store), of: test.store)
    let end = events.map(\.time).max()!

    var recipients: [String: Int] = [:]
    var converting: [String: Int] = [:]
    var revenue: [String: Int64] = [:]
    var mixed: Set<String> = []
    for (customer, own) in Dictionary(grouping: events, by: \.customer) {
      // As the store has it: by time, then by arrival.
      let journey = own.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        .map(\.element)
      func variant(_ event: TestEvent) -> String? { event.campaign == "spring" ? event.data["variant"] : nil }
      guard let first = journey.firstIndex(where: { variant($0) != nil }) else { continue }
      let (own, time) = (variant(journey[first])!, journey[first].time)
      if let period = query.period, !period.contains(time) { continue }
      if query.inProgress == .exclude && end - time < query.window { continue }
      if journey.contains(where: { variant($0) != nil && variant($0) != own }) {
        mixed.insert(customer)
        if query.mixed == .drop { continue }
      }
      let conversions = journey[(first + 1)...].filter {
        query.conversions.contains($0.type) && $0.time <= time + query.window
          && (!query.countsOwnConversions || $0.campaign == "spring")
      }
      recipients[own, default: 0] += 1
      converting[own, default: 0] += conversions.isEmpty ? 0 : 1
      revenue[own, default: 0] += conversions.reduce(0) { $0 + ($1.amount ?? 0) }
    }
    #expect(found.variants.map(\.variant) == recipients.keys.sorted())
    #expect(found.variants.map(\.recipients) == recipients.sorted { $0.key < $1.key }.map(\.value))
    #expect(found.variants.map(\.converting) == converting.sorted { $0.key < $1.key }.map(\.value))
    #expect(found.variants.map(\.revenue) == revenue.sorted { $0.key < $1.key }.map { Double($0.value) / 100 })
    #expect(Set(found.mixed.ids) == mixed && found.mixed.ids.count == mixed.count)
  }

  @Test("Any cut and any number of threads give the same", arguments: queries.indices) func cuts(_ index: Int)
    async throws
  {
    let test = try TestStore(Self.events(7), properties: ["variant"])
    try await checkLaws(CampaignTest(Self.queries[index], of: test.store), test.store, seed: 3)
  }
}
