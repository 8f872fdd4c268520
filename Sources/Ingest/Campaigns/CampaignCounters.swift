import Journeys
import Stores

/// What one campaign's events add up to. Sums only, so that parts counted apart add up to the whole.
struct CampaignCounters: Equatable {
  /// More places, devices or variants than this, or longer names, are counted together as `other`.
  private static let distinctNames = 1000
  private static let nameBytes = 128

  var totals = MetricCounts()
  /// By days since 1970 of the local date.
  var days: [Int64: MetricCounts] = [:]
  /// By codes in `Names`.
  var locations: [Int32: MetricCounts] = [:]
  var devices: [Int32: MetricCounts] = [:]
  var variants: [Int32: MetricCounts] = [:]
  var channels: [Int32: MetricCounts] = [:]

  mutating func count(_ event: DecodedEvent, _ metric: CampaignMetric, day: Int64, _ names: Names) {
    totals.count(metric, revenue: event.revenue)
    days[day, default: MetricCounts()].count(metric, revenue: event.revenue)
    Self.count(event, metric, event.location, names, &locations)
    Self.count(event, metric, event.device, names, &devices)
    Self.count(event, metric, event.variant, names, &variants)
    Self.count(event, metric, event.channel, names, &channels)
  }

  static func += (left: inout CampaignCounters, right: CampaignCounters) {
    left.totals += right.totals
    left.days.merge(right.days, uniquingKeysWith: sum)
    left.locations.merge(right.locations, uniquingKeysWith: sum)
    left.devices.merge(right.devices, uniquingKeysWith: sum)
    left.variants.merge(right.variants, uniquingKeysWith: sum)
    left.channels.merge(right.channels, uniquingKeysWith: sum)
  }

  private static func sum(_ left: MetricCounts, _ right: MetricCounts) -> MetricCounts {
    var sum = left
    sum += right
    return sum
  }

  private static func count(
    _ event: DecodedEvent, _ metric: CampaignMetric, _ name: Int32, _ names: Names,
    _ counts: inout [Int32: MetricCounts]
  ) {
    guard name != Names.none else { return }
    var name = name
    if counts[name] == nil, counts.count >= distinctNames || names.length(name) > nameBytes {
      name = names.code(of: "other")
    }
    counts[name, default: MetricCounts()].count(metric, revenue: event.revenue)
  }

  // MARK: In a shard

  /// Lists and not documents by name: a name may hold what a key must not.
  func append(to document: inout BSONWriter, _ names: Names) {
    document.document("totals") { totals.append(to: &$0) }
    document.array("days") { list in
      for (day, counts) in days.sorted(by: { $0.key < $1.key }) {
        list.document {
          $0.append("date", CivilDate(days: day).description)
          counts.append(to: &$0)
        }
      }
    }
    func append(_ key: String, _ counts: [Int32: MetricCounts]) {
      document.array(key) { list in
        for (name, counts) in counts {
          list.document { item in
            names.withText(name) { item.append("name", utf8: $0) }
            counts.append(to: &item)
          }
        }
      }
    }
    append("locations", locations)
    append("devices", devices)
    append("variants", variants)
    append("channels", channels)
  }

  /// Takes the field up if it is one of the counters'.
  mutating func read(_ field: borrowing BSONElement, _ names: Names) throws(StoreError) {
    if field.hasKey("totals"), var fields = try field.nested() {
      while let field = try fields.next() { totals.read(field) }
    } else if field.hasKey("days") {
      try Self.readList(field) { name, counts in
        if let date = CivilDate(name) { days[date.days] = counts }
      }
    } else if field.hasKey("locations") {
      try Self.readList(field) { locations[names.code(of: $0)] = $1 }
    } else if field.hasKey("devices") {
      try Self.readList(field) { devices[names.code(of: $0)] = $1 }
    } else if field.hasKey("variants") {
      try Self.readList(field) { variants[names.code(of: $0)] = $1 }
    } else if field.hasKey("channels") {
      try Self.readList(field) { channels[names.code(of: $0)] = $1 }
    }
  }

  private static func readList(
    _ field: borrowing BSONElement, _ take: (_ name: String, _ counts: MetricCounts) -> Void
  ) throws(StoreError) {
    guard var list = try field.nested() else { return }
    while let item = try list.next() {
      guard var fields = try item.nested() else { continue }
      var name = ""
      var counts = MetricCounts()
      while let field = try fields.next() {
        if let text = field.string { name = text } else { counts.read(field) }
      }
      take(name, counts)
    }
  }
}
