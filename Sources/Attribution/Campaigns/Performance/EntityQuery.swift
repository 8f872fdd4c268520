import Journeys

/// Whose figures are asked for, and of which time.
public struct EntityQuery: Sendable {
  public var entity: MarketingEntity
  /// Cuts the days.
  public var calendar: ZonedCalendar
  /// Only events in it are counted, microseconds since 1970 UTC; nil for all.
  public var period: ClosedRange<Int64>?
  /// A row for every day and not one for all.
  public var daily: Bool
  /// Only these entities.
  public var ids: [String]?
  /// Only events that name one of these campaigns.
  public var campaigns: [String]?
  /// How long before a purchase the e-mail, text or affiliate click may lie that it is inherited from, microseconds.
  public var lookback: Int64 = 30 * 86_400_000_000
  public var dimensions: [EntityDimension] = EntityDimension.allCases

  public init(
    _ entity: MarketingEntity, calendar: ZonedCalendar, period: ClosedRange<Int64>? = nil, daily: Bool = false
  ) {
    self.entity = entity
    self.calendar = calendar
    self.period = period
    self.daily = daily
  }
}
