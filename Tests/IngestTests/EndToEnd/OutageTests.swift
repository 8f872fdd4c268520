import Foundation
import Ingest
import Stores
import TestSupport
import Testing

@Suite("When a server goes away")
struct OutageTests {
  @Test("MongoDB away behind any step: the batch waits for it, nothing becomes a dead letter, nothing is lost")
  func mongoAway() async throws {
    for step in Ingest.Step.allCases {
      let world = try World(partitions: 1)
      let events = testEvents(300)
      try world.send(events.map(\.json))
      let proxy = try Proxy(to: try host(of: TestServers.mongoURI))
      defer { proxy.stop() }
      let database = try MongoDB(
        uri: try TestServers.mongoURI.replacing(try host(of: TestServers.mongoURI), with: "127.0.0.1:\(proxy.port)"),
        database: world.database.name, serverSelectionTimeout: .seconds(2))
      let passed = Countdown(2)
      let complaints = Texts()
      let report = try await world.ingest(
        into: database, batch: 100,
        progress: { report in
          guard let complaint = report.waitsFor else { return }
          complaints.add(complaint)
          proxy.heal()
        },
        afterStep: { if $0 == step, passed.next() { proxy.cut() } })
      #expect(!complaints.all.isEmpty, "\(step)")
      #expect(report.waitsFor == nil)
      #expect(report.counts.applied == 300, "\(step)")
      #expect(report.counts.redelivered == 0, "\(step)")
      #expect(report.counts.deadLetters == 0)
      #expect(try Fold(world.database) == Fold(events), "\(step)")
    }
  }

  @Test("Stopped while MongoDB is away: the run ends, and the next one does what it left")
  func stoppedMeanwhile() async throws {
    let world = try World(partitions: 1)
    let events = testEvents(300)
    try world.send(events.map(\.json))
    let proxy = try Proxy(to: try host(of: TestServers.mongoURI))
    defer { proxy.stop() }
    let database = try MongoDB(
      uri: try TestServers.mongoURI.replacing(try host(of: TestServers.mongoURI), with: "127.0.0.1:\(proxy.port)"),
      database: world.database.name, serverSelectionTimeout: .seconds(2))
    let isWaiting = Signal()
    let running = Task {
      // Also when it fails, so that the test does instead of waiting.
      defer { isWaiting.set() }
      return try await world.ingest(
        into: database, batch: 100, progress: { if $0.waitsFor != nil { isWaiting.set() } },
        afterStep: { if $0 == .journeys { proxy.cut() } })
    }
    await isWaiting.wait()
    running.cancel()
    let first = try await running.value
    #expect(first.counts.read == 0)
    let second = try await world.ingest()
    #expect(second.counts.applied == 300)
    #expect(try Fold(world.database) == Fold(events))
  }

  @Test("Not there at the start: an error that says where and what to do")
  func notThere() async throws {
    let world = try World(partitions: 1)
    let away = try MongoDB(
      uri: "mongodb://127.0.0.1:1", database: "x", serverSelectionTimeout: .milliseconds(300))
    let error = await #expect(throws: StoreError.self) { try await world.ingest(into: away) }
    #expect(error?.code == .unavailable)
    #expect(error?.message.contains("127.0.0.1:1") == true)
  }

  private func host(of uri: String) throws -> String {
    String(try #require(uri.firstMatch(of: /\/\/([^\/?]+)/)).1)
  }
}
