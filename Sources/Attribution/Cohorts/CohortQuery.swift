import Journeys

/// Customers grouped by the period in which something first happened, and what they did in the periods after.
public struct CohortQuery: Sendable {
  /// What puts a customer into the cohort of its period.
  public enum Start: String, Codable, Sendable, CaseIterable {
    case firstPurchase = "first_purchase"
    case signup
    case firstEvent = "first_event"

    /// The event type whose first event it is; nil for any.
    var eventType: String? {
      switch self {
      case .firstPurchase: "purchase"
      case .signup: "signup"
      case .firstEvent: nil
      }
    }
  }

  public enum Metric: String, Codable, Sendable, CaseIterable {
    /// Customers with such an event in the period, as a fraction of the cohort.
    case retention
    /// The sum of these events' amounts, major units.
    case revenue
    /// The number of these events.
    case orders
  }

  public var start: Start
  /// Event types that are counted.
  public var events: [String]
  public var period: CalendarPeriod
  /// How many, the first included.
  public var periods: Int
  public var metric: Metric
  /// In whose zone days, weeks and months are cut.
  public var calendar: ZonedCalendar

  public init(
    by start: Start = .firstPurchase, events: [String] = ["purchase"], period: CalendarPeriod = .month,
    periods: Int = 12, metric: Metric = .retention, calendar: ZonedCalendar
  ) {
    self.start = start
    self.events = events
    self.period = period
    self.periods = periods
    self.metric = metric
    self.calendar = calendar
  }
}
