import Journeys

/// What is known of an entity, of all time asked for or of a day.
///
/// Its figures, with numerator and denominator of every rate, are those of `Figure`.
public struct EntityFigures: Sendable, Equatable {
  public let entity: MarketingEntity
  public let id: String
  /// Days since 1970-01-01 of the local date; nil for all days together.
  public let day: Int64?
  public var counts = EntityCounts()
  /// By value; values that no counted event had are absent.
  public var parts: [EntityDimension: [String: EntityCounts]] = [:]
  /// What it cost, minor units; nil where nothing is known of it.
  public var cost: Int64?
  /// Minor units; nil where no rate of commission is known.
  public var commission: Int64?
  /// Of a segment: members at the end of the row's time.
  public var size: Int?
  /// Of a segment: members now over members before the month began, less 1.
  public var growth: Double?

  public init(_ entity: MarketingEntity, _ id: String, day: Int64?) {
    self.entity = entity
    self.id = id
    self.day = day
  }

  /// What is known to be spent, on advertising and on commission; nil where neither is known.
  var spend: Int64? { cost == nil && commission == nil ? nil : (cost ?? 0) + (commission ?? 0) }

  /// The costs that the events themselves carry, where any does.
  public mutating func takeCostOfEvents() { cost = counts.costed > 0 ? counts.cost : nil }
}
