import Attribution
import Journeys

/// The key of `metrics` that `campaigns --write` owns in every entity's row: `performance`, an object with
///
/// | key | value |
/// | --- | --- |
/// | the names of `Figure` | counts, money in major units, rates; null for a rate of nothing or unknown data |
/// | `channel_performance`, `by_device`, `by_location` | the figures of a part (`Figure.ofParts`) by its name |
/// | `carrier_distribution` | messages sent by carrier |
/// | `top_performing_links` | up to ten `{"url":…,"clicks":…,"click_rate":…}`, clicks / messages that arrived |
public enum EntityMetrics {
  private static let mostLinks = 10

  /// - Parameter ids: what an entity is called in the database where it is not its own id: affiliates, by code.
  public static func rows(_ figures: [EntityFigures], ids: [String: String] = [:]) -> [AnalyticsRow] {
    figures.compactMap { row in
      row.day.map { day in
        AnalyticsRow(row.entity, ids[row.id] ?? row.id, day: day, metrics: ["performance": .object(object(row))])
      }
    }
  }

  /// The figures of a row by name.
  public static func object(_ row: EntityFigures) -> [String: AnalyticsValue] {
    var object: [String: AnalyticsValue] = [:]
    for figure in Figure.all(of: row.entity) { object[figure.rawValue] = value(figure.value(of: row)) }
    for (dimension, parts) in row.parts {
      switch dimension {
      case .channel: object["channel_performance"] = .object(parts.mapValues(self.object))
      case .device: object["by_device"] = .object(parts.mapValues(self.object))
      case .location: object["by_location"] = .object(parts.mapValues(self.object))
      case .carrier:
        object["carrier_distribution"] = .object(parts.filter { $0.value.sent > 0 }.mapValues { .count($0.sent) })
      case .link: object["top_performing_links"] = links(parts, of: row.counts)
      }
    }
    return object
  }

  private static func object(_ part: EntityCounts) -> AnalyticsValue {
    .object(
      Dictionary(uniqueKeysWithValues: Figure.ofParts.map { ($0.rawValue, value($0.value(of: part))) }))
  }

  private static func links(_ parts: [String: EntityCounts], of whole: EntityCounts) -> AnalyticsValue {
    .list(
      parts.sorted { ($1.value.clicked, $0.key) < ($0.value.clicked, $1.key) }.prefix(mostLinks).map { url, counts in
        .object([
          "url": .text(url), "clicks": .count(counts.clicked),
          "click_rate": whole.arrived > 0 ? .number(Double(counts.clicked) / Double(whole.arrived)) : .null,
        ])
      })
  }

  private static func value(_ value: Figure.Value?) -> AnalyticsValue {
    switch value {
    case .count(let count): .count(count)
    case let value?: .number(value.number)
    case nil: .null
    }
  }
}
