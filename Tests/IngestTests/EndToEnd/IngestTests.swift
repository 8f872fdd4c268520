import Foundation
import Ingest
import Journeys
import Stores
import TestSupport
import Testing

@Suite("Kafka → MongoDB: every event once")
struct IngestTests {
  @Test("However often an event was delivered it counts once; the counts add up and equal an independent fold")
  func duplicates() async throws {
    let world = try World()
    let events = testEvents(3000)
    var random = SeededRandom(seed: 2)
    // Every seventh comes again, some in the same batch, some much later.
    let repeated = events.enumerated().filter { $0.offset % 7 == 0 }.map(\.element)
    let lines =
      (events.prefix(2000) + repeated.shuffled(using: &random) + events.dropFirst(2000)).map(\.json) + ["{", "", "[1]"]
    try world.send(lines)
    let report = try await world.ingest()
    #expect(report.counts.read == lines.count)
    #expect(report.counts.applied == 3000)
    #expect(report.counts.duplicates == repeated.count)
    #expect(report.counts.conflicting == 0)
    #expect(report.counts.redelivered == 0)
    #expect(report.counts.deadLettersByCode == ["malformed_json": 2, "not_an_object": 1])
    #expect(report.totals == report.counts)
    #expect(try Fold(world.database) == Fold(events))
  }

  @Test("Everything delivered again, in other batches: nothing changes, and nothing is accounted for twice")
  func redelivery() async throws {
    let world = try World()
    let events = testEvents(1500)
    let lines = events.map(\.json) + events.prefix(100).map(\.json) + ["nonsense"]
    try world.send(lines)
    let first = try await world.ingest(group: "\(world.topic).a", batch: 400)
    let second = try await world.ingest(group: "\(world.topic).b", batch: 170)
    #expect(second.counts.read == lines.count)
    #expect(second.counts.applied == 0)
    #expect(second.counts.redelivered == 1500)
    #expect(second.counts.duplicates == 100)
    #expect(second.counts.deadLetters == 1)
    #expect(second.totals == first.counts)
    #expect(try Fold(world.database) == Fold(events))
  }

  @Test("The same events from another topic with other partitions are duplicates", arguments: [1, 5])
  func otherTopic(partitions: Int) async throws {
    let world = try World()
    let events = testEvents(1000)
    try world.send(events.map(\.json))
    _ = try await world.ingest()
    let other = TestServers.freshName("replay")
    try world.producer.topics.create(other, partitions: partitions)
    try world.send(events.reversed().map(\.json), to: other)
    let report = try await world.ingest(topic: other)
    #expect(report.counts.duplicates == 1000)
    #expect(report.counts.applied == 0)
    #expect(try Fold(world.database) == Fold(events))
  }

  @Test("A topic that was made anew, its offsets from zero: new events count all the same")
  func topicMadeAnew() async throws {
    let world = try World(partitions: 1)
    let events = testEvents(900)
    try world.send(events.prefix(600).map(\.json))
    _ = try await world.ingest()
    // The same names of deliveries for other events.
    let directory = try TemporaryDirectory()
    let file = try directory.file("events.jsonl", events.prefix(600).map(\.json).joined(separator: "\n"))
    _ = try await world.ingest(file: file)
    _ = try directory.file("events.jsonl", events.dropFirst(600).map(\.json).joined(separator: "\n"))
    let report = try await world.ingest(file: file)
    #expect(report.counts.applied == 300)
    #expect(report.counts.redelivered == 0)
    #expect(try Fold(world.database) == Fold(events))
  }

  @Test("An id with another customer, or another month, than before: the first holds")
  func conflicts() async throws {
    let world = try World(partitions: 1)
    let events = testEvents(10)
    var stolen = events[0]
    stolen.customer = "somebody else"
    var moved = events[1]
    moved.timestamp += 40 * 86_400_000_000
    try world.send((events + [stolen, moved]).map(\.json))
    let report = try await world.ingest()
    #expect(report.counts.applied == 10)
    #expect(report.counts.duplicates == 2)
    #expect(report.counts.conflicting == 2)
    #expect(try Fold(world.database) == Fold(events))
  }

  @Test("Interrupted behind any step, then run to the end with other batches: nothing is lost, nothing counted twice")
  func interruptions() async throws {
    for step in Ingest.Step.allCases {
      let world = try World(partitions: 2)
      let events = testEvents(600)
      let lines = events.map(\.json) + events.prefix(30).map(\.json) + ["nonsense"]
      try world.send(lines)
      let passed = Countdown(2)
      await #expect(throws: Crash.self) {
        try await world.ingest(batch: 130, afterStep: { if $0 == step, passed.next() { throw Crash() } })
      }
      let report = try await world.ingest(batch: 90)
      #expect(try Fold(world.database) == Fold(events), "\(step)")
      #expect(report.totals.read == lines.count, "\(step)")
      #expect(report.totals.applied == 600, "\(step)")
      #expect(report.totals.duplicates == 30, "\(step)")
      #expect(report.totals.deadLetters == 1, "\(step)")
    }
  }

  @Test("Two writers that know nothing of each other write the same events at the same time")
  func twoWriters() async throws {
    let world = try World(partitions: 2)
    let events = testEvents(1200, customers: 5)
    try world.send(events.map(\.json))
    async let one = world.ingest(group: "\(world.topic).a", batch: 97, pageCapacity: 30)
    async let other = world.ingest(group: "\(world.topic).b", batch: 61, pageCapacity: 30)
    let reports = try await (one, other)
    // Whoever comes first counts an event, and the other one sees that.
    #expect(reports.0.counts.applied + reports.1.counts.applied == 1200)
    #expect(reports.0.counts.redelivered + reports.1.counts.redelivered == 1200)
    #expect(try Fold(world.database) == Fold(events))
  }

  @Test("A cancelled run finishes its batch, commits and reports; the next one goes on behind it")
  func cancellation() async throws {
    let world = try World(partitions: 1)
    let events = testEvents(500)
    try world.send(events.map(\.json))
    let isWriting = Signal()
    let running = Task {
      // Also when it fails, so that the test does instead of waiting.
      defer { isWriting.set() }
      return try await world.ingest(batch: 100, untilEnd: false, afterStep: { if $0 == .journeys { isWriting.set() } })
    }
    await isWriting.wait()
    running.cancel()
    let first = try await running.value
    #expect(first.counts.read > 0)
    #expect(first.counts.read.isMultiple(of: 100))
    let second = try await world.ingest()
    #expect(second.counts.redelivered == 0)
    #expect(first.counts.applied + second.counts.applied == 500)
    #expect(try Fold(world.database) == Fold(events))
  }
}
