import Attribution
import Foundation
import Journeys
import Testing

@Suite("Laws of hold-outs, on random journeys") struct HoldoutLawTests {
  private static let columns = ["experiment", "group"]

  private static func events(_ seed: UInt64) -> [TestEvent] {
    var random = TestRandom(seed)
    return (0..<4000).map { _ in
      let customer = "\(Int.random(in: 0..<300, using: &random))"
      let time = Int64.random(in: 0...60 * day, using: &random)
      if Int.random(in: 0..<4, using: &random) > 0 {
        return TestEvent(
          customer, time, ["purchase", "signup", "page_view"].randomElement(using: &random)!,
          amount: Int.random(in: 0..<5, using: &random) == 0 ? nil : Int64.random(in: -500...10_000, using: &random))
      }
      var data: [String: String] = [:]
      if Int.random(in: 0..<20, using: &random) > 0 {
        data["experiment"] = ["spring", "autumn"].randomElement(using: &random)!
      }
      data["group"] = ["treatment", "holdout", "treatment", "holdout", "control"].randomElement(using: &random)!
      return TestEvent(
        customer, time, "experiment_assigned", channel: ["email", "sms", nil].randomElement(using: &random)!,
        data: data)
    }
  }

  private static let queries = [
    HoldoutQuery(), HoldoutQuery(conversions: ["purchase", "signup"], window: 9 * day),
    HoldoutQuery(period: (10 * day)...(40 * day), level: 0.99),
    HoldoutQuery(window: 20 * day, period: (30 * day)...(Int64.max)),
  ]

  /// What a group did, customer by customer.
  private struct Naive {
    var conversions: [Double] = []
    var revenue: [Double] = []
  }

  @Test("Equal to the row-by-row reference", arguments: queries.indices) func naive(_ index: Int) async throws {
    let (events, query) = (Self.events(UInt64(index)), Self.queries[index])
    let test = try TestStore(events, properties: Self.columns)
    let found = try await Holdout(query, of: test.store).run(over: test.store)
    let period = query.period ?? Int64.min...Int64.max

    var groups: [String: [String: Naive]] = [:]
    var conflicting: [String: Int] = [:]
    for (_, own) in Dictionary(grouping: events, by: \.customer) {
      let journey = own.sorted { $0.time < $1.time }
      let assignments = journey.filter { $0.type == "experiment_assigned" && $0.time <= period.upperBound }
      for (test, of) in Dictionary(
        grouping: assignments, by: { "\($0.channel ?? "-") \($0.data["experiment"] ?? "-")" })
      {
        let known = { (event: TestEvent) -> String in
          ["treatment", "holdout"].contains(event.data["group"]!) ? event.data["group"]! : "other"
        }
        let group = known(of[0])
        conflicting[test, default: 0] += of.dropFirst().count { known($0) != group }
        let counted = journey.filter {
          query.conversions.contains($0.type) && $0.time >= of[0].time && period.contains($0.time)
            && $0.time - of[0].time <= query.window ?? .max
        }
        groups[test, default: [:]][group, default: Naive()].conversions.append(Double(counted.count))
        groups[test]![group]!.revenue.append(Double(counted.reduce(0) { $0 + ($1.amount ?? 0) }) / 100)
      }
    }
    #expect(found.tests.count == groups.count && groups.count > 4)
    for test in found.tests {
      let name = "\(test.channel ?? "-") \(test.experiment ?? "-")"
      let naive = try #require(groups[name])
      #expect(test.conflicting == conflicting[name])
      #expect(test.otherCustomers == naive["other"]?.conversions.count ?? 0)
      let (treated, heldOut) = (naive["treatment"] ?? Naive(), naive["holdout"] ?? Naive())
      for (group, of) in [(test.treatment, treated), (test.holdout, heldOut)] {
        #expect(group.customers == of.conversions.count)
        #expect(Double(group.conversions) == of.conversions.reduce(0, +))
        #expect(group.convertingCustomers == of.conversions.count { $0 > 0 })
        #expect(close(group.revenue, of.revenue.reduce(0, +)))
      }
      try check(test.conversionsLift, treated.conversions, heldOut.conversions)
      try check(test.revenueLift, treated.revenue, heldOut.revenue)
      try check(
        test.conversionRateLift, treated.conversions.map { min($0, 1) }, heldOut.conversions.map { min($0, 1) })
    }
  }

  /// Welch by its textbook: two passes, deviations from the mean.
  private func check(_ lift: Lift?, _ treated: [Double], _ heldOut: [Double]) throws {
    guard treated.count > 1, heldOut.count > 1 else { return }
    let lift = try #require(lift)
    func moments(_ values: [Double]) -> (mean: Double, ofMean: Double) {
      let mean = values.reduce(0, +) / Double(values.count)
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return (mean, squares / Double(values.count - 1) / Double(values.count))
    }
    let (a, b) = (moments(treated), moments(heldOut))
    let variance = a.ofMean + b.ofMean
    #expect(close(lift.absolute, a.mean - b.mean, 1e-9))
    #expect(close(try #require(lift.standardError), variance.squareRoot(), 1e-9))
    let below =
      a.ofMean * a.ofMean / Double(treated.count - 1) + b.ofMean * b.ofMean / Double(heldOut.count - 1)
    #expect(close(try #require(lift.degreesOfFreedom), variance * variance / below, 1e-9))
  }

  @Test("Any cut and any number of threads give the same", arguments: queries.indices)
  func laws(_ index: Int) async throws {
    let test = try TestStore(Self.events(91), properties: Self.columns)
    let analysis = try Holdout(Self.queries[index], of: test.store)
    try await checkLaws(analysis, test.store, seed: 5)
    let partial = try await analysis.partial(over: test.store)
    #expect(try JSONDecoder().decode(HoldoutTally.self, from: JSONEncoder().encode(partial)) == partial)
  }
}
