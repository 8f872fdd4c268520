import ArgumentParser
import Foundation
import Ingest
import Journeys

struct SnapshotCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    abstract: "MongoDB journeys → a columnar journey store.",
    discussion: """
      Reads customer_journeys and writes the store that every analysis reads; an older one at the same place is replaced \
      in one step.

      Examples:
        analytics-cli snapshot --output journeys
        analytics-cli snapshot --output journeys --property coupon --mongodb-database marketing
      """)

  @Option(
    help: ArgumentHelp("Where the journey store is written; an older one there is replaced.", valueName: "directory"))
  var output: String

  @Option(
    name: .customLong("property"), help: ArgumentHelp("Keep a further key of event_data as a column.", valueName: "key")
  )
  var properties: [String] = []

  @OptionGroup var mongo: MongoOptions
  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: ReportOptions

  func run() async throws {
    let database = try mongo.open(try await settings.load())
    let progress = Progress("snapshot", unit: "events")
    let manifest = try await Snapshot(of: database, properties: properties)
      .write(to: URL(filePath: output)) { pages, total, events in
        try progress.update(share: total > 0 ? min(1, Double(pages) / Double(total)) : nil, count: events)
      }
    progress.finish()
    for (code, count) in manifest.source.rejected {
      Stderr.print(
        "snapshot: left out \(TextTable.Cell.integer(count).forPeople) × \(code): entries of customer_journeys"
          + " without event_id, touchpoint or timestamp_us")
    }
    try answer.write(SnapshotSummary(manifest, directory: output))
    if !manifest.source.rejected.isEmpty { throw ExitCode.someRejected }
  }
}

/// What a snapshot did.
struct SnapshotSummary: Answer {
  let directory: String
  let events: Int
  let customers: Int
  let duplicates: Int
  let rejected: Int
  let roundedAmounts: Int

  enum CodingKeys: String, CodingKey {
    case directory, events, customers, duplicates, rejected
    case roundedAmounts = "rounded_amounts"
  }

  init(_ manifest: StoreManifest, directory: String) {
    self.directory = directory
    events = manifest.events
    customers = manifest.customers
    duplicates = manifest.source.duplicates
    rejected = manifest.source.rejected.values.reduce(0, +)
    roundedAmounts = manifest.source.rounded
  }

  var table: TextTable {
    var table = TextTable(["", "count"], title: "Journey store \(directory)")
    table.rows = [
      [.text("events"), .integer(events)], [.text("customers"), .integer(customers)],
      [.text("duplicates dropped"), .integer(duplicates)], [.text("foreign entries left out"), .integer(rejected)],
      [.text("amounts rounded"), .integer(roundedAmounts)],
    ]
    return table
  }
}
