import Journeys

/// Steps that customers take, one after the other, within a time that begins with the first.
///
/// In JSON (times of any kind are seconds; what is absent has the default):
/// ```
/// {"kind": "funnel",                     or "funnel_time_to_convert", "funnel_trends"
///  "steps": [{"name": "…", "match": [{"event": "…", "where": [condition…]}…],
///             "optional": false,         the chain may go on without this step; not for the first
///             "within_seconds": …,       at most so long after the step before
///             "after_seconds": 0,        at least so long after the step before
///             "first_time": "matching"}] only the customer's first event ever that matches ("event": that is of the
///                                        type, and it must match), over all history
///  "window_seconds": …, "mode": "ordered" | "strict" | "unordered",
///  "exclusions": [{"match": […], "from_step": 0, "to_step": 1}],
///  "exclusion_rule": "drop_customer",    as PostHog; "stop_chain" counts him as far as he came before
///  "same_instant": "step_order",         events of one instant follow as the steps do, as clocks are coarse;
///                                        "arrival_order" takes them as they were received
///  "hold_constant": ["order_id"],        all events of a chain have the same value, and have one
///  "count_by": "customers",              each once, with the furthest chain; "attempts": every entry that does not
///                                        fall into an attempt before it
///  "breakdown": {"props": […], "attribution": "first_touch" | "last_touch" | "all_events" | "step", "step": 0,
///                "limit": 25},
///  "where": [condition…], "date_from": "…", "date_to": "…", "timezone": "UTC",
///  "sample": {"fraction": 0.1, "seed": 0},  by a hash of the customer, so unbiased for every step
///  "percentiles": [10, 50, 90],          of the time of every step
///  "confidence": 0.95,                   of every interval
///  "compare": {"a": {"name": "…", "where": […], "date_from": "…", "date_to": "…"}, "b": {…}},
///  "from_step": 0, "to_step": last,      of time to convert and trends
///  "bin_count": …,                       of time to convert
///  "interval": "hour" | "day" | "week" | "month", "week_start": "sunday" | "monday"}   of trends
/// ```
public struct FunnelQuery: Sendable, Equatable {
  public struct Step: Sendable, Equatable {
    public enum FirstTime: String, Sendable, CaseIterable {
      /// The first event that matches.
      case matching
      /// The first event of its type, which must match.
      case event
    }

    public var name: String
    /// Any of them is the step.
    public var match: [EventMatcher]
    public var isOptional = false
    /// Microseconds after the step before at most, and at least.
    public var within: Int64?
    public var gap: Int64 = 0
    public var firstTime: FirstTime?

    public init(_ name: String, match: [EventMatcher]) {
      self.name = name
      self.match = match
    }

    /// The step that is any of some event types; nil for every event.
    public init(_ name: String, events: [String?]) { self.init(name, match: events.map { EventMatcher($0) }) }

    /// The step that is called as its event type.
    public init(_ event: String) { self.init(event, events: [event]) }
  }

  public enum Mode: String, Sendable, Codable, CaseIterable {
    /// Other events may lie between the steps.
    case ordered
    /// None may.
    case strict
    /// The steps in any order.
    case unordered
  }

  /// Events that must not lie between two steps, given by their places.
  public struct Exclusion: Sendable, Equatable {
    public var match: [EventMatcher]
    public var from: Int
    public var to: Int

    public init(_ match: [EventMatcher], from: Int, to: Int) {
      self.match = match
      self.from = from
      self.to = to
    }
  }

  public enum ExclusionRule: String, Sendable, CaseIterable {
    case dropCustomer = "drop_customer"
    case stopChain = "stop_chain"
  }

  public enum SameInstant: String, Sendable, CaseIterable {
    case stepOrder = "step_order"
    case arrivalOrder = "arrival_order"
  }

  public enum Counting: String, Sendable, CaseIterable { case customers, attempts }

  public struct Breakdown: Sendable, Equatable {
    public enum Attribution: String, Sendable, CaseIterable {
      case firstTouch = "first_touch"
      case lastTouch = "last_touch"
      case allEvents = "all_events"
      case step
    }

    public var properties: [String]
    public var attribution: Attribution
    /// Of the attribution to a step.
    public var step: Int
    /// Values with most events that are told apart; the rest is `Other`.
    public var limit: Int

    public init(_ properties: [String], attribution: Attribution = .firstTouch, step: Int = 0, limit: Int = 25) {
      self.properties = properties
      self.attribution = attribution
      self.step = step
      self.limit = limit
    }
  }

  /// A part of the customers, chosen by a hash of their ids.
  public struct Sample: Sendable, Equatable {
    /// Above 0, up to 1.
    public var fraction: Double
    public var seed: UInt64

    public init(fraction: Double, seed: UInt64 = 0) {
      self.fraction = fraction
      self.seed = seed
    }
  }

  /// A part of the events, such as those of a segment or a period, that the funnel is run over by itself.
  public struct Segment: Sendable, Equatable {
    public var name: String
    public var conditions: [EventCondition]
    public var period: ClosedRange<Int64>?

    public init(_ name: String, where conditions: [EventCondition], period: ClosedRange<Int64>? = nil) {
      self.name = name
      self.conditions = conditions
      self.period = period
    }
  }

  /// What the answer is about.
  public enum Report: Sendable, Equatable {
    case steps
    /// Nil for a number of bins that suits the number of customers.
    case timeToConvert(bins: Int?)
    case trends(CalendarPeriod)
  }

  /// As many as there are bits in a mask of steps and exclusions.
  public static let mostSteps = 64
  static let longestWindow: Int64 = 10_000 * 366 * 86_400 * 1_000_000

  public var steps: [Step]
  /// Microseconds from the first step to any other, inclusive.
  public var window: Int64
  /// Events outside of it do not count, microseconds since 1970 UTC, both ends included.
  public var period: ClosedRange<Int64>?
  public var mode = Mode.ordered
  public var exclusions: [Exclusion] = []
  public var exclusionRule = ExclusionRule.dropCustomer
  public var sameInstant = SameInstant.stepOrder
  /// Properties that all events of a chain have the same values of.
  public var constants: [String] = []
  public var counting = Counting.customers
  public var breakdown: Breakdown?
  /// On every event, before anything else.
  public var conditions: [EventCondition] = []
  public var sample: Sample?
  public var comparison: [Segment] = []
  public var report = Report.steps
  public var fromStep = 0
  /// Nil for the last.
  public var toStep: Int?
  public var timeZone = "UTC"
  public var weekStart = ZonedCalendar.WeekStart.sunday
  /// Of the intervals.
  public var confidence = 0.95
  /// Of the times of the steps, in percent.
  public var percentiles: [Double] = []

  public init(_ steps: [Step], window: Int64, period: ClosedRange<Int64>? = nil) {
    self.steps = steps
    self.window = window
    self.period = period
  }

  /// Whether types of events (and filters) in an order are all that matters: what the fast walk is for.
  var isPlain: Bool {
    mode == .ordered && exclusions.isEmpty && sameInstant == .stepOrder && constants.isEmpty && counting == .customers
      && breakdown == nil && sample == nil
      && steps.allSatisfy { !$0.isOptional && $0.within == nil && $0.gap == 0 && $0.firstTime == nil }
  }

  /// The steps that every chain must take.
  var required: UInt64 {
    steps.indices.reduce(0) { steps[$1].isOptional ? $0 : $0 | 1 << UInt64($1) }
  }

  /// - Throws: `.invalidQuery` with what is wrong and the remedy.
  func check() throws(AttributionError) {
    func refuse(_ problem: String) -> AttributionError { AttributionError(.invalidQuery, "funnel: \(problem)") }
    guard !steps.isEmpty, steps.count + exclusions.count <= Self.mostSteps, steps.allSatisfy({ !$0.match.isEmpty })
    else {
      throw refuse("1 to \(Self.mostSteps) steps (and exclusions) are needed, each with an event type")
    }
    guard 0...Self.longestWindow ~= window else { throw refuse("the window is negative or longer than 10,000 years") }
    guard !steps[0].isOptional else { throw refuse("the first step cannot be optional: a chain begins with it") }
    for exclusion in exclusions
    where !(0 <= exclusion.from && exclusion.from < exclusion.to)
      || exclusion.to >= steps.count
    {
      throw refuse(
        "an exclusion from step \(exclusion.from) to step \(exclusion.to): they are places from 0 to "
          + "\(steps.count - 1), the first below the second")
    }
    if mode == .unordered {
      guard exclusions.isEmpty, steps.allSatisfy({ !$0.isOptional && $0.within == nil && $0.gap == 0 }) else {
        throw refuse("exclusions, optional steps and times between steps need an order: use mode ordered or strict")
      }
    }
    if let breakdown {
      guard !breakdown.properties.isEmpty, breakdown.limit > 0, steps.indices ~= breakdown.step else {
        throw refuse("a breakdown needs a property, a limit above 0 and a step from 0 to \(steps.count - 1)")
      }
    }
    let last = toStep ?? steps.count - 1
    guard steps.indices ~= fromStep, steps.indices ~= last, fromStep < last || steps.count == 1 || report == .steps
    else {
      throw refuse("from_step \(fromStep) and to_step \(last) are to be places from 0 to \(steps.count - 1), rising")
    }
    guard sample.map({ $0.fraction > 0 && $0.fraction <= 1 }) ?? true else {
      throw refuse("the fraction of a sample is above 0 and at most 1")
    }
    guard confidence > 0, confidence < 1, percentiles.allSatisfy({ 0...100 ~= $0 }) else {
      throw refuse("confidence lies between 0 and 1, percentiles from 0 to 100")
    }
  }
}
