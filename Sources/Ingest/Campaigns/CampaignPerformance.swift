import Journeys
import Stores

/// `campaign_performance`: of each campaign the sum of its shards, in the shape that the campaign service reads.
///
/// The sum of the shards' versions grows with each of their writes. A sum is stored only over a smaller one, so that of
/// two writers that add up at the same time the one that has seen more shards wins.
struct CampaignPerformance {
  private static let campaignsInQuery = 50

  private let shards: MongoCollection
  private let collection: MongoCollection
  private let names: Names
  private let calendar: ZonedCalendar

  init(_ database: MongoDB, names: Names, calendar: ZonedCalendar) {
    shards = database.collection("campaign_performance_shards")
    collection = database.collection("campaign_performance")
    self.names = names
    self.calendar = calendar
  }

  private struct Sum {
    var version: Int64 = 0
    var counters = CampaignCounters()
  }

  /// Adds up these campaigns' shards and stores the sums. After an error it can be called again.
  func refresh(_ campaigns: Set<Int32>) throws(StoreError) {
    let campaigns = campaigns.sorted()
    var start = 0
    while start < campaigns.count {
      let end = min(start + Self.campaignsInQuery, campaigns.count)
      try store(try add(campaigns[start..<end]))
      start = end
    }
  }

  private func add(_ campaigns: ArraySlice<Int32>) throws(StoreError) -> [Int32: Sum] {
    let filter = BSONDocument { filter in
      filter.document("campaign_id") { condition in
        condition.array("$in") { list in
          for campaign in campaigns { names.withText(campaign) { list.append(utf8: $0) } }
        }
      }
    }
    var sums: [Int32: Sum] = [:]
    var cursor = shards.find(filter)
    while var document = try cursor.next() {
      var campaign = Names.none
      var shard = Sum()
      while let field = try document.next() {
        if field.hasKey("campaign_id") {
          campaign = field.utf8?.withUnsafeBytes { names.code(of: $0) } ?? Names.none
        } else if field.hasKey("version") {
          shard.version = field.int64 ?? 0
        } else {
          try shard.counters.read(field, names)
        }
      }
      sums[campaign, default: Sum()].version += shard.version
      sums[campaign, default: Sum()].counters += shard.counters
    }
    return sums
  }

  private func store(_ sums: [Int32: Sum]) throws(StoreError) {
    var bulk = BulkWrite()
    for (campaign, sum) in sums.sorted(by: { $0.key < $1.key }) {
      let id = names.text(campaign)
      let filter = BSONDocument {
        $0.append("_id", id)
        $0.document("version") { $0.append("$lt", sum.version) }
      }
      bulk.replace(filter, with: document(id, sum), upsert: true)
    }
    let result = try collection.write(bulk, journaled: false)
    // A newer sum is there: the filter finds none to replace, and the id is taken.
    for failure in result.failures where failure.error.code != .duplicate { throw failure.error }
  }

  // MARK: Documents

  private func document(_ id: String, _ sum: Sum) -> BSONDocument {
    let counters = sum.counters
    return BSONDocument(reserving: 8192) { (document: inout BSONWriter) in
      document.append("_id", id)
      document.append("campaign_id", id)
      document.append("campaign_type", mainChannel(counters))
      document.document("real_time_metrics") { append(counters.totals, CampaignMetric.allCases, &$0, revenue: true) }
      document.array("performance_timeline") { list in
        for (day, counts) in counters.days.sorted(by: { $0.key < $1.key }) { appendDay(day, counts, &list) }
      }
      document.document("audience_engagement") {
        append("by_location", counters.locations, [.opened, .clicked, .conversions], &$0)
        append("by_device", counters.devices, [.opened, .clicked, .conversions], &$0)
      }
      append("a_b_test_results", counters.variants, [.sent, .opened, .clicked, .conversions], &document)
      document.append("version", sum.version)
      document.append("updated_at", BSONDate.now)
    }
  }

  /// The channel that most of the campaign's events came by.
  private func mainChannel(_ counters: CampaignCounters) -> String? {
    func events(_ counts: MetricCounts) -> Int64 { CampaignMetric.allCases.reduce(0) { $0 + counts[$1] } }
    return counters.channels
      .map { (name: names.text($0.key), events: events($0.value)) }
      .max { ($0.events, $1.name) < ($1.events, $0.name) }?.name
  }

  private func append(
    _ key: String, _ counts: [Int32: MetricCounts], _ metrics: [CampaignMetric], _ document: inout BSONWriter
  ) {
    document.document(key) { (document: inout BSONWriter) in
      for (name, counts) in counts.map({ (names.text($0.key), $0.value) }).sorted(by: { $0.0 < $1.0 }) {
        guard metrics.contains(where: { counts[$0] != 0 }) else { continue }
        document.document(name) { append(counts, metrics, &$0, revenue: false) }
      }
    }
  }

  private func append(
    _ counts: MetricCounts, _ metrics: [CampaignMetric], _ document: inout BSONWriter, revenue: Bool
  ) {
    for metric in metrics { document.append(metric.rawValue, counts[metric]) }
    if revenue { document.append("revenue", Money.major(counts.revenue)) }
  }

  /// One entry for each metric that the day has, with its rate where the metric before it has been counted too.
  private func appendDay(_ day: Int64, _ counts: MetricCounts, _ list: inout BSONWriter) {
    let start = BSONDate(microseconds: calendar.start(ofDay: day))
    for metric in CampaignMetric.allCases where counts[metric] != 0 {
      list.document { entry in
        entry.append("timestamp", start)
        entry.append("metric", metric.rawValue)
        entry.append("value", counts[metric])
        if let base = Self.base(of: metric, counts), base > 0 {
          entry.append("rate", Double(counts[metric]) / Double(base))
        }
      }
    }
    if counts.revenue != 0 {
      list.document { entry in
        entry.append("timestamp", start)
        entry.append("metric", "revenue")
        entry.append("value", Money.major(counts.revenue))
      }
    }
  }

  /// What a metric's rate is a share of, as in the nightly figures (`Figure` of Attribution): openings and
  /// unsubscriptions of deliveries where the channel reports them, else of what was sent; purchases of clicks where
  /// nothing is sent.
  private static func base(of metric: CampaignMetric, _ counts: MetricCounts) -> Int64? {
    switch metric {
    case .sent: nil
    case .delivered, .bounced, .clicked: counts[.sent]
    case .opened, .unsubscribed: counts[.delivered] > 0 ? counts[.delivered] : counts[.sent]
    case .conversions: counts[.sent] > 0 ? counts[.sent] : counts[.clicked]
    }
  }
}
