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
    /// Realised lifetime value: the amounts from the first period to this one, for each customer, major units.
    case lifetimeValue = "ltv"
    /// Return on ad spend: lifetime value over what a customer of the cohort cost.
    case roas

    /// Whether a period's value holds those before it.
    var isCumulative: Bool { self == .lifetimeValue || self == .roas }
  }

  /// What a cohort of the answer is.
  public enum Rows: String, Codable, Sendable, CaseIterable {
    /// The customers who began in a calendar period.
    case period
    /// Those whom a channel, or a campaign, brought, whenever they began: the one of a customer's first event that has
    /// one, up to the event with which he began.
    case channel
    case campaign
  }

  public var start: Start
  /// The behaviour that opens a cohort when a customer first shows it, any of these, in place of `start`.
  public var behaviour: [EventMatcher]?
  /// Events that are counted, any of these.
  public var events: [EventMatcher]
  public var period: CalendarPeriod
  /// How many, the first included.
  public var periods: Int
  public var metric: Metric
  /// In whose zone days, weeks and months are cut.
  public var calendar: ZonedCalendar
  public var rows: Rows
  /// Of `roas`, by channel or campaign as `rows` has it: minor units.
  public var costs: [String: Int64]
  /// Of the intervals.
  public var level: Double

  /// - Parameter events: event types.
  public init(
    by start: Start = .firstPurchase, events: [String] = ["purchase"], period: CalendarPeriod = .month,
    periods: Int = 12, metric: Metric = .retention, calendar: ZonedCalendar, rows: Rows = .period,
    costs: [String: Int64] = [:], level: Double = 0.95
  ) {
    self.start = start
    self.events = events.map { EventMatcher($0) }
    self.period = period
    self.periods = periods
    self.metric = metric
    self.calendar = calendar
    self.rows = rows
    self.costs = costs
    self.level = level
  }

  /// What opens a cohort, for people.
  var startName: String { behaviour == nil ? start.rawValue : "behaviour" }

  /// What opens a cohort; nil for any event.
  var opening: [EventMatcher]? { behaviour ?? start.eventType.map { [EventMatcher($0)] } }

  /// - Throws: `.invalidQuery`.
  func check() throws(AttributionError) {
    func refused(_ reason: String) -> AttributionError { AttributionError(.invalidQuery, "cohort: \(reason)") }
    guard 1...Self.mostPeriods ~= periods, !events.isEmpty, behaviour?.isEmpty != true else {
      throw refused("at least one period, at most \(Self.mostPeriods), and one event type are needed")
    }
    guard 0 < level, level < 1 else { throw refused("the level of the intervals lies between 0 and 1") }
    if metric == .roas {
      guard rows != .period else { throw refused("roas is by channel or campaign: those are what costs something") }
      guard !costs.isEmpty, costs.values.allSatisfy({ $0 >= 0 }) else {
        throw refused("roas needs costs by \(rows.rawValue), of which none is below 0")
      }
    }
  }

  private static let mostPeriods = 10_000
}

extension AttributionCosts {
  /// The costs of a single dimension's names, in minor units, as cohorts take them.
  public var minorUnits: [String: Int64] {
    var costs: [String: Int64] = [:]
    for (key, cost) in self.costs {
      guard key.names.count == 1, let name = key.names[0], let minor = Money.minor(fromMajor: cost)?.minor else {
        continue
      }
      costs[name] = minor
    }
    return costs
  }
}
