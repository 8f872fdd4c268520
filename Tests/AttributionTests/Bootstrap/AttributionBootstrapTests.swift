import Attribution
import Foundation
import Journeys
import TestSupport
import Testing

@Suite("Bootstrap of customers") struct AttributionBootstrapTests {
  private static let channels = ["ads", "email", "sms", "push"]

  /// Customers of a shop in which all are alike; some buy often, so that their journeys are no independent draws.
  private static func shop(_ customers: Int, seed: UInt64) -> [TestEvent] {
    var random = TestRandom(seed)
    return (0..<customers).flatMap { customer -> [TestEvent] in
      let id = String(customer + 1_000_000)
      let favourite = channels[min(3, Int(random.next() % 7) / 2)]
      let journeys = random.next() % 4 == 0 ? 6 : 1
      return (0..<journeys).flatMap { journey -> [TestEvent] in
        let start = Int64(journey) * 40 * day
        var events = [TestEvent(id, start, "ad_click", channel: favourite)]
        if random.next() % 2 == 0 {
          events.append(TestEvent(id, start + day, "ad_click", channel: channels[Int(random.next() % 4)]))
        }
        if random.next() % 10 < 4 { events.append(TestEvent(id, start + 2 * day, "purchase", amount: 1000)) }
        return events
      }
    }
  }

  /// In 150 repetitions 90 % intervals are missed as often as 10 % may be: the bounds are those of the issue.
  @Test("Nine of ten intervals hold the value of the population", .timeLimit(.minutes(5)))
  func coverage() async throws {
    let query = AttributionQuery(models: [.linear, .markov, .shapley])
    let population = try TestStore(Self.shop(60_000, seed: 99))
    let truth = try await JourneyAttribution(query, of: population.store).run(over: population.store)
    var held = [0, 0, 0]
    var asked = 0
    for repetition in 1...150 as ClosedRange<UInt64> {
      let sample = try TestStore(Self.shop(600, seed: repetition))
      let settings = try BootstrapSettings(resamples: 100, level: 0.9, seed: repetition)
      let results = try await AttributionBootstrap(query, settings, of: sample.store).run(over: sample.store)
      asked += Self.channels.count
      for (number, result) in results.enumerated() {
        for row in truth[number].rows {
          let interval = try #require(result.rows.first { $0.key == row.key }?.interval)
          if interval.share[0] <= row.share, row.share <= interval.share[1] { held[number] += 1 }
        }
      }
    }
    for held in held { #expect(0.85...0.95 ~= Double(held) / Double(asked), "\(held) of \(asked)") }
  }

  @Test("The same seed gives the same bits on any number of threads; without groups as with them")
  func determinism() async throws {
    let query = AttributionQuery(models: [.first, .timeDecay, .markov])
    for customers in [50, 3000] {
      let test = try TestStore(Self.shop(customers, seed: 5))
      let settings = try BootstrapSettings(resamples: 40, seed: 8)
      let analysis = try AttributionBootstrap(query, settings, of: test.store)
      let one = try await analysis.run(over: test.store, threads: 1)
      #expect(try await analysis.run(over: test.store, threads: 2) == one)
      #expect(try await analysis.run(over: test.store, threads: 8) == one)
      let plain = try await JourneyAttribution(query, of: test.store).run(over: test.store)
      for (a, b) in zip(one, plain) {
        for (row, expected) in zip(a.rows, b.rows) {
          #expect(row.key == expected.key && close(row.conversions, expected.conversions))
          let interval = try #require(row.interval)
          #expect(interval.conversions[0] <= row.conversions && row.conversions <= interval.conversions[1])
        }
      }
    }
  }

  @Test("Rows that are alike are not told apart, a row far ahead is") func ranks() async throws {
    var events: [TestEvent] = []
    for customer in 0..<300 {
      let channel = customer < 200 ? "ads" : customer % 2 == 0 ? "sms" : "push"
      events.append(TestEvent("\(customer)", day, "ad_click", channel: channel))
      events.append(TestEvent("\(customer)", 2 * day, "purchase", amount: 100))
    }
    let test = try TestStore(events)
    let result = try await AttributionBootstrap(
      AttributionQuery(models: [.last]), BootstrapSettings(resamples: 200), of: test.store
    ).run(over: test.store)[0]
    #expect(result.rows.map { $0.interval!.rank } == [[1, 1], [2, 3], [2, 3]])
  }

  @Test("Too few resamples and impossible levels are refused") func settings() {
    #expect(throws: AttributionError.self) { try BootstrapSettings(resamples: 5) }
    #expect(throws: AttributionError.self) { try BootstrapSettings(resamples: 100, level: 1.2) }
  }

  @Test("Of a file of paths journeys are drawn: the interval of a binomial share") func paths() async throws {
    let directory = try TemporaryDirectory()
    let file = try directory.file(
      "paths.csv", "path,total_conversions,total_conversion_value,total_null\nA,400,800,600\nB,100,100,900\n")
    let report = try await PathFile(file).attribute([.last, .markov], bootstrap: BootstrapSettings(resamples: 2000))
    for result in report.results {
      let row = result.rows[0]
      #expect(row.key.names == ["A"] && close(row.conversions, 400))
      // A Poisson count of 400: 400 ± 1.645 · 20.
      #expect(abs(row.interval!.conversions[0] - 367) < 4 && abs(row.interval!.conversions[1] - 433) < 4)
      #expect(row.interval!.rank == [1, 1])
    }
  }
}
