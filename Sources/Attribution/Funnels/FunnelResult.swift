/// How many customers reached each step of a funnel, and how long it took them.
public struct FunnelResult: Encodable, Sendable, Equatable {
  public struct Step: Encodable, Sendable, Equatable {
    public var step: String
    public var customers: Int
    /// Of those who did the first step; 0 when nobody did.
    public var conversionFromStart: Double
    /// Of those who did the step before, for the first step of themselves; 0 when nobody did.
    public var conversionFromPrevious: Double
    /// Over those who reached this step; nil for the first, and when nobody did.
    public var medianSecondsFromPrevious: Double?
    public var averageSecondsFromPrevious: Double?

    enum CodingKeys: String, CodingKey {
      case step, customers
      case conversionFromStart = "conversion_from_start"
      case conversionFromPrevious = "conversion_from_previous"
      case medianSecondsFromPrevious = "median_seconds_from_previous"
      case averageSecondsFromPrevious = "average_seconds_from_previous"
    }
  }

  public let mode = "ordered"
  public var windowSeconds: Double
  public var steps: [Step]
  /// Places in the store of the customers who did exactly 1, 2, … steps; empty unless they were to be listed.
  public var furthest: [[Int32]]

  enum CodingKeys: String, CodingKey {
    case mode, steps
    case windowSeconds = "window_seconds"
  }

  init(_ query: FunnelQuery, _ tally: FunnelTally) {
    windowSeconds = Double(query.window) / 1_000_000
    furthest = tally.customers
    var reached = tally.furthest
    for step in reached.indices.dropLast().reversed() { reached[step] += reached[step + 1] }
    steps = query.steps.indices.map { step in
      func rate(_ base: Int) -> Double { base > 0 ? Double(reached[step]) / Double(base) : 0 }
      let durations = tally.durations[step]
      let sum = durations.reduce(into: Int128(0)) { $0 += Int128($1) }
      return Step(
        step: query.steps[step].name, customers: reached[step], conversionFromStart: rate(reached[0]),
        conversionFromPrevious: rate(reached[max(0, step - 1)]),
        medianSecondsFromPrevious: median(durations).map { $0 / 1_000_000 },
        averageSecondsFromPrevious: durations.isEmpty ? nil : Double(sum) / Double(durations.count) / 1_000_000)
    }
  }
}
