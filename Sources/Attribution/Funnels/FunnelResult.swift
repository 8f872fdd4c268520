/// How many customers reached each step of a funnel, and how long it took them.
public struct FunnelResult: Encodable, Sendable, Equatable {
  public struct Step: Encodable, Sendable, Equatable {
    public var step: String
    public var customers: Int
    /// Of those who did the first step; 0 when nobody did.
    public var conversionFromStart: Double
    /// Of those who did the required step before, for the first step of themselves; 0 when nobody did.
    public var conversionFromPrevious: Double
    /// Wilson's intervals of both; the sample sizes are the customers of the first step and of the step before. Nil of
    /// nobody.
    public var fromStartInterval: [Double]?
    public var fromPreviousInterval: [Double]?
    /// Over those who reached this step, from the one before that they took; nil for the first, and when nobody did.
    public var medianSecondsFromPrevious: Double?
    public var averageSecondsFromPrevious: Double?
    /// By percent (`50`, `99.5`), if they were asked for.
    public var percentileSecondsFromPrevious: [String: Double]?
    /// Those who did this step and no later required one, and who can still come further: the data end before their
    /// window does. Nil unless it was looked at.
    public var stillOpen: Int?

    enum CodingKeys: String, CodingKey {
      case step, customers
      case conversionFromStart = "conversion_from_start"
      case conversionFromPrevious = "conversion_from_previous"
      case fromStartInterval = "conversion_from_start_interval"
      case fromPreviousInterval = "conversion_from_previous_interval"
      case medianSecondsFromPrevious = "median_seconds_from_previous"
      case averageSecondsFromPrevious = "average_seconds_from_previous"
      case percentileSecondsFromPrevious = "percentile_seconds_from_previous"
      case stillOpen = "still_open"
    }
  }

  /// Places in the store of customers; empty unless they were to be listed.
  struct Customers: Sendable, Equatable {
    /// By step: those who took it.
    var atLeast: [[Int32]]
    /// By number of required steps, from 1: those who took so many and no more.
    var exactly: [[Int32]]

    init(_ query: FunnelQuery, _ group: FunnelTally.Group) {
      // One who makes several attempts is one.
      func ordered(_ customers: some Sequence<Int32>) -> [Int32] { Set(customers).sorted() }
      exactly = group.customers.map { ordered($0) }
      var required = 0
      atLeast = query.steps.indices.map { step in
        if query.steps[step].isOptional { return ordered(group.takers[step]) }
        required += 1
        return ordered(group.customers[(required - 1)...].joined())
      }
    }
  }

  /// The same for one value of a breakdown.
  public struct Breakdown: Encodable, Sendable, Equatable {
    public var value: [String]
    public var steps: [Step]
    var customers: Customers

    enum CodingKeys: CodingKey { case value, steps }
  }

  public var mode: String
  public var windowSeconds: Double
  public var steps: [Step]
  /// Values that nobody has are left out.
  public var breakdowns: [Breakdown]
  var customers: Customers
  /// The share that has converted so long after its first step, of customers who are all watched long enough; nil
  /// unless maturity was looked at.
  public var curve: [ConversionPoint]?
  let hasBreakdown: Bool

  enum CodingKeys: String, CodingKey {
    case mode, steps, breakdowns, curve
    case windowSeconds = "window_seconds"
  }

  init(_ plan: FunnelPlan, _ tally: FunnelTally, observesMaturity: Bool) {
    let query = plan.query
    mode = query.mode.rawValue
    windowSeconds = Double(query.window) / 1_000_000
    customers = Customers(query, tally.groups[0])
    hasBreakdown = query.breakdown != nil
    steps = Self.steps(query, tally.groups[0], observesMaturity)
    breakdowns = (plan.index?.values ?? []).enumerated().compactMap { place, value in
      let group = tally.groups[place + 1]
      guard group.reached.contains(where: { $0 > 0 }) else { return nil }
      return Breakdown(
        value: value, steps: Self.steps(query, group, observesMaturity), customers: Customers(query, group))
    }
    curve = observesMaturity ? ConversionPoint.curve(tally.groups[0], query) : nil
  }

  private static func steps(
    _ query: FunnelQuery, _ group: FunnelTally.Group, _ observesMaturity: Bool
  ) -> [Step] {
    let critical = Normal.critical(1 - query.confidence)
    var previous = 0
    return query.steps.indices.map { step in
      let fromStart = Rate(group.reached[step], of: group.reached[0])
      let fromPrevious = Rate(group.reached[step], of: group.reached[previous])
      if !query.steps[step].isOptional { previous = step }
      let durations = group.durations[step]
      let sum = durations.reduce(into: Int128(0)) { $0 += Int128($1) }
      func interval(_ rate: Rate) -> [Double]? { rate.interval(critical).map { [$0.lowerBound, $0.upperBound] } }
      let required = query.steps[...step].count { !$0.isOptional }
      return Step(
        step: query.steps[step].name, customers: group.reached[step], conversionFromStart: fromStart.value ?? 0,
        conversionFromPrevious: fromPrevious.value ?? 0, fromStartInterval: interval(fromStart),
        fromPreviousInterval: interval(fromPrevious),
        medianSecondsFromPrevious: median(durations).map { $0 / 1_000_000 },
        averageSecondsFromPrevious: durations.isEmpty ? nil : Double(sum) / Double(durations.count) / 1_000_000,
        percentileSecondsFromPrevious: query.percentiles.isEmpty
          ? nil : percentileTable(query.percentiles, ofSorted: durations.sorted()),
        stillOpen: observesMaturity && !query.steps[step].isOptional ? group.open[required - 1] : nil)
    }
  }
}
