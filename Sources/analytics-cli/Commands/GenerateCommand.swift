import ArgumentParser
import Foundation
import Generator
import Ingest
import Logging

struct GenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Deterministic, realistic synthetic events, into a file or a Kafka topic.",
    discussion: """
      A shop in Bangladesh whose laws are known: purchases by BG/NBD, amounts by Gamma-Gamma, campaigns with true \
      effects, Ramadan, Eid, Durga Puja and Pohela Boishakh. The same settings give the same bytes on every machine. \
      --truth writes what no analysis can see: who bought because of what.

      Examples:
        analytics-cli generate --customers 10000 --days 90 --seed 7 --output events.jsonl --truth truth.json
        analytics-cli generate --customers 20000 --days 90 --holdout 0.1 --output events.jsonl --truth truth.json
        analytics-cli generate --customers 1000 --days 30 --seed 1 --output - | gzip > events.jsonl.gz
        analytics-cli generate --customers 2000 --days 60 --seed 7 --bad 0.001 --duplicates 0.01 \\
          --brokers localhost:9092 --topic marketing.events --partitions 4
      """)

  @Option(help: "Number of customers.")
  var customers: Int

  @Option(help: "Number of days, cut in Asia/Dhaka.")
  var days: Int

  @Option(help: "Whatever is drawn at random follows from it.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("First day. All events lie in the days from here on.", valueName: "date"))
  var start = GeneratorConfiguration.defaultStart.description

  @Option(help: "Factor on messages, visits and ads; about a quarter of an event per customer and day at 1.")
  var rate = 1.0

  @Option(help: ArgumentHelp("Further events that break a rule, as a share of the valid ones.", valueName: "share"))
  var bad = 0.0

  @Option(help: ArgumentHelp("Events delivered a second time, as a share of the valid ones.", valueName: "share"))
  var duplicates = 0.0

  @Option(help: ArgumentHelp("Events that arrive ten minutes to two days late, as a share.", valueName: "share"))
  var late = 0.01

  @Option(
    help: ArgumentHelp(
      "Hold this share of the customers out of each channel, drawn apart for every channel that reaches them; "
        + "'attribution --holdout' finds from it what channels cause.", valueName: "share"))
  var holdout: Double?

  @Option(help: ArgumentHelp("Write the events to a file, one a line; '-' is stdout.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("Send the events to Kafka, keyed by customer.", valueName: "host:port,…"))
  var brokers: String?

  @Option(help: "Kafka topic (default: marketing.events); created if it does not exist.")
  var topic: String?

  @Option(help: "Partitions of a topic that is created.")
  var partitions = 4

  @Option(help: ArgumentHelp("Write the truth behind the events, as JSON.", valueName: "file"))
  var truth: String?

  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: ReportOptions

  func run() async throws {
    guard output == nil || (brokers == nil && topic == nil) else {
      throw ValidationError("give either --output FILE or --brokers with --topic, not both")
    }
    guard truth != "-" else { throw ValidationError("--truth needs a file; stdout is for events or the report") }
    guard partitions > 0 else { throw ValidationError("--partitions is a number above 0") }
    var generator = try makeGenerator()
    let destination = try await makeDestination()
    let truthFile = try truth.map { try StreamedFile($0) }
    var truthWriter = try truthFile.map { file in
      try TruthWriter(of: generator) { try $0.withUnsafeBytes { try file.write($0) } }
    }

    let progress = Progress("generate", unit: "events")
    var batch = GeneratedBatch()
    while generator.next(&batch) {
      try destination.write(batch)
      try truthWriter?.append(batch)
      do {
        try progress.update(share: generator.progress, count: generator.counts.produced)
      } catch {
        progress.finish()
        if let topic = destination.topicName { Stderr.print("generate: topic '\(topic)' has a part of the events") }
        throw error
      }
    }
    try truthWriter?.finish(generator)
    try destination.finish()
    try truthFile?.finish()
    progress.finish()

    let summary = GenerateSummary(generator)
    if output == "-" {
      Stderr.write(summary.table.text)
    } else {
      try answer.write(summary)
    }
  }

  private func makeGenerator() throws -> EventGenerator {
    do throws(GeneratorError) {
      let configuration = GeneratorConfiguration(
        customers: customers, days: days, seed: seed, start: try CivilDay(start), rate: rate, badShare: bad,
        duplicateShare: duplicates, lateShare: late, holdoutShare: holdout)
      let generator = try EventGenerator(configuration)
      let tomorrow = Int(Date().timeIntervalSince1970 / 86_400) + 1
      if (configuration.start + days).daysSince1970 > tomorrow {
        Stderr.print("generate: the last days are yet to come; readers will reject events from after tomorrow")
      }
      return generator
    } catch {
      throw ValidationError(error.message)
    }
  }

  private func makeDestination() async throws -> GenerateDestination {
    if let output { return .file(try StreamedFile(output)) }
    let settings = try await settings.load()
    guard let brokers = settings.optional(.kafkaBrokers, flag: brokers), !brokers.isEmpty else {
      let variable = Setting.kafkaBrokers.environmentName
      throw ValidationError("say where the events go: --output FILE, or --brokers, or \(variable)")
    }
    let topic = try settings.required(.kafkaTopic, flag: topic, flagName: "--topic")
    let producer = try KafkaProducer(KafkaConfiguration(brokers: brokers), logger: Logger(label: "kafka"))
    if try producer.topics.create(topic, partitions: partitions) {
      Stderr.print("generate: created topic '\(topic)' with \(partitions) partitions")
    }
    return .topic(topic, producer)
  }
}

/// Where generated events go.
private enum GenerateDestination {
  case file(StreamedFile)
  case topic(String, KafkaProducer)

  var topicName: String? { if case .topic(let name, _) = self { name } else { nil } }

  func write(_ batch: GeneratedBatch) throws {
    switch self {
    case .file(let file): try batch.lines.withUnsafeBytes { try file.write($0) }
    case .topic(let name, let producer):
      try batch.forEachEvent { key, value in
        try key.withUnsafeBytes { key in
          try value.withUnsafeBytes { try producer.send(topic: name, key: key, value: $0) }
        }
      }
    }
  }

  func finish() throws {
    switch self {
    case .file(let file): try file.finish()
    case .topic(let name, let producer):
      // Every message counts as failed after the producer's own patience, so this ends.
      while try !producer.flush(patience: .seconds(1)) { try Task.checkCancellation() }
      Stderr.print("generate: topic '\(name)' has all events")
    }
  }
}

/// What was generated.
struct GenerateSummary: Answer {
  struct Effect: Encodable {
    let incremental: Int, captured: Int

    enum CodingKeys: String, CodingKey {
      case incremental = "incremental_purchases"
      case captured = "captured_purchases"
    }
  }

  let produced: Int
  let valid: Int
  let duplicates: Int
  let bad: Int
  let late: Int
  let badByKind: [String: Int]
  let events: [String: Int]
  let customers: Int
  let campaigns: Int
  let purchases: Int
  let organicPurchases: Int
  let channels: [String: Effect]

  enum CodingKeys: String, CodingKey {
    case produced, valid, duplicates, bad, late, events, customers, campaigns, purchases, channels
    case badByKind = "bad_by_kind"
    case organicPurchases = "organic_purchases"
  }

  init(_ generator: EventGenerator) {
    let counts = generator.counts
    produced = counts.produced
    valid = counts.valid
    duplicates = counts.duplicates
    bad = counts.bad
    late = counts.late
    badByKind = Dictionary(
      uniqueKeysWithValues: BadEventKind.allCases.map { ($0.name, counts.count(of: $0)) }.filter { $0.1 > 0 })
    events = Dictionary(uniqueKeysWithValues: GeneratedEventType.allCases.map { ($0.name, counts.count(of: $0)) })
    customers = generator.configuration.customers
    campaigns = generator.campaigns.count
    purchases = generator.truth.purchases
    organicPurchases = generator.truth.organicPurchases
    channels = Dictionary(
      uniqueKeysWithValues: GeneratedChannel.allCases.filter { generator.truth[$0].touches > 0 }.map {
        let tally = generator.truth[$0]
        return ($0.name, Effect(incremental: tally.incrementalPurchases, captured: tally.capturedPurchases))
      })
  }

  var table: TextTable {
    var table = TextTable(["", "count"], title: "Generated events")
    table.rows = [
      [.text("produced"), .integer(produced)], [.text("valid"), .integer(valid)],
      [.text("delivered again"), .integer(duplicates)], [.text("bad"), .integer(bad)], [.text("late"), .integer(late)],
      [.text("campaigns"), .integer(campaigns)], [.text("purchases"), .integer(purchases)],
      [.text("  organic"), .integer(organicPurchases)],
    ]
    for (name, effect) in channels.sorted(by: { ($1.value.incremental, $0.key) < ($0.value.incremental, $1.key) }) {
      table.rows.append([.text("  caused by \(name)"), .integer(effect.incremental)])
    }
    return table
  }
}
