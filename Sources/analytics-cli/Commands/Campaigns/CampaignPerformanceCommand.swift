import ArgumentParser
import Attribution
import Foundation
import Journeys
import Scoring

struct CampaignPerformanceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "performance",
    abstract: "Figures of every campaign, e-mailing, text, segment, affiliate or loyalty program.",
    discussion: """
      Reach, deliveries, opens, clicks, sales, costs and returns, of the whole time or (--daily) by day. Every rate \
      with its numerator and denominator is in docs/rates.md; a rate of nothing, and what needs data that are not there, \
      is empty (null). A purchase counts for the campaign that it names.

      --write puts the days' figures into marketing_analytics, key performance; other keys stay. It may be repeated: \
      days whose events came late get their settled figures, all others stay untouched. Entities whose id is no UUID \
      have no row there: they are counted (exit status 3). Affiliates are written under their ids in \
      affiliate_partners.
      Settings: ANALYTICS_POSTGRES_URL.

      Examples:
        analytics-cli campaigns performance --journeys journeys --format table
        analytics-cli campaigns performance --journeys journeys --entity email_campaign --daily --from 2024-05-01
        analytics-cli campaigns performance --journeys journeys --by carrier --entity sms_campaign --format table
        analytics-cli campaigns performance --journeys journeys --costs costs.csv --figures revenue,cost,roi
        analytics-cli campaigns performance --journeys journeys --entity all --segments members.csv --write
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup(title: "Whose figures") var selection: CampaignSelectionOptions
  @OptionGroup(title: "Costs") var costs: CampaignCostOptions

  @Option(
    help: ArgumentHelp(
      "What affiliates are paid: a CSV file with the columns affiliate_code and rate (0.05), or postgres "
        + "(commission_structure of affiliate_programs; the default with --write).", valueName: "source"))
  var commissions: String?

  @Option(
    help: "In tables and CSV, a row for every channel, device, location, carrier or link; JSON has all of them anyway.")
  var by: EntityDimension?

  @Option(
    help: ArgumentHelp(
      "Which columns, with commas, by their names in JSON (default: the important ones in tables, all in CSV).",
      valueName: "figures"))
  var figures: String?

  @Flag(help: "Write the days' figures into marketing_analytics and answer with what was written.")
  var write = false

  @OptionGroup var zone: TimeZoneOptions
  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: OutputOptions

  func validate() throws {
    guard selection.entities.count == 1 || costs.costs == nil || costs.costs == "events" else {
      throw ValidationError("--costs other than events are those of one kind; name it with --entity")
    }
    guard selection.entities.count == 1 || selection.id == nil else {
      throw ValidationError("--id names entities of one kind; name it with --entity")
    }
    _ = try shownFigures()
  }

  func run() async throws {
    let settings = try await settings.load()
    let calendar = try zone.calendar(settings)
    let writer = write ? MarketingAnalyticsWriter(url: try settings.required(.postgresURL)) : nil
    try await writer?.check()
    let store = try store.open()
    let members = try selection.members(calendar, of: store)
    let terms = try await terms(settings)
    var results: [CampaignPerformanceAnswer.Kind] = []
    var written: [CampaignWriteAnswer.Kind] = []
    for entity in selection.entities {
      let query = try selection.query(entity, calendar, daily: write || selection.daily)
      let analysis = try usage { () throws(AttributionError) in
        try EntityPerformance(query, segments: members, of: store)
      }
      var rows = try await analysis.run(over: store)
      try await costs.add(to: &rows, of: query, store, settings)
      if entity == .affiliate { terms?.add(to: &rows) }
      if rows.isEmpty {
        Stderr.print("campaigns: no event of \(store.directory.path) in that time names a \(entity.rawValue)")
      }
      if let writer {
        let rows = EntityMetrics.rows(rows, ids: entity == .affiliate ? terms?.ids ?? [:] : [:])
        written.append(.init(entity: entity, try await writer.write(rows)))
      } else {
        results.append(.init(entity: entity, rows: rows))
      }
    }
    if write {
      try answer.write(CampaignWriteAnswer(written: written))
    } else {
      try answer.write(
        CampaignPerformanceAnswer(
          from: selection.from, to: selection.to, timezone: calendar.identifier, results: results,
          figures: try shownFigures(), dimension: by))
    }
    try reject(members, written)
  }

  private func shownFigures() throws -> [Figure] {
    guard let figures else {
      return answer.effectiveFormat == .csv ? Figure.allCases : CampaignPerformanceAnswer.important
    }
    return try names(figures).map { name in
      guard let figure = Figure(rawValue: name) else {
        let known = Figure.allCases.map(\.rawValue)
        let hint = nearestName(to: name, among: known).map { " Did you mean '\($0)'?" } ?? ""
        throw ValidationError("--figures: there is no '\(name)'.\(hint) There are \(known.joined(separator: ", "))")
      }
      return figure
    }
  }

  private func terms(_ settings: Settings) async throws -> AffiliateTerms? {
    guard selection.entities.contains(.affiliate) else {
      if commissions != nil { throw ValidationError("--commissions goes with --entity affiliate or all") }
      return nil
    }
    guard commissions == "postgres" || write else {
      return try commissions.map { path in try usage { try AffiliateTerms(file: path) } }
    }
    let partners = try await AffiliatePartners(url: try settings.required(.postgresURL)).read()
    if partners == nil {
      Stderr.print("campaigns: the database has no affiliate_partners, by which codes of affiliates have their ids")
    }
    guard let path = commissions, path != "postgres" else { return partners }
    return AffiliateTerms(try usage { try AffiliateTerms(file: path) }.terms, ids: partners?.ids ?? [:])
  }

  private func reject(_ members: SegmentMembers?, _ written: [CampaignWriteAnswer.Kind]) throws {
    let lines = members?.rejections.count ?? 0
    if lines > 0 {
      Stderr.print(
        "campaigns: rejected \(lines) lines of \(selection.segments ?? ""); the first at "
          + "\(members?.rejections.first ?? "")"
      )
    }
    for kind in written where kind.skippedRows > 0 {
      Stderr.print(
        "campaigns: skipped \(kind.skippedRows) rows of \(kind.skippedEntities) \(kind.entity.rawValue)s whose id is "
          + "no UUID, which marketing_analytics cannot hold")
    }
    if lines > 0 || written.contains(where: { $0.skippedRows > 0 }) { throw ExitCode.someRejected }
  }
}

extension EntityDimension: ExpressibleByArgument {}
