import ArgumentParser
import Foundation
import Journeys
import Models

struct FitKMeansCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kmeans",
    abstract: "k-means clusters of the rows of a table.",
    discussion: """
      Columns are standardised (after ln(1 + v) with --log1p). --start quantile begins at rows at quantiles and leaves \
      nothing to chance; kmeans++ takes the best of --starts. With --k 2-8 it prints inertia and silhouette of each.

      Examples:
        analytics-cli fit kmeans --table rfm.csv --columns recency,frequency,monetary --log1p --k 5 --model rfm.json
        analytics-cli fit kmeans --table rfm.csv --columns recency,frequency,monetary --log1p --k 2-8
      """)

  @Option(help: ArgumentHelp("CSV file, .npy matrix, or a directory with a .npy file a column.", valueName: "file"))
  var table: String

  @Option(help: ArgumentHelp("The columns to cluster by; of RFM in this order.", valueName: "a,b,c"))
  var columns: String

  @Flag(name: .customLong("log1p"), help: "Take ln(1 + v) first: for counts and money.")
  var log1p = false

  @Option(help: ArgumentHelp("How many clusters, or a range of them.", valueName: "k"))
  var k: String

  @Option(help: "quantile or kmeans++.")
  var start = KMeansStart.quantile

  @Option(help: "Starts of kmeans++, of which the best is taken.")
  var starts = 10

  @Option(help: "Of the random numbers of kmeans++.")
  var seed: UInt64 = 1

  @OptionGroup var separator: DelimiterOptions

  @Option(help: ArgumentHelp("Write the model here as JSON.", valueName: "file"))
  var model: String?

  @OptionGroup var answer: OutputOptions

  func run() async throws {
    let range = try range()
    let chosen = names(columns)
    var (read, fit): (Double?, Double?)
    let points = try measured(&read) {
      let values = try TableReader.numbers(table, columns: chosen, delimiter: try separator.byte)
      return try ScaledPoints(values, names: chosen, log1p: log1p)
    }
    var settings = KMeans.Settings(clusters: range.lowerBound, start: start, starts: starts, seed: seed)
    if range.count > 1 {
      guard model == nil else { throw ValidationError("--model goes with one number of clusters") }
      return try answer.write(Elbow(counts: try await ClusterCount.elbow(points, clusters: range, settings: settings)))
    }
    settings.clusters = range.lowerBound
    let (clusters, labels) = try await measured(&fit) { try await KMeans(settings: settings).fit(points) }
    let silhouette = try await Silhouette.mean(points, labels: labels, seed: seed)
    if let model { try ModelFile.write(clusters, to: URL(filePath: model)) }
    try answer.write(KMeansReport(clusters, silhouette: silhouette, seconds: .init(read: read ?? 0, fit: fit ?? 0)))
  }

  private func range() throws -> ClosedRange<Int> {
    let ends = k.split(separator: "-").map { Int($0) }
    guard 1...2 ~= ends.count, let first = ends[0], let last = ends[ends.count - 1], first >= 1, first <= last else {
      throw ValidationError("--k \(k): give a number of clusters, such as 5, or a range, such as 2-8")
    }
    return first...last
  }
}

extension KMeansStart: ExpressibleByArgument {}

struct Elbow: Answer {
  let counts: [ClusterCount]

  var table: TextTable {
    var table = TextTable(["clusters", "inertia", "silhouette"])
    table.rows = counts.map { count in
      [
        .integer(count.clusters), .number(count.inertia, decimals: 3),
        count.silhouette.map { .number($0, decimals: 4) } ?? .none,
      ]
    }
    return table
  }
}

extension KMeansReport: Answer {
  var table: TextTable {
    var table = TextTable(["cluster", "rows", "share"] + columns, title: "k-means, inertia \(inertia)")
    table.rows = segments.enumerated().map { place, segment in
      [.text(segment.name ?? String(place + 1)), .integer(segment.size), .share(segment.share)]
        + columns.map { .number(segment.centre[$0] ?? .nan, decimals: 2) }
    }
    if let silhouette { table.notes = [String(format: "silhouette %.4f", silhouette)] }
    return table
  }
}
