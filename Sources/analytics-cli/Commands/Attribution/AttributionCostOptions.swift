import ArgumentParser
import Attribution
import Foundation
import Journeys
import Scoring

/// What the rows cost, and where results go beside the answer.
struct AttributionCostOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What the rows cost, for CPA and ROAS: events (the sum of event_data.cost), campaigns (spent_amount in PostgreSQL; "
        + "--by campaign), or a CSV file with the columns of --by and cost.", valueName: "source"))
  var costs: String?

  @Flag(
    help: """
      Write the rows of campaigns (--by campaign) into marketing_analytics, key attribution_models, dated by the last \
      day looked at, or with --every day by each day.
      """)
  var write = false

  func costs(_ query: AttributionQuery, of store: JourneyStore, _ settings: Settings) async throws -> AttributionCosts?
  {
    // What is spent on all customers, or all campaigns of a channel, is no measure for the credit of some.
    let isWhole = query.customers == nil && (query.campaigns == nil || query.dimensions.names.contains("campaign"))
    guard costs == nil || isWhole else {
      throw ValidationError(
        "--costs are those of all customers and campaigns; leave out --customers, and with --campaign ask --by campaign"
      )
    }
    switch costs {
    case nil: return nil
    case "events":
      let analysis = try usage { () throws(AttributionError) in
        try EventCosts(by: query.dimensions, in: query.period, of: store)
      }
      return try await analysis.run(over: store)
    case "campaigns":
      guard query.dimensions == .campaign else {
        throw ValidationError("--costs campaigns: budgets are those of campaigns; ask --by campaign")
      }
      let spent = try await CampaignSpending(url: try settings.required(.postgresURL)).read()
      return AttributionCosts(Dictionary(uniqueKeysWithValues: spent.map { (.init([$0.key]), $0.value) }))
    case let path?: return try fileCosts(path, by: query.dimensions)
    }
  }

  func fileCosts(_ path: String, by dimensions: AttributionQuery.Dimensions) throws -> AttributionCosts {
    do {
      return try AttributionCosts(file: path, by: dimensions)
    } catch let error as AttributionError where error.code == .invalidQuery {
      throw ValidationError(error.message)
    }
  }

  /// - Parameter days: results and the day that they are dated by.
  func write(_ days: [(day: Int64, results: [AttributionResult])], _ settings: Settings) async throws {
    let writer = MarketingAnalyticsWriter(url: try settings.required(.postgresURL))
    let writes = try await writer.write(days.flatMap { AttributionMetrics.rows($0.results, day: $0.day) })
    Stderr.print(
      "attribution: marketing_analytics: \(writes.inserted) rows inserted, \(writes.updated) updated, "
        + "\(writes.unchanged) unchanged")
    guard writes.skippedRows > 0 else { return }
    Stderr.print(
      "attribution: skipped \(writes.skippedRows) rows of \(writes.skippedEntities) campaigns whose id is no UUID, which "
        + "marketing_analytics cannot hold")
    throw ExitCode.someRejected
  }
}
