import ArgumentParser
import Foundation
import Journeys
import Models
import Scoring

struct ScoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Champion models → customers' profiles; campaign days → marketing_analytics.",
    discussion: """
      Writes profile_data.predicted_metrics of every customer into personalization_profiles: churn_probability and \
      lifetime_value of those who bought before --as-of, next_purchase_probability of all known by then, each from the \
      champion of its task, as far as there is one. And one row per campaign and day before it into \
      marketing_analytics: performance, and the credit for the day's conversions by first, last and linear \
      attribution. Other fields and keys stay. May be repeated. Campaigns whose id is no UUID have no row: \
      they are counted (exit status 3).
      Settings: ANALYTICS_MONGODB_URI, ANALYTICS_POSTGRES_URL.

      Examples:
        analytics-cli score --journeys journeys --as-of 2024-07-01
        analytics-cli score --journeys journeys --as-of 2024-07-01 --models /var/lib/analytics/models --format json
      """)

  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("The midnight that opens this date: no event at or after it is seen.", valueName: "date"))
  var asOf: String

  @OptionGroup var registry: RegistryOptions
  @OptionGroup var zone: TimeZoneOptions
  @OptionGroup var mongo: MongoOptions
  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: OutputOptions

  func run() async throws {
    let settings = try await settings.load()
    let calendar = try zone.calendar(settings)
    let moment = try usage { () throws(JourneyError) in try calendar.moment(asOf) }
    let analytics = MarketingAnalyticsWriter(url: try settings.required(.postgresURL))
    let profiles = MongoScoreStore(try mongo.open(settings), threads: ScoringRun.batchesAtOnce)
    let run = ScoringRun(
      store: try store.open(), registry: registry.registry(settings), scores: profiles, analytics: analytics)
    let progress = Progress("score", unit: "customers")
    let summary = try await run.run(asOf: moment, calendar: calendar) { step, done, total in
      try progress.update(share: step == .profiles ? Double(done) / Double(max(total, 1)) : nil, count: done)
    }
    progress.finish()
    for warning in summary.warnings { Stderr.print("score: \(warning)") }
    try answer.write(ScoreAnswer(asOf: moment, summary))
    if summary.profiles.refused > 0 {
      Stderr.print(
        "score: \(summary.profiles.refused) profiles were refused; the first: \(summary.profiles.refusal ?? "")")
    }
    if summary.analytics.skippedRows > 0 {
      Stderr.print(
        "score: skipped \(summary.analytics.skippedRows) rows of \(summary.analytics.skippedEntities) campaigns whose id is "
          + "no UUID, which marketing_analytics cannot hold")
    }
    if summary.profiles.refused + summary.analytics.skippedRows > 0 { throw ExitCode.someRejected }
  }
}

/// The answer of `score`.
struct ScoreAnswer: Answer {
  struct Profiles: Encodable { let inserted, updated, refused, unscored, withdrawn: Int }

  struct Analytics: Encodable {
    let inserted, updated, unchanged, skippedRows, skippedEntities: Int

    enum CodingKeys: String, CodingKey {
      case inserted, updated, unchanged
      case skippedRows = "skipped_rows"
      case skippedEntities = "skipped_entities"
    }
  }

  let asOf: String
  let modelVersions: [String: String]
  let profiles: Profiles
  let analytics: Analytics

  enum CodingKeys: String, CodingKey {
    case asOf = "as_of"
    case modelVersions = "model_versions"
    case profiles = "personalization_profiles"
    case analytics = "marketing_analytics"
  }

  init(asOf: Int64, _ summary: ScoringSummary) {
    self.asOf = Date(timeIntervalSince1970: Double(asOf) / 1e6).ISO8601Format()
    modelVersions = summary.modelVersions
    profiles = Profiles(
      inserted: summary.profiles.inserted, updated: summary.profiles.updated, refused: summary.profiles.refused,
      unscored: summary.unscored, withdrawn: summary.withdrawn)
    analytics = Analytics(
      inserted: summary.analytics.inserted, updated: summary.analytics.updated, unchanged: summary.analytics.unchanged,
      skippedRows: summary.analytics.skippedRows, skippedEntities: summary.analytics.skippedEntities)
  }

  var table: TextTable {
    let models = modelVersions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    var table = TextTable(["written", "inserted", "updated", "unchanged"], title: "Scored as of \(asOf) by \(models)")
    table.rows = [
      [.text("customers' profiles"), .integer(profiles.inserted), .integer(profiles.updated), .none],
      [
        .text("campaign days"), .integer(analytics.inserted), .integer(analytics.updated),
        .integer(analytics.unchanged),
      ],
    ]
    table.notes = ["customers without a purchase, whom the model is not for: \(profiles.unscored)"]
    return table
  }
}
