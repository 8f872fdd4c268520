import Attribution
import Foundation
import Generator
import Journeys
import Testing

/// On generated data it is known what a channel has caused.
@Suite("Hold-outs find the truth") struct HoldoutCoverageTests {
  /// One shop, its experiments, and what each of its channels caused per treated customer.
  private static func shop(_ seed: UInt64) async throws -> (tests: [HoldoutTest], truth: TruthTally) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "holdout-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var configuration = GeneratorConfiguration(customers: 800, days: 40, seed: seed, holdoutShare: 0.4)
    // A channel that is worth its experiment.
    configuration.shop.touchEffects.emailOpened = 0.6
    var generator = try EventGenerator(configuration)
    var batch = GeneratedBatch()
    var lines = Data()
    while generator.next(&batch) { batch.lines.withUnsafeBytes { lines.append(contentsOf: $0) } }
    let file = folder.appending(path: "events.jsonl")
    try lines.write(to: file)
    let directory = folder.appending(path: "journeys")
    _ = try JourneyImport(.jsonLines, properties: ["experiment", "group"]).run([file.path], to: directory)
    let store = try JourneyStore(directory)
    return (try await Holdout(HoldoutQuery(), of: store).run(over: store).tests, generator.truth)
  }

  /// Of 40 intervals that hold the truth with probability 0.9 all but 1 in 400 times 31 or more do; of the 240 of all
  /// channels, 202 or more.
  @Test("Nine of ten 90 % intervals hold what the channel caused, and their middles are right on average")
  func coverage() async throws {
    var covered: [GeneratedChannel: Int] = [:]
    var errors: [Double] = []
    var telling = 0
    for seed in 1...40 {
      let (tests, truth) = try await Self.shop(UInt64(seed))
      #expect(tests.count == 6)
      for test in tests {
        let channel = try #require(GeneratedChannel.allCases.first { $0.name == test.channel })
        #expect(test.experiment == "\(channel.name)_holdout")
        let tally = truth[channel]
        #expect((test.treatment.customers, test.holdout.customers) == (tally.treated, tally.heldOut))
        #expect(test.conflicting == 0 && test.otherCustomers == 0)
        let caused = Double(tally.incrementalPurchases) / Double(tally.treated)
        let lift = try #require(test.conversionsLift)
        let interval = try #require(lift.interval)
        if interval[0] <= caused && caused <= interval[1] { covered[channel, default: 0] += 1 }
        if channel == .email {
          errors.append((lift.absolute - caused) / (try #require(lift.standardError)))
          if interval[0] > 0 { telling += 1 }
        }
      }
    }
    #expect(31...40 ~= covered[.email] ?? 0, "\(covered)")
    #expect(202...235 ~= covered.values.reduce(0, +), "\(covered)")
    #expect(abs(errors.reduce(0, +) / 40) < 4 / 40.0.squareRoot())
    // They are no wider than they need to be: most tell the effect from none.
    #expect(telling > 20, "\(telling)")
  }
}
