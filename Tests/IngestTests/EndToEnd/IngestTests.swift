import Foundation
import Ingest
import Journeys
import Stores
import TestSupport
import Testing

@Suite("Kafka → MongoDB")
struct IngestTests {
  @Test("Every valid event once, however often it was delivered; the counts add up and equal an independent fold")
  func exactlyOnce() async throws {
    let world = try World()
    let events = testEvents(3000)
    // Every seventh comes again, some in the same batch, some much later.
    var random = SeededRandom(seed: 2)
    let repeated = events.enumerated().filter { $0.offset % 7 == 0 }.map(\.element)
    let lines = (events.prefix(2000) + repeated.shuffled(using: &random) + events.dropFirst(2000)).map(\.json) + ["{", "", "[1]"]
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
}
