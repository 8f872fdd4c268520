import Attribution
import Journeys
import Testing

@Suite("One journey, explained") struct JourneyExplainerTests {
  private static let rules: [AttributionModel] = [
    .first, .last, .lastNonDirect, .linear, .linearUnique, .position, .timeDecay, .decaySteps, .participation, .shapley,
  ]

  private static func events(_ seed: UInt64) -> [TestEvent] {
    var random = TestRandom(seed)
    return (0..<60).map { _ in
      let time = Int64.random(in: 0...200, using: &random) * day / 4
      if Int.random(in: 0..<5, using: &random) == 0 {
        return TestEvent("a", time, "purchase", amount: Int64.random(in: 0...9_999, using: &random))
      }
      return TestEvent(
        "a", time, "ad_click", channel: ["email", "sms", "ads", "direct"].randomElement(using: &random)!,
        campaign: ["x", "y", nil].randomElement(using: &random)!)
    }
  }

  @Test(
    "What the touches get adds up to what attribution gives their keys",
    arguments: Repeats.allCases, AttributionQuery.Scope.allCases)
  func addsUp(_ repeats: Repeats, _ scope: AttributionQuery.Scope) async throws {
    for seed in 1...5 as ClosedRange<UInt64> {
      let test = try TestStore(Self.events(seed))
      var query = AttributionQuery(models: Self.rules, lookback: 9 * day, scope: scope, period: 5 * day...40 * day)
      query.repeats = repeats
      query.firstConversionOnly = seed == 5
      query.campaigns = seed == 4 ? ["x"] : nil
      let results = try await JourneyAttribution(query, of: test.store).run(over: test.store)
      let explanation = try JourneyExplainer(query, of: test.store).explain("a", in: test.store, results)
      #expect(explanation.unexplained.isEmpty)
      for result in results {
        #expect(result.totals.conversions == Double(explanation.conversions.count))
        for row in result.rows {
          let touches = explanation.conversions.flatMap { conversion in
            conversion.touches.filter { $0.key == row.key }.map {
              ($0.credits[result.model.rawValue]!, conversion.revenue)
            }
          }
          #expect(close(touches.reduce(0) { $0 + $1.0 }, row.conversions), "\(result.model) \(row.key)")
          #expect(close(touches.reduce(0) { $0 + $1.0 * $1.1 }, row.revenue), "\(result.model) \(row.key)")
        }
      }
    }
  }

  @Test("Markov: by the removal effects of a path's keys; a model of all journeys says nothing of a touch")
  func markov() async throws {
    let test = try TestStore([
      TestEvent("a", 1 * day, "ad_click", channel: "sms"), TestEvent("a", 2 * day, "ad_click", channel: "ads"),
      TestEvent("a", 3 * day, "purchase", amount: 700), TestEvent("a", 4 * day, "ad_click", channel: "sms"),
      TestEvent("b", 1 * day, "ad_click", channel: "ads"), TestEvent("b", 2 * day, "purchase", amount: 100),
    ])
    let query = AttributionQuery(models: [.markov, .shaoLi])
    let results = try await JourneyAttribution(query, of: test.store).run(over: test.store)
    let explanation = try JourneyExplainer(query, of: test.store).explain("a", in: test.store, results)
    let effects = Dictionary(uniqueKeysWithValues: results[0].rows.map { ($0.key.names[0]!, $0.removalEffect!) })
    let touches = explanation.conversions[0].touches
    #expect(touches.map { $0.key.names[0] } == ["sms", "ads"])
    #expect(close(touches[1].credits["markov"]!, effects["ads"]! / (effects["ads"]! + effects["sms"]!)))
    #expect(explanation.unexplained == ["shao-li"])
    #expect(explanation.open.map { $0.key.names[0] } == ["sms"])
    #expect(throws: AttributionError.self) {
      try JourneyExplainer(query, of: test.store).explain("nobody", in: test.store, results)
    }
  }
}
