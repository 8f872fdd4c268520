import ArgumentParser
import Foundation
import Ingest
import Journeys

struct IngestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest",
    abstract: "Events from Kafka or a file → customer journeys and campaign performance in MongoDB.",
    discussion: """
      Every event id counts once, however often it is delivered: offsets are committed only when all is written, and an \
      interrupted run is simply started again. Events that break a rule go, byte for byte, to the dead-letter topic \
      (with --from and no brokers: to FILE.dlq). Runs until SIGTERM or SIGINT; --until-end stops at the topic's end.
      Settings: ingest.batch.events, how many events are written together at most (50000).
      read = applied + redelivered + duplicates + dead letters; 'totals' count over all runs on these partitions.

      Examples:
        analytics-cli ingest --brokers localhost:9092 --until-end
        analytics-cli ingest --brokers localhost:9092 --topic marketing.events --group analytics-eu
        analytics-cli ingest --from events.jsonl.gz
      """)

  @OptionGroup var kafka: KafkaOptions

  @Option(help: "Topic to read (default: marketing.events).")
  var topic: String?

  @Option(help: "Consumer group; its members share the partitions (default: marketing-analytics).")
  var group: String?

  @Option(
    help: ArgumentHelp("Topic for events that break a rule (default: the topic's name + .dlq).", valueName: "topic"))
  var dlqTopic: String?

  @Flag(help: "Stop at the end of the topic.")
  var untilEnd = false

  @Option(help: ArgumentHelp("Read a JSONL file instead of a topic; .gz is unpacked.", valueName: "file"))
  var from: String?

  @OptionGroup var mongo: MongoOptions
  @OptionGroup var zone: TimeZoneOptions
  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: OutputOptions

  func run() async throws {
    guard from == nil || (topic == nil && group == nil && !untilEnd) else {
      throw ValidationError("--from reads a file: it goes with neither --topic, --group nor --until-end")
    }
    let settings = try await settings.load()
    let (input, deadLetters, letterPlace) = try places(settings)
    let ingest = Ingest(
      from: input, deadLetters: deadLetters, into: try mongo.open(settings), calendar: try zone.calendar(settings),
      batchEvents: try batchEvents(settings), logger: try settings.logger("ingest"))
    let progress = Progress("ingest", unit: "events")
    let report = try await ingest.run { report in
      // Cancellation stops the ingest itself, at the end of a batch.
      try? progress.update(share: nil, count: report.counts.read)
    }
    progress.finish()
    for (code, count) in report.counts.deadLettersByCode.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      let example = report.firstDeadLetters[code]
      Stderr.print(
        "ingest: dead letters: \(TextTable.Cell.integer(count).forPeople) × \(code): \(example?.reason ?? ""); the first at "
          + "\(example?.place ?? ""); they are in \(letterPlace)")
    }
    try answer.write(IngestSummary(report))
    // A service that is asked to stop has done its work, whatever its input was.
    if report.counts.deadLetters > 0, !Task.isCancelled { throw ExitCode.someRejected }
  }

  private func batchEvents(_ settings: Settings) throws -> Int {
    guard let text = settings.optional(.ingestBatchEvents) else { return Ingest.defaultBatchEvents }
    guard let count = Int(text), 1...1_000_000 ~= count else {
      throw ValidationError("'\(Setting.ingestBatchEvents.rawValue)' is a number from 1 to 1000000")
    }
    return count
  }

  private func places(_ settings: Settings) throws -> (Ingest.Input, Ingest.DeadLetters, String) {
    if let from, settings.optional(.kafkaBrokers, flag: kafka.brokers) == nil {
      guard dlqTopic == nil else { throw ValidationError("--dlq-topic needs --brokers") }
      return (.file(from), .file(from + ".dlq"), from + ".dlq")
    }
    let configuration = try kafka.configuration(settings)
    let topic = try settings.required(.kafkaTopic, flag: topic, flagName: "--topic")
    let letters = settings.optional(.kafkaDLQTopic, flag: dlqTopic) ?? topic + ".dlq"
    guard letters != topic else { throw ValidationError("--dlq-topic must be another topic than the one that is read") }
    let place = "topic '\(letters)'"
    if let from { return (.file(from), .topic(configuration, letters), place) }
    let group = try settings.required(.kafkaGroup, flag: group, flagName: "--group")
    return (
      .topic(configuration, topic, group: group, untilEnd: untilEnd), .topic(configuration, letters), place
    )
  }
}

/// What an ingest did.
struct IngestSummary: Answer {
  struct Counts: Encodable {
    let read: Int
    let applied: Int
    let redelivered: Int
    let duplicates: Int
    let conflicting: Int
    let deadLetters: Int
    let deadLettersByCode: [String: Int]

    enum CodingKeys: String, CodingKey {
      case read, applied, redelivered, duplicates, conflicting
      case deadLetters = "dead_letters"
      case deadLettersByCode = "dead_letters_by_code"
    }

    init(_ counts: IngestCounts) {
      read = counts.read
      applied = counts.applied
      redelivered = counts.redelivered
      duplicates = counts.duplicates
      conflicting = counts.conflicting
      deadLetters = counts.deadLetters
      deadLettersByCode = counts.deadLettersByCode
    }
  }

  let run: Counts
  let totals: Counts

  init(_ report: IngestReport) {
    run = Counts(report.counts)
    totals = Counts(report.totals)
  }

  enum CodingKeys: CodingKey { case totals }

  /// This run's counts stand at the top.
  func encode(to encoder: any Encoder) throws {
    try run.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(totals, forKey: .totals)
  }

  var table: TextTable {
    var table = TextTable(["", "this run", "all runs"], title: "Ingested events")
    table.rows = [
      [.text("read"), .integer(run.read), .integer(totals.read)],
      [.text("applied"), .integer(run.applied), .integer(totals.applied)],
      [.text("redelivered"), .integer(run.redelivered), .integer(totals.redelivered)],
      [.text("duplicates"), .integer(run.duplicates), .integer(totals.duplicates)],
      [.text("  of them conflicting"), .integer(run.conflicting), .integer(totals.conflicting)],
      [.text("dead letters"), .integer(run.deadLetters), .integer(totals.deadLetters)],
    ]
    return table
  }
}
