import Foundation
import Testing

@Suite struct GenerateCommandTests {
  private let program: Program

  init() throws { program = try Program() }

  private func file(_ name: String) -> URL { program.folder.url.appending(path: name) }

  /// Files of the folder but those that the test itself keeps.
  private func files() throws -> Set<String> {
    let names = try FileManager.default.contentsOfDirectory(atPath: program.folder.url.path)
    return Set(names.filter { !$0.hasSuffix(".out") && !$0.hasSuffix(".err") })
  }

  @Test func theSameSettingsGiveTheSameBytes() throws {
    let arguments = [
      "generate", "--customers", "50", "--days", "20", "--seed", "9", "--bad", "0.05", "--duplicates", "0.1",
    ]
    let first = try program.run(arguments + ["--output", "events.jsonl", "--truth", "truth.json"])
    #expect(first.status == 0, "\(first.errors)")
    let events = try Data(contentsOf: file("events.jsonl"))
    let summary = try first.json()
    let produced = try #require(summary["produced"] as? Int)
    #expect(produced == events.count { $0 == UInt8(ascii: "\n") })
    #expect(events.last == UInt8(ascii: "\n"))
    let parts = try ["valid", "duplicates", "bad"].map { try #require(summary[$0] as? Int) }
    #expect(parts.allSatisfy { $0 > 0 })
    #expect(parts.reduce(0, +) == produced)
    let truth = try JSONSerialization.jsonObject(with: Data(contentsOf: file("truth.json"))) as? [String: Any]
    #expect((truth?["customers"] as? [Any])?.count == 50)

    // To stdout the events alone; the report goes to stderr.
    let second = try program.run(arguments + ["--output", "-"])
    #expect(second.status == 0 && second.output == events)
    #expect(second.errors.contains("Generated events"))
    #expect(try files() == ["events.jsonl", "truth.json"])
  }

  /// An import takes every valid event once and names what is wrong with the others.
  @Test func whatIsGeneratedImports() throws {
    let made = try program.run(
      "generate", "--customers", "200", "--days", "40", "--seed", "3", "--bad", "0.05", "--duplicates", "0.05",
      "--output", "events.jsonl")
    let summary = try made.json()
    let run = try program.run("import", "--output", "journeys", "events.jsonl")
    #expect(run.status == 3, "\(run.errors)")
    let imported = try run.json()
    // Files may come from anywhere: an import takes channels that the platform does not have.
    let foreign = try #require((summary["bad_by_kind"] as? [String: Int])?["unknown_channel"])
    #expect(imported["read"] as? Int == summary["produced"] as? Int)
    #expect(imported["events"] as? Int == (summary["valid"] as? Int ?? 0) + foreign)
    #expect(imported["duplicates"] as? Int == summary["duplicates"] as? Int)
    #expect(imported["rejected"] as? Int == (summary["bad"] as? Int ?? 0) - foreign)
  }

  @Test(arguments: [
    (["--customers", "0", "--days", "10", "--output", "e"], "number of customers is out of range"),
    (["--customers", "5", "--days", "10", "--start", "2025-02-29", "--output", "e"], "no day of the calendar"),
    (["--customers", "5", "--days", "10", "--bad", "2", "--output", "e"], "share of bad events is out of range"),
    (["--customers", "5", "--days", "10"], "--output FILE, or --brokers"),
    (["--customers", "5", "--days", "10", "--output", "e", "--brokers", "localhost:1"], "not both"),
    (["--customers", "5", "--days", "10", "--output", "e", "--truth", "-"], "--truth needs a file"),
  ])
  func wrongUsageIsSaid(_ arguments: [String], _ reason: String) throws {
    var program = program
    program.environment["ANALYTICS_KAFKA_BROKERS"] = ""
    let run = try program.run(["generate", "--seed", "1"] + arguments)
    #expect(run.status == 64)
    #expect(run.errors.contains(reason), "\(run.errors)")
    #expect(run.output.isEmpty)
    #expect(try files().isEmpty)
  }

  @Test func whatCannotBeWrittenIsSaid() throws {
    let missing = try program.run("generate", "--customers", "5", "--days", "5", "--output", "nowhere/events.jsonl")
    #expect(missing.status == 1)
    #expect(missing.errors.contains("write nowhere/events.jsonl: No such file or directory"), "\(missing.errors)")
    let full = try program.run("generate", "--customers", "50", "--days", "5", "--output", "/dev/full")
    #expect(full.status == 1)
    #expect(full.errors.contains("write /dev/full: No space left on device"), "\(full.errors)")
    // The truth cannot be written: then there are no events either.
    let half = try program.run(
      "generate", "--customers", "50", "--days", "5", "--output", "events.jsonl", "--truth", "/dev/full")
    #expect(half.status == 1)
    #expect(try files().isEmpty)
  }

  @Test func brokersThatAreAwayAreNamed() throws {
    let run = try program.run("generate", "--customers", "5", "--days", "5", "--brokers", "127.0.0.1:1")
    #expect(run.status == 1)
    #expect(run.errors.contains("127.0.0.1:1") && run.errors.contains("check that the brokers run"), "\(run.errors)")
  }
}
