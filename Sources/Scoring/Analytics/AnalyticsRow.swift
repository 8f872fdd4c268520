import Attribution

/// A row of `marketing_analytics`: what one job knows of an entity on a day.
public struct AnalyticsRow: Sendable, Equatable {
  /// The database's `analytics_entity_type`.
  public typealias EntityType = MarketingEntity

  public var entityType: EntityType
  /// Where it is no UUID, the database cannot hold the row.
  public var entityID: String
  /// Days since 1970-01-01.
  public var day: Int64
  /// The keys that the job owns; a row's other keys stay as they are.
  public var metrics: [String: AnalyticsValue]

  public init(_ entityType: EntityType, _ entityID: String, day: Int64, metrics: [String: AnalyticsValue]) {
    self.entityType = entityType
    self.entityID = entityID
    self.day = day
    self.metrics = metrics
  }
}

/// A value under a key of `metrics`.
public enum AnalyticsValue: Encodable, Sendable, Equatable {
  case count(Int)
  case number(Double)
  case flag(Bool)
  case text(String)
  case list([AnalyticsValue])
  case object([String: AnalyticsValue])
  /// What is not known, or a rate of nothing.
  case null

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .count(let count): try container.encode(count)
    case .number(let number): try container.encode(number)
    case .flag(let flag): try container.encode(flag)
    case .text(let text): try container.encode(text)
    case .list(let list): try container.encode(list)
    case .object(let object): try container.encode(object)
    case .null: try container.encodeNil()
    }
  }
}
