import Journeys
import Stores

/// Events of a campaign by what they count as, and its revenue in minor units. Adding is all that counting needs.
struct MetricCounts: Equatable {
  /// In the order of `CampaignMetric`, revenue last.
  private(set) var values = SIMD8<Int64>()

  static let revenuePlace = CampaignMetric.allCases.count

  subscript(metric: CampaignMetric) -> Int64 { values[Self.places[metric] ?? 0] }

  /// Minor units.
  var revenue: Int64 { values[Self.revenuePlace] }

  mutating func count(_ metric: CampaignMetric, revenue: Int64) {
    values[Self.places[metric] ?? 0] &+= 1
    values[Self.revenuePlace] &+= revenue
  }

  static func += (left: inout MetricCounts, right: MetricCounts) { left.values &+= right.values }

  private static let places = Dictionary(
    uniqueKeysWithValues: CampaignMetric.allCases.enumerated().map { ($0.element, $0.offset) })

  // MARK: In a shard: what is not zero, money in minor units

  func append(to document: inout BSONWriter) {
    for metric in CampaignMetric.allCases where self[metric] != 0 { document.append(metric.rawValue, self[metric]) }
    if revenue != 0 { document.append("revenue_minor", revenue) }
  }

  /// Takes the field up if it is one of the counts.
  mutating func read(_ field: borrowing BSONElement) {
    guard let value = field.int64 else { return }
    if field.hasKey("revenue_minor") {
      values[Self.revenuePlace] = value
    } else if let metric = CampaignMetric(rawValue: field.key) {
      values[Self.places[metric] ?? 0] = value
    }
  }
}
