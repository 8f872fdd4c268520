import ArgumentParser
import Attribution
import Journeys
import Scoring

/// Where the costs of entities come from.
struct CampaignCostOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What it cost: events (the sum of event_data.cost; the default where there are any), campaigns (spent_amount, or "
        + "total_cost of texts, in PostgreSQL: sums over the whole life of a campaign), or a CSV file with the columns "
        + "campaign (or as the entity is called), cost and, if wanted, date.", valueName: "source"))
  var costs: String?

  /// Puts the costs into the rows of a query.
  func add(
    to rows: inout [EntityFigures], of query: EntityQuery, _ store: JourneyStore, _ settings: Settings
  ) async throws {
    let known: EntityCosts
    switch costs {
    case nil, "events":
      guard costs == nil || store.propertyNames.contains("cost") else {
        throw ValidationError(
          "--costs events: no event of \(store.directory.path) has event_data.cost; give a file of costs, or campaigns")
      }
      for place in rows.indices { rows[place].takeCostOfEvents() }
      return
    case "campaigns":
      guard CampaignSpending.isKnown(of: query.entity) else {
        throw ValidationError(
          "--costs campaigns: PostgreSQL knows what campaigns and sms_campaigns cost, not \(query.entity.rawValue)s")
      }
      let url = try settings.required(.postgresURL)
      known = EntityCosts(try await CampaignSpending(url: url).read(query.entity))
      if query.period != nil {
        Stderr.print(
          "campaigns: the costs are those of the campaigns' whole lives, the other figures those of the time asked for")
      }
    case let path?:
      known = try usage { try EntityCosts(file: path, of: query.entity) }
    }
    let unmatched = try usage { () throws(AttributionError) in try known.add(to: &rows, of: query) }
    if unmatched.entities > 0 && query.ids == nil && query.campaigns == nil {
      Stderr.print(
        "campaigns: \(unmatched.entities) \(query.entity.rawValue)s cost "
          + "\(TextTable.Cell.number(Money.major(unmatched.cost), decimals: 2).forPeople) at times without events of "
          + "theirs; they are in no row")
    }
  }
}

/// The same for files, which can be wrong or not there.
func usage<Value>(_ read: () throws -> Value) throws -> Value {
  do {
    return try read()
  } catch let error as AttributionError where [.unknownName, .invalidQuery].contains(error.code) {
    throw ValidationError(error.message)
  }
}
