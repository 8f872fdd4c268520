import Journeys

/// The answer to a query of kind `funnel` in the form of its JSON: who reached each step, by id.
public struct FunnelQueryResult: Encodable, Sendable, Equatable {
  public struct Step: Encodable, Sendable, Equatable {
    public var name: String
    public var count: Int
    /// Sorted.
    public var users: [String]
    /// From the step before; nil for the first step, and when nobody reached this one.
    public var avgSeconds: Double?
    public var medianSeconds: Double?
    /// Rates, intervals, percentiles and who can still come further.
    public var figures: FunnelResult.Step

    enum CodingKeys: String, CodingKey {
      case name, count, users
      case avgSeconds = "avg_seconds"
      case medianSeconds = "median_seconds"
      case conversionFromStart = "conversion_from_start"
      case conversionFromPrevious = "conversion_from_previous"
      case fromStartInterval = "conversion_from_start_interval"
      case fromPreviousInterval = "conversion_from_previous_interval"
      case percentileSeconds = "percentile_seconds"
      case stillOpen = "still_open"
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(count, forKey: .count)
      try container.encode(users, forKey: .users)
      // Null is an answer here: nobody came this far.
      try container.encode(avgSeconds, forKey: .avgSeconds)
      try container.encode(medianSeconds, forKey: .medianSeconds)
      try container.encode(figures.conversionFromStart, forKey: .conversionFromStart)
      try container.encode(figures.conversionFromPrevious, forKey: .conversionFromPrevious)
      try container.encodeIfPresent(figures.fromStartInterval, forKey: .fromStartInterval)
      try container.encodeIfPresent(figures.fromPreviousInterval, forKey: .fromPreviousInterval)
      try container.encodeIfPresent(figures.percentileSecondsFromPrevious, forKey: .percentileSeconds)
      try container.encodeIfPresent(figures.stillOpen, forKey: .stillOpen)
    }
  }

  /// Users with at least `step` steps; with a negative number -k those who did k - 1 and not the k-th; or those whose
  /// number of steps is one of `exactly`.
  public struct Users: Encodable, Sendable, Equatable {
    public var step: Int?
    public var exactly: [Int]?
    /// Of a breakdown; nil for all.
    public var value: [String]?
    public var users: [String]
  }

  public struct Breakdown: Encodable, Sendable, Equatable {
    public var value: [String]
    public var steps: [Step]
  }

  public var steps: [Step]
  public var usersAt: [Users]
  /// How many values the breakdown has; nil without one.
  public var groups: Int?
  public var breakdown: [Breakdown]?
  /// The Kaplan–Meier estimate of conversion over time.
  public var curve: [ConversionPoint]?
  public var comparison: FunnelComparison?

  enum CodingKeys: String, CodingKey {
    case steps, groups, breakdown, curve, comparison
    case usersAt = "users_at"
  }

  /// - Parameter result: of a funnel that listed its customers.
  public init(_ result: FunnelResult, of store: JourneyStore) {
    let all = Self.answer(result.steps, result.customers, nil, store)
    steps = all.steps
    usersAt = all.users
    curve = result.curve
    guard result.hasBreakdown else { return }
    groups = result.breakdowns.count
    breakdown = []
    for part in result.breakdowns {
      let answer = Self.answer(part.steps, part.customers, part.value, store)
      breakdown?.append(Breakdown(value: part.value, steps: answer.steps))
      usersAt += answer.users
    }
  }

  private static func answer(
    _ steps: [FunnelResult.Step], _ customers: FunnelResult.Customers, _ value: [String]?, _ store: JourneyStore
  ) -> (steps: [Step], users: [Users]) {
    // Customers lie in the store in the order of their ids' bytes.
    func names(_ customers: [Int32]) -> [String] { customers.map { store.customerID(Int($0)) } }
    let (atLeast, exactly) = (customers.atLeast.map(names), customers.exactly.map(names))
    var users = steps.indices.map { Users(step: $0 + 1, value: value, users: atLeast[$0]) }
    users += steps.indices.dropFirst().map { Users(step: -$0 - 1, value: value, users: exactly[$0 - 1]) }
    users += steps.indices.map { Users(exactly: [$0 + 1], value: value, users: exactly[$0]) }
    let answers = steps.indices.map { step in
      Step(
        name: steps[step].step, count: steps[step].customers, users: atLeast[step],
        avgSeconds: steps[step].averageSecondsFromPrevious, medianSeconds: steps[step].medianSecondsFromPrevious,
        figures: steps[step])
    }
    return (answers, users)
  }
}
