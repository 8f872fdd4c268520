import ArgumentParser
import Foundation
import Journeys
import Models

struct SegmentsRFMCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rfm",
    abstract: "Clusters of buyers by recency, frequency and monetary value, with names.",
    discussion: """
      k-means (k-means++, ten starts) on days since the last purchase, days with a purchase and all that was spent, \
      after ln(1 + v), standardised. --k auto tries 2 to 8 clusters, prints inertia and silhouette of each and takes \
      the number with the highest silhouette.

      Examples:
        analytics-cli segments rfm --journeys journeys --as-of 2024-07-01
        analytics-cli segments rfm --journeys journeys --as-of 2024-07-01 --k 5 --members rfm.csv
      """)

  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("The midnight that opens this date: no event at or after it is seen.", valueName: "date"))
  var asOf: String

  @Option(help: ArgumentHelp("How many clusters: a number, a range to choose from, or auto (2-8).", valueName: "k"))
  var k = "auto"

  @Option(help: "Of the random numbers of k-means++.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Also write the buyers, as JSON if it ends in .json, else as CSV.", valueName: "file"))
  var members: String?

  @OptionGroup var zone: TimeZoneOptions
  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: OutputOptions

  func run() async throws {
    let clusters = try clusters()
    let calendar = try zone.calendar(await settings.load())
    let moment = try usage { () throws(JourneyError) in try calendar.moment(asOf) }
    let store = try store.open()
    let rfm = try await RFMClusters(of: store, before: moment, calendar: calendar, clusters: clusters, seed: seed)
    if let members {
      let file = try MembersFile(members, columns: ["segment_name", "customer_id"])
      for (customer, label) in zip(rfm.customers, rfm.labels) {
        try file.write([.text(rfm.report.segments[Int(label)].name), .text(store.customerID(Int(customer)))])
      }
      try file.finish()
    }
    try answer.write(rfm.report)
  }

  private func clusters() throws -> RFMClusters.Clusters {
    if k == "auto" { return .best(2...8) }
    let ends = k.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    switch ends.count {
    case 1: if let count = ends[0], count >= 1 { return .exactly(count) }
    case 2: if let first = ends[0], let last = ends[1], first >= 2, first <= last { return .best(first...last) }
    default: break
    }
    throw ValidationError("--k \(k): give a number of clusters, such as 5, a range, such as 3-6, or auto")
  }
}

extension RFMReport: Answer {
  var table: TextTable {
    var table = TextTable(
      ["segment", "buyers", "share", "recency d", "purchase days", "spent", "revenue", "revenue share"],
      title: "\(clusters) clusters of \(buyers) buyers")
    table.rows = segments.map { segment in
      [
        .text(segment.name), .integer(segment.size), .share(segment.share), .number(segment.recency, decimals: 1),
        .number(segment.frequency, decimals: 2), .number(segment.monetary, decimals: 2),
        .number(segment.revenue, decimals: 2), segment.revenueShare.map { .share($0) } ?? .none,
      ]
    }
    table.notes = elbow.map { count in
      String(format: "%d clusters: inertia %.3f, silhouette %.4f", count.clusters, count.inertia, count.silhouette ?? 0)
    }
    return table
  }
}
