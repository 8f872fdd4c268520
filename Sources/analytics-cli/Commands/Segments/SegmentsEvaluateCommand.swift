import ArgumentParser
import Foundation
import Journeys
import Models
import Scoring

struct SegmentsEvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Members of segments by their criteria: count, share, growth, insights.",
    discussion: """
      Criteria are those of customer_segments: {"conditions": [{"field": …, "operator": …, "value": …}, …], \
      "logic": "AND"}, where a condition can be such a group again, and logic is AND, OR or NOT (none of them). \
      "days": 30 in a condition counts only events of that many days before --as-of. 'segments fields' lists the \
      fields. The file holds criteria alone, a segment {"segment_name": …, "criteria": …}, or a list of segments; \
      --from-postgres takes all active rows of customer_segments instead, and those it cannot read are counted (exit \
      status 3). Customers are all with an event before --as-of. Growth is against --growth-over before it.
      Settings: ANALYTICS_POSTGRES_URL (with --from-postgres).

      Examples:
        analytics-cli segments evaluate --journeys journeys --as-of 2024-07-01 --criteria high-value.json
        analytics-cli segments evaluate --journeys journeys --as-of 2024-07-01 --from-postgres --members members.csv
      """)

  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("The midnight that opens this date: no event at or after it is seen.", valueName: "date"))
  var asOf: String

  @Option(help: ArgumentHelp("Criteria, a segment or a list of segments in JSON.", valueName: "file"))
  var criteria: String?

  @Flag(name: .customLong("from-postgres"), help: "All active rows of customer_segments.")
  var fromPostgres = false

  @Option(help: ArgumentHelp("Growth is measured against so long before --as-of.", valueName: "duration"))
  var growthOver = "30d"

  @Option(help: ArgumentHelp("Also write the members, as JSON if it ends in .json, else as CSV.", valueName: "file"))
  var members: String?

  @OptionGroup var zone: TimeZoneOptions
  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: OutputOptions

  func run() async throws {
    guard (criteria != nil) != fromPostgres else {
      throw ValidationError("give either --criteria FILE or --from-postgres")
    }
    let settings = try await settings.load()
    let calendar = try zone.calendar(settings)
    let moment = try usage { () throws(JourneyError) in try calendar.moment(asOf) }
    let growth = try usage { () throws(JourneyError) in try DurationText.microseconds(growthOver) }
    let (segments, rejected) = try await read(settings, calendar)
    let store = try store.open()
    let evaluation = try usage { () throws(ModelError) in
      try SegmentEvaluation(
        segments, of: store, before: moment, comparedWith: moment - growth, calendar: calendar,
        listingMembers: members != nil)
    }
    let report = try await evaluation.run(over: store)
    if let members { try write(report, of: store, calendar, to: members) }
    try answer.write(report)
    guard rejected == 0 else { throw ExitCode.someRejected }
  }

  /// The segments, and how many were said to be unreadable.
  private func read(_ settings: Settings, _ calendar: ZonedCalendar) async throws -> ([SegmentDefinition], Int) {
    if let criteria {
      guard let json = FileManager.default.contents(atPath: criteria) else {
        throw ValidationError("--criteria \(criteria): the file cannot be read")
      }
      let name = URL(filePath: criteria).deletingPathExtension().lastPathComponent
      return (
        try usage { () throws(ModelError) in
          try SegmentDefinition.segments(json: json, source: name, calendar: calendar)
        }, 0
      )
    }
    var segments: [SegmentDefinition] = []
    var rejected = 0
    for row in try await CustomerSegmentRows(url: try settings.required(.postgresURL)).read() {
      do throws(ModelError) {
        segments.append(
          SegmentDefinition(
            id: row.id, name: row.name, type: row.type,
            criteria: try SegmentCriteria(
              json: row.criteria, source: "customer_segments \(row.id), criteria", calendar: calendar)))
      } catch {
        Stderr.print("segments: \(error.message)")
        rejected += 1
      }
    }
    if rejected > 0 { Stderr.print("segments: \(rejected) of \(segments.count + rejected) rows were left out") }
    return (segments, rejected)
  }

  private func write(
    _ report: SegmentReport, of store: JourneyStore, _ calendar: ZonedCalendar, to path: String
  ) throws {
    let file = try MembersFile(
      path,
      columns: [
        "segment_name", "customer_id", "customer_lifetime_value", "total_orders", "avg_order_value",
        "last_purchase_date",
      ])
    for segment in report.segments {
      for member in segment.members {
        try file.write([
          .text(segment.name), .text(store.customerID(member.customer)),
          .number(Money.major(member.spent), decimals: 2), .integer(member.orders),
          member.averageOrderValue.map { .number($0, decimals: 2) } ?? .none,
          member.lastPurchase.map { .text(Date(timeIntervalSince1970: Double($0) / 1e6).ISO8601Format()) } ?? .none,
        ])
      }
    }
    try file.finish()
  }
}

extension SegmentReport: Answer {
  var table: TextTable {
    var table = TextTable([
      "segment", "customers", "share", "growth", "joined", "left", "revenue", "average order", "orders", "frequency",
      "categories", "channels",
    ])
    table.rows = segments.map { segment in
      [
        .text(segment.name), .integer(segment.customerCount), .share(segment.share),
        segment.growthRate.map { .share($0) } ?? .none, .integer(segment.joined), .integer(segment.left),
        .number(segment.totalRevenue, decimals: 2),
        segment.averageOrderValue.map { .number($0, decimals: 2) } ?? .none,
        segment.insights.map { .number($0.averageOrders, decimals: 2) } ?? .none,
        .text(segment.insights?.orderFrequency?.rawValue ?? "–"),
        .text(segment.insights?.topCategories.prefix(3).joined(separator: " ") ?? ""),
        .text(segment.insights?.preferredChannels.prefix(3).joined(separator: " ") ?? ""),
      ]
    }
    table.notes = ["of \(TextTable.Cell.integer(customers).forPeople) customers"]
    return table
  }
}
