import Foundation
import Journeys

extension FunnelQuery {
  /// Reads the JSON form of a query.
  ///
  /// Times are in its `timezone` (UTC) unless they carry an offset.
  ///
  /// - Throws: `AttributionError.invalidQuery` with the place in the JSON.
  public init(json data: Data) throws(AttributionError) { try self.init(QueryValue(json: data)) }

  static let kinds = ["funnel", "funnel_time_to_convert", "funnel_trends"]
  private static let fields = [
    "kind", "steps", "window_seconds", "mode", "exclusions", "exclusion_rule", "same_instant", "hold_constant",
    "count_by", "breakdown", "where", "date_from", "date_to", "timezone", "sample", "percentiles", "confidence",
    "compare", "from_step", "to_step", "bin_count", "interval", "week_start",
  ]

  init(_ json: QueryValue) throws(AttributionError) {
    let query = try json.object(Self.fields)
    let kind = try query.required("kind")
    let name = try kind.text()
    guard Self.kinds.contains(name) else {
      throw kind.error("is '\(name)'; a funnel's is \(Self.kinds.joined(separator: ", "))")
    }
    let stepList = try query.required("steps")
    var steps: [Step] = []
    for element in try stepList.list() { steps.append(try Step(element)) }
    if steps.isEmpty { throw stepList.error("is empty: name at least one step") }
    self.init(steps, window: try query.required("window_seconds").seconds())
    let places: ClosedRange<Int64> = 0...Int64(steps.count - 1)

    mode = try query["mode"]?.choice() ?? .ordered
    for element in try query.list("exclusions") {
      let exclusion = try element.object(["match", "from_step", "to_step"])
      exclusions.append(
        Exclusion(
          try EventMatcher.alternatives(exclusion.required("match")),
          from: Int(try exclusion["from_step"]?.integer(places) ?? 0),
          to: Int(try exclusion["to_step"]?.integer(places) ?? places.upperBound)))
    }
    exclusionRule = try query["exclusion_rule"]?.choice() ?? .dropCustomer
    sameInstant = try query["same_instant"]?.choice() ?? .stepOrder
    for name in try query.list("hold_constant") { constants.append(try name.text()) }
    counting = try query["count_by"]?.choice() ?? .customers
    breakdown = try query["breakdown"].map { (json) throws(AttributionError) in try Breakdown(json, places) }
    conditions = try EventCondition.list(query.list("where"))

    let calendar = try query.calendar()
    timeZone = calendar.identifier
    weekStart = calendar.weekStart
    period = try query.period(calendar)
    if let sample = try query["sample"]?.object(["fraction", "seed"]) {
      self.sample = Sample(
        fraction: try sample.required("fraction").number(),
        seed: UInt64(try sample["seed"]?.integer(0...Int64.max) ?? 0))
    }
    for element in try query.list("percentiles") { percentiles.append(try element.number()) }
    confidence = try query["confidence"]?.number() ?? 0.95
    if let compare = try query["compare"]?.object(["a", "b"]) {
      for name in ["a", "b"] { comparison.append(try Segment(compare.required(name), name, calendar)) }
      if name != "funnel" { throw compare.value.error("goes with kind funnel only") }
    }
    fromStep = Int(try query["from_step"]?.integer(places) ?? 0)
    toStep = try query["to_step"].map { (json) throws(AttributionError) in Int(try json.integer(places)) }
    switch name {
    case "funnel_time_to_convert":
      report = .timeToConvert(
        bins: try query["bin_count"].map { (json) throws(AttributionError) in Int(try json.integer(1...10_000)) })
    case "funnel_trends": report = .trends(try query["interval"]?.choice() ?? .day)
    default: break
    }
    try check()
  }
}

extension FunnelQuery.Step {
  fileprivate init(_ json: QueryValue) throws(AttributionError) {
    let step = try json.object(["name", "match", "optional", "within_seconds", "after_seconds", "first_time"])
    let match = try EventMatcher.alternatives(step.required("match"))
    let name = try step["name"]?.text() ?? match.map { $0.event ?? "any event" }.joined(separator: " or ")
    self.init(name, match: match)
    isOptional = try step["optional"]?.flag() ?? false
    within = try step["within_seconds"]?.seconds()
    gap = try step["after_seconds"]?.seconds() ?? 0
    firstTime = try step["first_time"]?.choice()
  }
}

extension FunnelQuery.Breakdown {
  fileprivate init(_ json: QueryValue, _ places: ClosedRange<Int64>) throws(AttributionError) {
    let fields = try json.object(["props", "attribution", "step", "limit"])
    let list = try fields.required("props")
    var properties: [String] = []
    for name in try list.list() { properties.append(try name.text()) }
    if properties.isEmpty { throw list.error("is empty: name a property") }
    self.init(
      properties, attribution: try fields["attribution"]?.choice() ?? .firstTouch,
      step: Int(try fields["step"]?.integer(places) ?? 0), limit: Int(try fields["limit"]?.integer(1...10_000) ?? 25))
  }
}

extension FunnelQuery.Segment {
  fileprivate init(_ json: QueryValue, _ name: String, _ calendar: ZonedCalendar) throws(AttributionError) {
    let fields = try json.object(["name", "where", "date_from", "date_to"])
    self.init(
      try fields["name"]?.text() ?? name, where: try EventCondition.list(fields.list("where")),
      period: try fields.period(calendar))
  }
}
