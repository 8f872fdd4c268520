import Foundation
import Ingest
import Stores
import TestSupport
import Testing

@Suite("The built program, killed")
struct KillTests {
  @Test("SIGKILL in mid-stream, again and again, then a run to the end: every event once, and the counts add up")
  func sigkill() async throws {
    let world = try World(partitions: 2)
    let events = testEvents(6000, customers: 300)
    let broken = (0..<50).map { "broken \($0)" }
    var lines = events.map(\.json) + events.prefix(200).map(\.json) + broken
    var random = SeededRandom(seed: 4)
    lines.shuffle(using: &random)
    // Some are sent when all is over with the killing, so that the last run has something to do.
    let early = lines.prefix(5000)
    try world.send(Array(early))
    let folder = try TemporaryDirectory()
    let properties = try folder.file("kafka.properties", "session.timeout.ms=6000\n")

    for round in 1...3 {
      let process = try start(world, properties, folder, untilEnd: false)
      // In the middle of a batch: its ids are known already, its journeys may not be.
      try await waitUntil { try world.count("ingested_events") > 1000 * round }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      #expect(process.terminationReason == .uncaughtSignal)
    }
    try world.send(Array(lines.dropFirst(early.count)))
    let last = try start(world, properties, folder)
    last.waitUntilExit()
    // Done, but some input was rejected.
    let errors = try String(contentsOf: folder.url.appending(path: "err"), encoding: .utf8)
    #expect(last.terminationStatus == 3, "\(errors)")

    let output = try Data(contentsOf: folder.url.appending(path: "out"))
    let answer = try #require(try JSONSerialization.jsonObject(with: output) as? [String: Any])
    let totals = try #require(answer["totals"] as? [String: Any])
    #expect(totals["read"] as? Int == lines.count)
    #expect(totals["applied"] as? Int == 6000)
    #expect(totals["duplicates"] as? Int == 200)
    #expect(totals["dead_letters"] as? Int == 50)
    #expect(try Fold(world.database) == Fold(events))
    let letters = try rawMessages(of: "\(world.topic).dlq").map { String(decoding: $0.value, as: UTF8.self) }
    #expect(Set(letters) == Set(broken))
  }

  @Test("SIGTERM: the batch is finished and committed, the program ends with 0")
  func sigterm() async throws {
    let world = try World(partitions: 1)
    let events = testEvents(2000)
    try world.send(events.map(\.json))
    let folder = try TemporaryDirectory()
    let properties = try folder.file("kafka.properties", "session.timeout.ms=6000\n")
    let process = try start(world, properties, folder, untilEnd: false)
    try await waitUntil { try world.count("ingested_events") > 500 }
    process.terminate()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 0)
    let output = try Data(contentsOf: folder.url.appending(path: "out"))
    let answer = try #require(try JSONSerialization.jsonObject(with: output) as? [String: Any])
    let read = try #require(answer["read"] as? Int)
    // It left the group, so that the next member need not wait for its session to end.
    let report = try await world.ingest()
    #expect(report.counts.redelivered == 0)
    #expect(read + report.counts.read == 2000)
    #expect(try Fold(world.database) == Fold(events))
  }

  private func start(
    _ world: World, _ properties: String, _ folder: TemporaryDirectory, untilEnd: Bool = true
  ) throws -> Process {
    let process = Process()
    // Tests and programs are built into one directory.
    process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appending(path: "analytics-cli")
    process.arguments =
      ["ingest", "--topic", world.topic, "--group", world.topic, "--kafka-properties", properties, "--format", "json"]
      + (untilEnd ? ["--until-end"] : [])
    process.environment = ProcessInfo.processInfo.environment.merging([
      "ANALYTICS_MONGODB_DATABASE": world.database.name, "ANALYTICS_INGEST_BATCH_EVENTS": "250",
    ]) { $1 }
    process.standardOutput = FileHandle(forWritingAtPath: try folder.file("out", ""))
    process.standardError = FileHandle(forWritingAtPath: try folder.file("err", ""))
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return process
  }

  /// Nothing tells a client of MongoDB that a collection has grown, so it asks.
  private func waitUntil(_ holds: () throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(120)
    while try !holds() {
      try #require(ContinuousClock.now < deadline)
      try await Task.sleep(for: .milliseconds(10))
    }
  }
}
