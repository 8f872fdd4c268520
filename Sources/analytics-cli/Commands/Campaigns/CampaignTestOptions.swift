import ArgumentParser
import Attribution
import Journeys

struct CampaignTestOptions: ParsableArguments {
  @Option(help: "The variant that the others are held against (default: 'control', or else the first by name).")
  var control: String?

  @Option(
    help: ArgumentHelp(
      "What shares of the recipients were meant, such as a=1,b=1 (default: equal ones).", valueName: "a=x,b=y"))
  var split: String?

  @Option(
    help: ArgumentHelp(
      "rate, conversions and revenue per recipient, order-value (default: rate,revenue).", valueName: "metrics"))
  var metrics: String?

  @Option(help: ArgumentHelp("Event types that are conversions (default: purchase).", valueName: "events"))
  var conversion: String?

  @Flag(help: "Only conversions that name the campaign count, such as opens and clicks of it.")
  var ownEvents = false

  @Option(help: ArgumentHelp("How long after the assignment conversions count (default: 7d).", valueName: "duration"))
  var window: String?

  @Option(help: ArgumentHelp("How long before it the customer's past reaches (default: 28d).", valueName: "duration"))
  var past: String?

  @Flag(help: "Leave the customer's past out of it: the plain means, without CUPED.")
  var withoutPast = false

  @Option(help: "Only customers who were assigned at or after this date or RFC 3339 time.")
  var from: String?

  @Option(help: "Only customers who were assigned at or before this; a date includes its whole day.")
  var to: String?

  @Option(help: "Customers who were shown several variants: drop them, or count them for their first.")
  var mixed: CampaignTestQuery.MixedRule?

  @Option(help: "Recipients whose window is not over when the data end: include them as they are, or exclude them.")
  var inProgress: CampaignTestQuery.InProgressRule?

  @Option(help: ArgumentHelp("The key of event_data that names the variant (default: variant).", valueName: "column"))
  var variantColumn: String?

  var firstGiven: String? {
    let given: [(String, Bool)] = [
      ("--control", control != nil), ("--split", split != nil), ("--metrics", metrics != nil),
      ("--conversion", conversion != nil), ("--own-events", ownEvents), ("--window", window != nil),
      ("--past", past != nil), ("--without-past", withoutPast), ("--from", from != nil), ("--to", to != nil),
      ("--mixed", mixed != nil),
      ("--in-progress", inProgress != nil), ("--variant-column", variantColumn != nil),
    ]
    return given.first { $0.1 }?.0
  }

  func set(_ query: inout CampaignTestQuery, _ calendar: ZonedCalendar) throws {
    guard past == nil || !withoutPast else { throw ValidationError("give either --past or --without-past") }
    query.control = control
    query.split = try split.map(shares)
    if let metrics {
      query.metrics = try names(metrics).map { name in
        guard let metric = CampaignTestQuery.Metric(rawValue: name) else {
          let known = CampaignTestQuery.Metric.allCases.map(\.rawValue).joined(separator: ", ")
          throw ValidationError("--metrics: there is no metric '\(name)'; the metrics are \(known)")
        }
        return metric
      }
    }
    if let conversion { query.conversions = names(conversion) }
    query.countsOwnConversions = ownEvents
    try usage { () throws(JourneyError) in
      if let window { query.window = try DurationText.microseconds(window) }
      if let past { query.past = try DurationText.microseconds(past) }
      if withoutPast { query.past = 0 }
      query.period = try calendar.period(from: from, to: to)
    }
    if let mixed { query.mixed = mixed }
    if let inProgress { query.inProgress = inProgress }
    if let variantColumn { query.variantColumn = variantColumn }
  }

  private func shares(_ text: String) throws -> [String: Double] {
    var shares: [String: Double] = [:]
    for part in names(text) {
      guard let sign = part.lastIndex(of: "="), let share = Double(part[part.index(after: sign)...]) else {
        throw ValidationError("--split: '\(part)' is to be a variant and its share, such as b=1")
      }
      guard shares.updateValue(share, forKey: String(part[..<sign])) == nil else {
        throw ValidationError("--split: '\(part[..<sign])' is given twice")
      }
    }
    return shares
  }
}

struct CampaignTestCertaintyOptions: ParsableArguments {
  @Option(help: "How often an interval holds the difference, between 0 and 1 (default: 0.95).")
  var level: Double?

  @Option(help: "absolute differences, or relative ones of the control's mean (default: absolute).")
  var difference: ABTestQuery.Difference?

  @Option(help: "Of p-values over all variants and metrics: holm, benjamini-hochberg or none (default: holm).")
  var correction: CampaignTestQuery.Correction?

  @Option(
    help: ArgumentHelp(
      "Recipients of both variants at which the sequential interval is narrowest (default: 5000).",
      valueName: "recipients"))
  var tuning: Double?

  var firstGiven: String? {
    let given: [(String, Bool)] = [
      ("--level", level != nil), ("--difference", difference != nil), ("--correction", correction != nil),
      ("--tuning", tuning != nil),
    ]
    return given.first { $0.1 }?.0
  }

  func set(_ query: inout CampaignTestQuery) {
    if let level { query.alpha = 1 - level }
    if let difference { query.difference = difference }
    if let correction { query.correction = correction }
    if let tuning { query.tuning = tuning }
  }
}

extension CampaignTestQuery.MixedRule: ExpressibleByArgument {}
extension CampaignTestQuery.InProgressRule: ExpressibleByArgument {}
extension CampaignTestQuery.Correction: ExpressibleByArgument {}
extension ABTestQuery.Difference: ExpressibleByArgument {}
