/// Where the scores of customers are kept: MongoDB in production, memory for trials and tests.
public protocol ScoreStore: Sendable {
  /// Writes the metrics and the parts of the profile that are there and leaves every other field of a profile as it
  /// is. May be repeated.
  /// - Throws: when it is unknown what was written; the batch can be sent again.
  func upsert(_ scores: [CustomerScores]) async throws -> ScoreWrites

  /// Takes a metric out of the profiles that have it: of customers for whom the model no longer has an answer.
  /// - Returns: how many had it.
  func withdraw(_ metric: PredictedMetric, from customers: [String]) async throws -> Int

  /// The scores of up to `ScoreLookup.limit` customers; one question to the database.
  func scores(for customers: [String]) async throws -> ScoreLookup

  /// Whether the store answers.
  func ping() async throws
}

/// What a batch of writes did.
public struct ScoreWrites: Sendable, Equatable {
  public var inserted = 0
  public var updated = 0
  /// Profiles that the store refused, for instance because a field on the way is no object.
  public var refused = 0
  /// Why, of the first.
  public var refusal: String?

  public init(inserted: Int = 0, updated: Int = 0) {
    self.inserted = inserted
    self.updated = updated
  }

  public static func += (total: inout ScoreWrites, other: ScoreWrites) {
    total.inserted += other.inserted
    total.updated += other.updated
    total.refused += other.refused
    total.refusal = total.refusal ?? other.refusal
  }
}

/// The answer to a look-up: `{"missing":[…],"results":[…]}`.
public struct ScoreLookup: Codable, Sendable, Equatable {
  /// Customers of one look-up.
  public static let limit = 1000

  /// In the order asked; a customer asked for twice is there twice.
  public var results: [CustomerScores]
  /// Customers without any score, in the order asked.
  public var missing: [String]

  public init(results: [CustomerScores], missing: [String]) {
    self.results = results
    self.missing = missing
  }

  /// Puts what was found, in whatever order, into the order asked.
  init(_ customers: [String], found: [String: CustomerScores]) {
    results = []
    missing = []
    for customer in customers {
      if let scores = found[customer], !scores.scores.isEmpty {
        results.append(scores)
      } else {
        missing.append(customer)
      }
    }
  }

  static func check(_ customers: [String]) throws(ScoringError) {
    guard customers.count <= limit else {
      throw ScoringError(
        .tooMany, "look-up of \(customers.count) customers: at most \(limit) at once; ask in several parts")
    }
  }
}
