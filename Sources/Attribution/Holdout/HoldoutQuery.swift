/// Randomised hold-outs: events that say who was put into which group of an experiment, and what is counted after them.
///
/// An assignment is an event of type `assignment` whose `channel` is the one under test and whose `event_data` names
/// the experiment and the group. Who is held out gets nothing of the channel from then on; the others could get it.
public struct HoldoutQuery: Sendable, Equatable {
  /// Event types that are conversions.
  public var conversions: [String]
  /// Conversions up to this long after a customer's assignment count, microseconds; nil for all that follow it.
  public var window: Int64?
  /// Only conversions in this time count, microseconds since 1970 UTC, both ends included; who is assigned after it is
  /// in no group.
  public var period: ClosedRange<Int64>?
  /// How often an interval holds the lift, between 0 and 1.
  public var level: Double

  /// How the events carry the experiment: an event type, two columns and the names of the groups.
  public var assignment = "experiment_assigned"
  public var experimentColumn = "experiment"
  public var groupColumn = "group"
  public var treatment = "treatment"
  public var holdout = "holdout"

  public init(
    conversions: [String] = ["purchase"], window: Int64? = nil, period: ClosedRange<Int64>? = nil, level: Double = 0.9
  ) {
    self.conversions = conversions
    self.window = window
    self.period = period
    self.level = level
  }
}
