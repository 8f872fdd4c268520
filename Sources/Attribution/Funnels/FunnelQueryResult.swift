import Journeys

/// The answer to a funnel query in the form of its JSON: who reached each step, by id.
public struct FunnelQueryResult: Encodable, Sendable, Equatable {
  public struct Step: Encodable, Sendable, Equatable {
    public var name: String
    public var count: Int
    /// Sorted.
    public var users: [String]
    /// From the step before; nil for the first step, and when nobody reached this one.
    public var avgSeconds: Double?
    public var medianSeconds: Double?

    enum CodingKeys: String, CodingKey {
      case name, count, users
      case avgSeconds = "avg_seconds"
      case medianSeconds = "median_seconds"
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(count, forKey: .count)
      try container.encode(users, forKey: .users)
      // Null is an answer here: nobody came this far.
      try container.encode(avgSeconds, forKey: .avgSeconds)
      try container.encode(medianSeconds, forKey: .medianSeconds)
    }
  }

  /// Users with at least `step` steps; with a negative number -k those who did k - 1 and not the k-th.
  public struct Users: Encodable, Sendable, Equatable {
    public var step: Int
    public var users: [String]
  }

  public var steps: [Step]
  public var usersAt: [Users]

  enum CodingKeys: String, CodingKey {
    case steps
    case usersAt = "users_at"
  }

  /// - Parameter result: of a funnel that listed its customers.
  public init(_ result: FunnelResult, of store: JourneyStore) {
    // Customers lie in the store in the order of their ids' bytes.
    func names(_ customers: [Int32]) -> [String] { customers.sorted().map { store.customerID(Int($0)) } }
    let steps = result.steps.indices.map { step in
      Step(
        name: result.steps[step].step, count: result.steps[step].customers,
        users: names(result.furthest[step...].flatMap(\.self)),
        avgSeconds: result.steps[step].averageSecondsFromPrevious,
        medianSeconds: result.steps[step].medianSecondsFromPrevious)
    }
    let dropped = steps.indices.dropFirst().map { Users(step: -$0 - 1, users: names(result.furthest[$0 - 1])) }
    self.steps = steps
    usersAt = steps.indices.map { Users(step: $0 + 1, users: steps[$0].users) } + dropped
  }
}
