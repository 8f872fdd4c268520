import Synchronization

/// Scores in memory, gone with the process: for trials and tests without a database.
public final class MemoryScoreStore: ScoreStore {
  private let profiles: Mutex<[String: CustomerScores]>

  public init(_ scores: [CustomerScores] = []) {
    profiles = Mutex(Dictionary(scores.map { ($0.customerID, $0) }, uniquingKeysWith: { _, later in later }))
  }

  public func upsert(_ scores: [CustomerScores]) -> ScoreWrites {
    profiles.withLock { profiles in
      var writes = ScoreWrites()
      for new in scores {
        guard var profile = profiles[new.customerID] else {
          profiles[new.customerID] = new
          writes.inserted += 1
          continue
        }
        for metric in PredictedMetric.allCases { if let value = new.scores[metric] { profile.scores[metric] = value } }
        profile.modelVersions.merge(new.modelVersions) { _, new in new }
        profile.asOf = new.asOf ?? profile.asOf
        profile.scoredAt = new.scoredAt ?? profile.scoredAt
        profile.profile = new.profile ?? profile.profile
        profiles[new.customerID] = profile
        writes.updated += 1
      }
      return writes
    }
  }

  public func withdraw(_ metric: PredictedMetric, from customers: [String]) -> Int {
    profiles.withLock { profiles in
      var count = 0
      for customer in customers where profiles[customer]?.scores[metric] != nil {
        profiles[customer]?.scores[metric] = nil
        profiles[customer]?.modelVersions[metric.model] = nil
        count += 1
      }
      return count
    }
  }

  public func scores(for customers: [String]) throws -> ScoreLookup {
    try ScoreLookup.check(customers)
    return profiles.withLock { ScoreLookup(customers, found: $0) }
  }

  public func ping() {}
}
