import Attribution
import Foundation
import Journeys
import Testing

private func sent(_ customer: String, _ time: Int64, _ variant: String?, _ campaign: String? = "spring") -> TestEvent {
  TestEvent(customer, time, "email_sent", campaign: campaign, data: variant.map { ["variant": $0] } ?? [:])
}

private func bought(_ customer: String, _ time: Int64, _ amount: Int64?, _ campaign: String? = nil) -> TestEvent {
  TestEvent(customer, time, "purchase", campaign: campaign, amount: amount)
}

private func readOut(_ events: [TestEvent], _ query: CampaignTestQuery) async throws -> CampaignTestResult {
  let test = try TestStore(events, properties: ["variant"])
  let analysis = try CampaignTest(query, of: test.store)
  return try analysis.result(try await analysis.run(over: test.store), of: test.store)
}

@Suite("Campaign tests") struct CampaignTestTests {
  /// Four customers of `plain`, four of `emoji` and one of both, sixty days of data.
  private static let events: [TestEvent] = [
    bought("p1", 1 * day, 900), sent("p1", 10 * day, "plain"), bought("p1", 17 * day, 1000), bought("p1", 18 * day, 1),
    sent("p2", 10 * day, nil), sent("p2", 11 * day, "plain"), bought("p2", 11 * day, 2000, "spring"),
    sent("p3", 10 * day, "plain"), sent("p3", 12 * day, "plain"), sent("p4", 57 * day, "plain"),
    sent("e1", 10 * day, "emoji"), bought("e1", 11 * day, 3000), bought("e1", 12 * day, nil),
    sent("e2", 20 * day, "emoji"), bought("e2", 21 * day, 500), sent("e3", 20 * day, "emoji"),
    sent("e4", 5 * day, "emoji", "autumn"), sent("e4", 20 * day, "emoji"), bought("e4", 20 * day - 1, 700),
    sent("x", 10 * day, "plain"), bought("x", 11 * day, 4000), sent("x", 12 * day, "emoji"),
    sent("n", 10 * day, "plain", nil), bought("n", 60 * day, 100),
  ]

  private static func counts(_ result: CampaignTestResult) -> [[Int]] {
    result.variants.map { [$0.recipients, $0.inProgress, $0.mixed, $0.converting, $0.conversions] }
  }

  @Test("Outcomes lie in the window behind the assignment; who saw both variants is named and left out")
  func counts() async throws {
    let result = try await readOut(Self.events, CampaignTestQuery("spring"))
    #expect(result.control == "emoji" && result.variants.map(\.variant) == ["emoji", "plain"])
    #expect(Self.counts(result) == [[4, 0, 0, 2, 3], [4, 1, 1, 2, 2]])
    #expect(result.variants.map(\.revenue) == [35, 30])
    #expect(result.mixed.customers == 1 && result.mixed.ids == ["x"] && result.mixed.rule == .drop)
    #expect(result.sampleRatio.users == [4, 4] && result.sampleRatio.pValue == 1 && !result.sampleRatio.isMismatch)
    #expect(result.variants[0].revenuePerRecipient == 8.75 && result.variants[0].conversionRate == 0.5)
    #expect(result.warnings.contains { $0.contains("1 recipients still have time") })
    #expect(result.warnings.contains { $0.contains("'plain': 2 of 4") })
  }

  @Test("Every rule is a switch") func rules() async throws {
    func counts(_ change: (inout CampaignTestQuery) -> Void) async throws -> [[Int]] {
      var query = CampaignTestQuery("spring")
      change(&query)
      return Self.counts(try await readOut(Self.events, query))
    }
    #expect(try await counts { $0.mixed = .first } == [[4, 0, 0, 2, 3], [5, 1, 1, 3, 3]])
    #expect(try await counts { $0.inProgress = .exclude } == [[4, 0, 0, 2, 3], [3, 1, 1, 2, 2]])
    #expect(try await counts { $0.control = "plain" } == [[4, 1, 1, 2, 2], [4, 0, 0, 2, 3]])
    #expect(try await counts { $0.countsOwnConversions = true } == [[4, 0, 0, 0, 0], [4, 1, 1, 1, 1]])
    #expect(try await counts { $0.window = 1 * day } == [[4, 0, 0, 2, 2], [4, 0, 1, 1, 1]])
    #expect(try await counts { $0.window = 8 * day } == [[4, 0, 0, 2, 3], [4, 1, 1, 2, 3]])
    #expect(try await counts { $0.period = 11 * day...20 * day } == [[3, 0, 0, 1, 1], [1, 0, 0, 1, 1]])
    #expect(try await counts { $0.conversions = ["email_sent"] } == [[4, 0, 0, 0, 0], [4, 1, 1, 1, 1]])
  }

  @Test("A test is that of the sums, with the past or without") func sums() async throws {
    var query = CampaignTestQuery("spring")
    query.metrics = [.rate, .conversions, .revenue, .orderValue]
    let result = try await readOut(Self.events, query)
    // Bought before: e4 for 7.00, p1 for 9.00; who buys afterwards: e1, e2, p1, p2.
    let control = ExperimentGroup(
      count: 4, sum: 35, sumSquares: 925, before: .init(sum: 7, sumSquares: 49, cross: 0))
    let test = ExperimentGroup(
      count: 4, sum: 30, sumSquares: 500, before: .init(sum: 9, sumSquares: 81, cross: 90))
    func check(_ answer: VariantComparison.Answer, _ sums: ABTestQuery) throws {
      let wanted = try sums.result()
      #expect(close(try #require(answer.estimate), try #require(wanted.estimate)))
      #expect(close(try #require(answer.interval)[0], try #require(wanted.interval)[0]))
      #expect(answer.pValue == nil && wanted.pValue == nil || close(answer.pValue ?? .nan, wanted.pValue ?? .nan))
      #expect(answer.chanceToWin == nil && wanted.chanceToWin == nil || answer.chanceToWin == wanted.chanceToWin)
    }
    let revenue = try #require(result.metrics[2].tests.first)
    var sums = ABTestQuery(.mean, control: control, test: test, difference: .absolute)
    try check(revenue.fixedHorizon, sums)
    sums.method = .sequential
    try check(revenue.sequential, sums)
    sums.method = .bayes
    try check(revenue.bayes, sums)
    (sums.control.before, sums.test.before, sums.method) = (nil, nil, .welch)
    try check(revenue.withoutPast, sums)
    let means = result.metrics[2].variants.compactMap(\.adjustedMean)
    #expect(close(try #require(revenue.lift), means[1] / means[0] - 1))
    // A ratio has no past: 35 of 3 orders, 30 of 2.
    #expect(close(try #require(result.metrics[3].tests[0].fixedHorizon.estimate), 30 / 2 - 35.0 / 3))
    #expect(result.metrics[3].varianceReduction == nil && result.metrics[2].varianceReduction != nil)
    #expect(result.metrics[0].variants.map(\.mean) == [0.5, 0.5])
    // Holm's over four metrics of one variant.
    let tests = result.metrics.map { $0.tests[0].fixedHorizon }
    let corrected = MultipleTests.holm.adjusted(tests.map(\.pValue))
    #expect(tests.map(\.adjustedPValue) == corrected)
  }

  @Test("No conversions and no variance are said, not divided by") func undefined() async throws {
    let nobody = ["a", "b"].flatMap { (variant: String) in (0..<3).map { sent("\(variant)\($0)", 0, variant) } }
    var query = CampaignTestQuery("spring")
    query.difference = .relative
    let result = try await readOut(nobody + [bought("z", 30 * day, 1)], query)
    #expect(result.metrics.allSatisfy { $0.tests[0].undefined?.contains("control's mean is 0") == true })
    #expect(result.metrics[0].variants.map(\.probabilityToBeBest) == [nil, nil])
    query.difference = .absolute
    query.metrics = [.rate, .orderValue]
    let absolute = try await readOut(nobody + [bought("z", 30 * day, 1)], query)
    #expect(absolute.metrics[0].tests[0].undefined?.contains("no customer differs") == true)
    #expect(absolute.metrics[1].tests[0].undefined == "control: no conversions")
    let single = try await readOut(nobody + [sent("c0", 0, "c"), bought("z", 30 * day, 1)], query)
    #expect(single.metrics[0].tests[1].undefined == "fewer than two recipients")
  }

  @Test("A split that was not meant is a mismatch") func split() async throws {
    let events =
      (0..<90).map { sent("a\($0)", 0, "a") } + (0..<30).map { sent("b\($0)", 0, "b") } + [bought("a1", day, 5)]
    #expect(try await readOut(events, CampaignTestQuery("spring")).sampleRatio.isMismatch)
    var query = CampaignTestQuery("spring")
    query.split = ["a": 3, "b": 1]
    #expect(try await readOut(events, query).sampleRatio.pValue == 1)
  }

  @Test(
    "What cannot be asked is refused with a remedy",
    arguments: [
      ("sprin", nil, nil, "Did you mean 'spring'?"), ("autumn", nil, nil, "one variant, 'emoji'"),
      ("spring", "plan", nil, "Did you mean 'plain'?"), ("spring", nil, ["plain": 1], "the share of 'emoji'"),
      ("spring", nil, ["plain": 1, "emojis": 1], "Did you mean 'emoji'?"),
      ("spring", nil, ["plain": 1, "emoji": 0], "must be above 0"),
    ] as [(String, String?, [String: Double]?, String)])
  func refused(_ campaign: String, _ control: String?, _ split: [String: Double]?, _ part: String) async {
    var query = CampaignTestQuery(campaign)
    (query.control, query.split) = (control, split)
    let error = await #expect(throws: AttributionError.self) { try await readOut(Self.events, query) }
    #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
  }

  @Test("Settings out of their range, and names the store does not have") func settings() async throws {
    let changes: [(inout CampaignTestQuery) -> Void] = [
      { $0.window = 0 }, { $0.past = -1 }, { $0.alpha = 1 }, { $0.tuning = 0 }, { $0.metrics = [] },
      { $0.conversions = ["purchse"] }, { $0.variantColumn = "group" },
    ]
    for change in changes {
      var query = CampaignTestQuery("spring")
      change(&query)
      await #expect(throws: AttributionError.self) { try await readOut(Self.events, query) }
    }
    let huge = [sent("a", 0, "a"), bought("a", 1, 1 << 50), sent("b", 0, "b")]
    let error = await #expect(throws: AttributionError.self) { try await readOut(huge, CampaignTestQuery("spring")) }
    #expect(error?.code == .unsolvable)
  }
}
