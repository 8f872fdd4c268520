/// Whether customers fell into the groups of an experiment as they were meant to (kind `ab_srm`): when not, something
/// besides chance put them there, and no read-out of the experiment can be trusted.
public struct SampleRatioQuery: Sendable, Equatable {
  /// Customers by group.
  public var users: [Int]
  /// What shares were meant, in any unit.
  public var weights: [Double]

  public init(users: [Int], weights: [Double]) {
    self.users = users
    self.weights = weights
  }

  /// Pearson's chi-square test, with one degree of freedom less than there are groups.
  ///
  /// - Throws: `.invalidQuery`.
  public func result() throws(AttributionError) -> SampleRatioResult {
    guard users.count == weights.count, users.count >= 2 else {
      throw AttributionError(.invalidQuery, "sample ratio: it takes two groups or more, and a weight for each")
    }
    guard users.allSatisfy({ $0 >= 0 }), weights.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw AttributionError(
        .invalidQuery, "sample ratio: 'users' are counts and 'weights' are above 0: leave out a group of weight 0")
    }
    let total = users.reduce(0.0) { $0 + Double($1) }
    let weight = weights.reduce(0, +)
    let expected = weights.map { $0 / weight * total }
    let statistic = zip(users, expected).reduce(0.0) { sum, group in
      group.1 > 0 ? sum + (Double(group.0) - group.1) * (Double(group.0) - group.1) / group.1 : sum
    }
    return SampleRatioResult(
      users: users, expected: expected, chiSquare: statistic,
      pValue: ChiSquare.upperTail(statistic, degreesOfFreedom: Double(users.count - 1)))
  }
}

extension SampleRatioQuery: Decodable {
  public init(from decoder: any Decoder) throws { try self.init(QueryValue(from: decoder)) }

  package init(_ json: QueryValue) throws(AttributionError) {
    let fields = try json.object(["kind", "users", "weights"])
    (users, weights) = ([], [])
    for count in try fields.required("users").list() { users.append(Int(try count.integer(0...Int64(1 << 53)))) }
    for weight in try fields.required("weights").list() { weights.append(try weight.number()) }
  }
}

public struct SampleRatioResult: Encodable, Sendable, Equatable {
  /// Customers by group, and how many were meant.
  public let users: [Int]
  public let expected: [Double]
  public let chiSquare: Double
  /// How often chance alone strays as far: 1 of no customers.
  public let pValue: Double

  enum CodingKeys: String, CodingKey {
    case users, expected
    case chiSquare = "chi_square"
    case pValue = "p_value"
  }
}
