import ArgumentParser
import Foundation
import Journeys
import Models

struct FeaturesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features",
    abstract: "The feature table as of a moment, as NumPy files that anyone can train on.",
    discussion: """
      One row for each customer known before --as-of, from the events before it and nothing else. Writes X.npy \
      (customers x features, float32, NaN where nothing is known), customer_id.npy (UTF-8 bytes, one after the other) \
      with customer_id_offsets.npy, and manifest.json with name, unit and meaning of every column. --list says what \
      the columns are and writes nothing.

      Examples:
        analytics-cli features --journeys journeys --as-of 2024-07-01 --output features
        analytics-cli features --journeys journeys --as-of 2024-07-01 --windows 7,28 --output features
        analytics-cli features --journeys journeys --as-of 2024-07-01 --list
        python3 -c 'import numpy; print(numpy.load("features/X.npy", mmap_mode="r").shape)'
      """)

  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("The midnight that opens this date: no event at or after it is seen.", valueName: "date"))
  var asOf: String

  @Option(
    help: ArgumentHelp(
      "Windows in days (default: those of 7, 30 and 90 that the history holds twice).", valueName: "days,…"))
  var windows: String?

  @Option(help: ArgumentHelp("The directory to write.", valueName: "directory"))
  var output: String?

  @Flag(help: "List the columns with unit and meaning.")
  var list = false

  @Option(help: "Threads (default: one a core).")
  var threads: Int = defaultThreads

  @OptionGroup var zone: TimeZoneOptions
  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: ReportOptions

  func validate() throws {
    if output == nil, !list { throw ValidationError("say where the table goes: --output DIRECTORY; or --list") }
    if threads < 1 { throw ValidationError("--threads must be 1 or more") }
    _ = try Self.days(windows)
  }

  func run() async throws {
    let calendar = try zone.calendar(try await settings.load())
    let moment = try usage { () throws(JourneyError) in try calendar.moment(asOf) }
    let store = try store.open()
    let features = try await FeatureList.usual(
      for: store, before: moment, windows: Self.days(windows), threads: threads)
    guard !list, let output else { return try answer.write(FeatureListAnswer(features)) }
    guard store.manifest.firstTimestamp.map({ $0 < moment }) ?? false else {
      throw ModelError(
        .untrainable,
        "features: journey store \(store.directory.path) has no event before \(asOf): choose a later --as-of")
    }
    let start = ContinuousClock.now
    let rows = try await FeatureTable(of: store, before: moment, list: features, calendar: calendar)
      .run(over: store, threads: threads)
    let built = ContinuousClock.now
    let manifest = FeatureFiles.Manifest(rows, of: store, asOf: moment, calendar: calendar)
    try FeatureFiles.write(rows, of: store, manifest: manifest, to: URL(filePath: output))
    try answer.write(
      FeaturesAnswer(
        output: output, customers: rows.count, features: features.names.count, events: store.eventCount,
        seconds: .init(build: (built - start) / .seconds(1), write: (ContinuousClock.now - built) / .seconds(1))))
  }

  /// `--windows 7,30,90`, here and in `train`; nil for none.
  static func days(_ windows: String?) throws -> [Int]? {
    guard let windows else { return nil }
    let days = windows.split(separator: ",").map { Int($0.trimmingCharacters(in: .whitespaces)) }
    guard !days.isEmpty, days.allSatisfy({ $0.map { (1...36_500).contains($0) } ?? false }),
      Set(days).count == days.count
    else { throw ValidationError("--windows \(windows): write different numbers of days, such as 7,30,90") }
    return days.compactMap(\.self)
  }
}

/// What `features` wrote.
struct FeaturesAnswer: Answer {
  struct Seconds: Encodable { let build, write: Double }

  let output: String
  let customers: Int
  let features: Int
  let events: Int
  let seconds: Seconds

  var table: TextTable {
    var table = TextTable(["customers", "features", "events in the store", "seconds"], title: output)
    table.rows = [
      [.integer(customers), .integer(features), .integer(events), .number(seconds.build + seconds.write, decimals: 2)]
    ]
    return table
  }
}

/// The columns of a feature table.
struct FeatureListAnswer: Answer {
  struct Column: Encodable {
    let name, unit, meaning: String
    let missing: String?
  }

  let version: Int
  let features: [Column]

  init(_ list: FeatureList) {
    version = list.version
    features = list.features.map {
      Column(name: $0.name, unit: $0.unit.rawValue, meaning: $0.meaning, missing: $0.missing)
    }
  }

  var table: TextTable {
    var table = TextTable(["name", "unit", "meaning", "missing"])
    table.rows = features.map { [.text($0.name), .text($0.unit), .text($0.meaning), .text($0.missing ?? "")] }
    return table
  }
}
