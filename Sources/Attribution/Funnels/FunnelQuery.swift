/// Steps that customers take one after the other, within a time that begins with the first.
public struct FunnelQuery: Sendable, Equatable {
  public struct Step: Sendable, Equatable {
    public var name: String
    /// Event types that are the step, any of them; nil for every event.
    public var events: [String?]

    public init(_ name: String, events: [String?]) {
      self.name = name
      self.events = events
    }

    /// The step that is called as its event type.
    public init(_ event: String) { self.init(event, events: [event]) }
  }

  /// As many as there are bits in a mask of steps.
  public static let mostSteps = 64

  public var steps: [Step]
  /// Microseconds from the first step to any other, inclusive.
  public var window: Int64
  /// Events outside of it do not count, microseconds since 1970 UTC, both ends included.
  public var period: ClosedRange<Int64>?

  public init(_ steps: [Step], window: Int64, period: ClosedRange<Int64>? = nil) {
    self.steps = steps
    self.window = window
    self.period = period
  }
}
