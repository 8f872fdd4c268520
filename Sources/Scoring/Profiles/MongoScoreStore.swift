import Foundation
import Stores

/// Scores in the collection `personalization_profiles`, shaped as in section 2.2 of the service document.
///
/// Ours are `profile_data.predicted_metrics.*`, the fields of `CustomerProfile` in `profile_data` and, in a field
/// `scoring` of our own, `model_versions`, `as_of` and `scored_at`; `last_updated` is set with them. Nothing else of a
/// profile is touched. `MongoIndexes` has the unique
/// index by which profiles are found and kept one for each customer.
public struct MongoScoreStore: ScoreStore {
  public static let collectionName = "personalization_profiles"

  private let database: MongoDB
  private let collection: MongoCollection
  private let queue: BlockingQueue
  /// Of its own, so that the question whether the store answers does not wait behind look-ups.
  private let pings = BlockingQueue("scores-ping")

  /// - Parameter threads: how many calls may wait for the database at once.
  public init(_ database: MongoDB, threads: Int = 1) {
    self.database = database
    collection = database.collection(Self.collectionName)
    queue = BlockingQueue("scores", threads: threads)
  }

  public func upsert(_ scores: [CustomerScores]) async throws -> ScoreWrites {
    var batch = BulkWrite()
    for score in scores {
      batch.update(Self.filter(score.customerID), Self.operators(score), upsert: true)
    }
    var writes = ScoreWrites()
    var result = try await write(batch)
    // Somebody else created the profile between our look and our write: now it is there.
    let again = result.failures.filter { $0.error.code == .duplicate }.map(\.index)
    if !again.isEmpty {
      var second = BulkWrite()
      for index in again {
        second.update(Self.filter(scores[index].customerID), Self.operators(scores[index]), upsert: true)
      }
      let repeated = try await write(second)
      writes.inserted += repeated.upserted.count
      writes.updated += repeated.matched
      result.failures.removeAll { $0.error.code == .duplicate }
      result.failures += repeated.failures
    }
    writes.inserted += result.upserted.count
    writes.updated += result.matched
    writes.refused = result.failures.count
    writes.refusal = result.failures.first?.error.message
    return writes
  }

  public func withdraw(_ metric: PredictedMetric, from customers: [String]) async throws -> Int {
    // Few have it: one question finds them, where an update for each customer would take as long as scoring him.
    let holders = try await holders(of: metric, among: customers)
    let operators = BSONDocument {
      $0.document("$unset") {
        $0.append(Field.metric(metric), "")
        $0.append(Field.modelVersion(metric.model), "")
      }
      $0.document("$set") { $0.append(Field.lastUpdated, BSONDate(Date())) }
    }
    var batch = BulkWrite()
    for customer in holders { batch.update(Self.filter(customer), operators) }
    return try await write(batch).matched
  }

  private func holders(of metric: PredictedMetric, among customers: [String]) async throws -> [String] {
    guard !customers.isEmpty else { return [] }
    let filter = BSONDocument { filter in
      Self.anyOf(customers, in: &filter)
      filter.document(Field.metric(metric)) { $0.append("$exists", true) }
    }
    let collection = collection
    return try await queue.run {
      var cursor = collection.find(filter, projection: Self.projection, batchSize: ScoreLookup.limit)
      var holders: [String] = []
      while var document = try cursor.next() {
        if let customer = try Self.decode(&document)?.customerID { holders.append(customer) }
      }
      return holders
    }
  }

  public func scores(for customers: [String]) async throws -> ScoreLookup {
    try ScoreLookup.check(customers)
    guard !customers.isEmpty else { return ScoreLookup(results: [], missing: []) }
    let collection = collection
    let wanted = Set(customers)
    let found = try await queue.run {
      let filter = BSONDocument { Self.anyOf(wanted, in: &$0) }
      var cursor = collection.find(filter, projection: Self.projection, batchSize: ScoreLookup.limit)
      var found: [String: CustomerScores] = Dictionary(minimumCapacity: wanted.count)
      while var document = try cursor.next() {
        if let scores = try Self.decode(&document) { found[scores.customerID] = scores }
      }
      return found
    }
    return ScoreLookup(customers, found: found)
  }

  public func ping() async throws {
    let database = database
    try await pings.run { try database.ping() }
  }

  private func write(_ batch: BulkWrite) async throws -> BulkResult {
    let collection = collection
    return try await queue.run { try collection.write(batch) }
  }
}

/// The names of the fields, as paths of operators and projections.
enum Field {
  static let customerID = "customer_id"
  static let lastUpdated = "last_updated"
  static let asOf = "scoring.as_of"
  static let scoredAt = "scoring.scored_at"

  static func metric(_ metric: PredictedMetric) -> String { "profile_data.predicted_metrics.\(metric.rawValue)" }
  static func modelVersion(_ model: String) -> String { "scoring.model_versions.\(model)" }
}
