import Foundation
import Models
import Scoring
import Stores
import TestSupport
import Testing

/// What the documents of MongoDB look like.
@Suite struct MongoScoreStoreTests {
  private let asOf = Date(timeIntervalSince1970: 1_743_444_000)
  private let scoredAt = Date(timeIntervalSince1970: 1_743_500_000.125)

  private func scores(_ customer: String) -> CustomerScores {
    CustomerScores(
      customerID: customer, scores: PredictedMetrics(churnProbability: 0.15), modelVersions: ["churn": "v1"],
      asOf: asOf,
      scoredAt: scoredAt)
  }

  @Test func aNewProfileHasTheShapeOfTheServiceDocument() async throws {
    try await withMongoDB { database in
      _ = try await MongoScoreStore(database).upsert([scores("a")])
      let profiles = database.collection("personalization_profiles")
      let expected = BSONDocument { filter in
        filter.append("customer_id", "a")
        filter.append("profile_data.predicted_metrics.churn_probability", 0.15)
        filter.append("last_updated", BSONDate(milliseconds: 1_743_500_000_125))
        filter.append("scoring.model_versions.churn", "v1")
        filter.append("scoring.as_of", BSONDate(milliseconds: 1_743_444_000_000))
        filter.append("scoring.scored_at", BSONDate(milliseconds: 1_743_500_000_125))
      }
      #expect(try profiles.count(expected) == 1)
    }
  }

  /// Every part that is known is set under the name of the service document; what is not known stays as it was.
  @Test func theProfileIsWrittenBesideWhatOthersWrote() async throws {
    try await withMongoDB { database in
      let profiles = database.collection("personalization_profiles")
      var batch = BulkWrite()
      batch.insert(
        BSONDocument { profile in
          profile.append("customer_id", "a")
          profile.document("profile_data") { data in
            data.document("preferences") { preferences in
              preferences.append("language", "bn")
              preferences.array("brands") { $0.append("samsung") }
              preferences.array("categories") { $0.append("old") }
            }
            data.document("engagement_scores") { $0.append("whatsapp", 0.75) }
          }
        })
      _ = try profiles.write(batch)
      let known = try JSONDecoder().decode(
        CustomerProfile.self,
        from: Data(
          """
          {"preferences": {"categories": ["electronics", "fashion"], "price_range": {"min": 1000, "max": 50000},
             "communication_frequency": "weekly"},
           "behavior_data": {"avg_order_value": 3500, "purchase_frequency": "monthly",
             "preferred_channels": ["email", "sms"], "active_hours": ["19:00", "22:00"], "device_preference": "mobile"},
           "engagement_scores": {"email": 0.75, "sms": 0.85, "push": 0.45, "social": 0.65}}
          """.utf8))
      let score = CustomerScores(customerID: "a", scores: PredictedMetrics(), profile: known)
      #expect(try await MongoScoreStore(database).upsert([score]) == ScoreWrites(inserted: 0, updated: 1))
      let data = "profile_data"
      let expected = BSONDocument { filter in
        func append(_ path: String, _ names: [String]) {
          filter.array("\(data).\(path)") { for name in names { $0.append(name) } }
        }
        append("preferences.categories", ["electronics", "fashion"])
        append("preferences.brands", ["samsung"])
        filter.append("\(data).preferences.language", "bn")
        filter.document("\(data).preferences.price_range") {
          $0.append("min", 1000.0)
          $0.append("max", 50_000.0)
        }
        filter.append("\(data).preferences.communication_frequency", "weekly")
        filter.append("\(data).behavior_data.avg_order_value", 3500.0)
        filter.append("\(data).behavior_data.purchase_frequency", "monthly")
        append("behavior_data.preferred_channels", ["email", "sms"])
        append("behavior_data.active_hours", ["19:00", "22:00"])
        filter.append("\(data).behavior_data.device_preference", "mobile")
        for (channel, score) in [("email", 0.75), ("sms", 0.85), ("push", 0.45), ("social", 0.65), ("whatsapp", 0.75)] {
          filter.append("\(data).engagement_scores.\(channel)", score)
        }
      }
      #expect(try profiles.count(expected) == 1)
    }
  }

  @Test func otherFieldsOfAProfileStayAsTheyAre() async throws {
    try await withMongoDB { database in
      let profiles = database.collection("personalization_profiles")
      var batch = BulkWrite()
      batch.insert(
        BSONDocument { profile in
          profile.append("customer_id", "a")
          profile.document("profile_data") { data in
            data.document("preferences") { preferences in
              preferences.array("brands") { $0.append("samsung") }
            }
            data.document("engagement_scores") { $0.append("email", 0.75) }
            data.document("predicted_metrics") { metrics in
              metrics.append("next_purchase_probability", 0.68)
              metrics.append("churn_probability", 0.99)
              metrics.append("of_another_job", 7)
            }
          }
          profile.append("notes", "of another program")
        })
      _ = try profiles.write(batch)

      #expect(try await MongoScoreStore(database).upsert([scores("a")]) == ScoreWrites(inserted: 0, updated: 1))
      let expected = BSONDocument { filter in
        filter.append("profile_data.preferences.brands", "samsung")
        filter.append("profile_data.engagement_scores.email", 0.75)
        filter.append("profile_data.predicted_metrics.next_purchase_probability", 0.68)
        filter.append("profile_data.predicted_metrics.churn_probability", 0.15)
        filter.append("profile_data.predicted_metrics.of_another_job", 7)
        filter.append("notes", "of another program")
      }
      #expect(try profiles.count(expected) == 1)
      #expect(try profiles.count() == 1)
      let found = try await MongoScoreStore(database).scores(for: ["a"]).results
      #expect(found.map(\.scores) == [PredictedMetrics(churnProbability: 0.15, nextPurchaseProbability: 0.68)])
    }
  }

  @Test func profilesOfOthersWithoutOurFieldsAreRead() async throws {
    try await withMongoDB { database in
      var batch = BulkWrite()
      batch.insert(
        BSONDocument { profile in
          profile.append("customer_id", "whole number")
          profile.document("profile_data") { data in
            data.document("predicted_metrics") { $0.append("lifetime_value", Int32(25_000)) }
          }
        })
      batch.insert(
        BSONDocument { profile in
          profile.append("customer_id", "another shape")
          profile.append("profile_data", "none")
          profile.append("scoring", 3)
        })
      _ = try database.collection("personalization_profiles").write(batch)
      let lookup = try await MongoScoreStore(database).scores(for: ["whole number", "another shape"])
      #expect(
        lookup.results == [CustomerScores(customerID: "whole number", scores: PredictedMetrics(lifetimeValue: 25_000))])
      #expect(lookup.missing == ["another shape"])
    }
  }

  @Test func aProfileThatCannotTakeAScoreIsCountedAndTheOthersAreWritten() async throws {
    try await withMongoDB { database in
      var batch = BulkWrite()
      batch.insert(
        BSONDocument { profile in
          profile.append("customer_id", "odd")
          profile.append("profile_data", "secret value")
        })
      _ = try database.collection("personalization_profiles").write(batch)
      let writes = try await MongoScoreStore(database).upsert([scores("odd"), scores("a")])
      #expect(writes.inserted == 1)
      #expect(writes.refused == 1)
      let refusal = try #require(writes.refusal)
      #expect(!refusal.contains("secret value"))
      #expect(try await MongoScoreStore(database).scores(for: ["odd", "a"]).missing == ["odd"])
    }
  }

  @Test func twoWritersAtOnceMakeOneProfileEach() async throws {
    try await withMongoDB { database in
      let store = MongoScoreStore(database, threads: 4)
      let ids = (0..<200).map { "customer \($0)" }
      let batch = ids.map(scores)
      try await withThrowingTaskGroup(of: ScoreWrites.self) { group in
        for _ in 0..<4 { group.addTask { try await store.upsert(batch) } }
        var total = ScoreWrites()
        for try await writes in group { total += writes }
        #expect(total == ScoreWrites(inserted: 200, updated: 600))
      }
      #expect(try database.collection("personalization_profiles").count() == 200)
    }
  }

  @Test func aStoreThatIsAwayIsSaidToBeAway() async throws {
    // Nobody listens on port 1.
    let database = try MongoDB(
      uri: "mongodb://127.0.0.1:1", database: "marketing", serverSelectionTimeout: .milliseconds(50))
    let store = MongoScoreStore(database)
    for call in [{ _ = try await store.scores(for: ["a"]) }, { try await store.ping() }] as [() async throws -> Void] {
      let error = await #expect(throws: StoreError.self) { try await call() }
      #expect(error?.code == .unavailable)
      #expect(error?.isRetriable == true)
    }
  }
}
