import ArgumentParser
import Attribution
import Journeys

/// Whose figures, and of which time.
struct CampaignSelectionOptions: ParsableArguments {
  /// A kind of entity, or every kind.
  enum Entities: ExpressibleByArgument {
    case one(MarketingEntity)
    case all

    init?(argument: String) {
      if argument == "all" {
        self = .all
      } else if let entity = MarketingEntity(rawValue: argument) {
        self = .one(entity)
      } else {
        return nil
      }
    }

    static var allValueStrings: [String] { MarketingEntity.allCases.map(\.rawValue) + ["all"] }
    var defaultValueDescription: String { "campaign" }
  }

  @Option(help: ArgumentHelp("Of what: \(Entities.allValueStrings.joined(separator: ", ")).", valueName: "kind"))
  var entity: Entities = .one(.campaign)

  @Option(help: "Only events at or after this date or RFC 3339 time.")
  var from: String?

  @Option(help: "Only events at or before this; a date includes its whole day.")
  var to: String?

  @Flag(help: "A row for every day.")
  var daily = false

  @Option(help: ArgumentHelp("Only these entities, with commas.", valueName: "ids"))
  var id: String?

  @Option(help: ArgumentHelp("Only events that name one of these campaigns, with commas.", valueName: "campaigns"))
  var campaign: String?

  @Option(
    help: ArgumentHelp(
      "How long before a purchase the e-mail, text or affiliate click may lie that it is counted for, when it names "
        + "only the campaign (default: 30d).", valueName: "duration"))
  var lookback: String?

  @Option(
    help: ArgumentHelp(
      "Who belongs to which segment: a CSV file with the columns segment_id, customer_id and, if wanted, joined and "
        + "left.", valueName: "file"))
  var segments: String?

  var entities: [MarketingEntity] {
    switch entity {
    case .one(let entity): [entity]
    case .all: MarketingEntity.allCases.filter { $0 != .segment || segments != nil }
    }
  }

  func query(_ entity: MarketingEntity, _ calendar: ZonedCalendar, daily: Bool) throws -> EntityQuery {
    var query = EntityQuery(entity, calendar: calendar, daily: daily)
    query.period = try usage { () throws(JourneyError) in try calendar.period(from: from, to: to) }
    query.ids = id.map(names)
    query.campaigns = campaign.map(names)
    if let lookback {
      query.lookback = try usage { () throws(JourneyError) in try DurationText.microseconds(lookback) }
    }
    return query
  }

  /// - Throws: a usage error for a file that is none of members.
  func members(_ calendar: ZonedCalendar, of store: JourneyStore) throws -> SegmentMembers? {
    guard let segments else { return nil }
    guard entities.contains(.segment) else { throw ValidationError("--segments goes with --entity segment or all") }
    return try usage { try SegmentMembers(file: segments, calendar: calendar, of: store) }
  }
}
