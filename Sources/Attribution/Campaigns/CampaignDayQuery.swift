import Journeys

/// Which days are to be told, and how their conversions are credited.
public struct CampaignDayQuery: Sendable {
  /// Cuts the days.
  public var calendar: ZonedCalendar
  /// Only events before it are seen, microseconds since 1970 UTC; nil for all.
  public var end: Int64?
  /// Models, touches, conversions, lookback and scope. Its dimension is always the campaign; its period must be nil.
  public var attribution: AttributionQuery

  public init(
    calendar: ZonedCalendar, end: Int64? = nil,
    attribution: AttributionQuery = AttributionQuery(models: [.first, .last, .linear])
  ) {
    self.calendar = calendar
    self.end = end
    self.attribution = attribution
    self.attribution.dimensions = .campaign
  }
}
