import Foundation
import Journeys
import Models
import Scoring
import Stores
import Synchronization
import TestSupport
import Testing

@Suite struct ScoringRunTests {
  private func run(
    _ shop: Shop, _ scores: any ScoreStore, _ url: String, asOf: Int64 = Shop.asOf,
    report: @escaping ScoringRun.Report = { _, _, _ in }
  ) async throws -> ScoringSummary {
    let run = ScoringRun(
      store: shop.store, registry: shop.registry, scores: scores, analytics: MarketingAnalyticsWriter(url: url))
    return try await run.run(asOf: asOf, calendar: try ZonedCalendar("Asia/Dhaka"), report: report)
  }

  @Test func everyBuyerGetsTheChampionsProbabilityAndNobodyElse() async throws {
    let shop = try Shop([Shop.event("visitor", 0, "page_view"), Shop.event("late", 121 * Shop.day, "purchase")])
    let version = try await shop.promoteModel()
    try await withAnalytics { url in
      try await withMongoDB { database in
        let store = MongoScoreStore(database)
        let before = Date()
        let summary = try await run(shop, store, url)
        #expect(summary.modelVersions == ["churn": version])
        // The visitor has no score, but a profile.
        #expect(summary.profiles == ScoreWrites(inserted: 301, updated: 0))
        #expect(summary.unscored == 2)
        #expect(summary.withdrawn == 0)

        let profiles = database.collection("personalization_profiles")
        let visitor = BSONDocument { filter in
          filter.append("customer_id", "visitor")
          filter.array("profile_data.behavior_data.active_hours") {
            for hour in ["05:00", "08:00"] { $0.append(hour) }
          }
        }
        let buyers = BSONDocument { $0.append("profile_data.behavior_data.avg_order_value", 100.0) }
        #expect(try profiles.count(visitor) == 1)
        #expect(try profiles.count(buyers) == 300)

        let customers = (0..<shop.store.customerCount).map(shop.store.customerID)
        let lookup = try await store.scores(for: customers)
        #expect(lookup.missing == ["late", "visitor"])
        let model = try shop.registry.load(TaskModel.self, task: "churn", version: version)
        let predicted = try await model.predict(store: shop.store, asOf: Shop.asOf).values
        #expect(lookup.results.map(\.scores.churnProbability) == predicted.filter { !$0.isNaN })
        for scores in lookup.results {
          #expect(scores.modelVersions == ["churn": version])
          #expect(scores.asOf == Date(timeIntervalSince1970: Double(Shop.asOf) / 1e6))
          #expect(try #require(scores.scoredAt) >= before.addingTimeInterval(-0.001))
        }
      }
    }
  }

  /// Every task that has a champion writes its metric, of those whom it is for; the others are said to be missing.
  @Test func allChampionsScoreWhomTheyAreFor() async throws {
    let shop = try Shop([Shop.event("visitor", 0, "page_view"), Shop.event("late", 121 * Shop.day, "purchase")])
    var versions: [String: String] = [:]
    try await withAnalytics { url in
      let store = MemoryScoreStore()
      for task in PredictionTask.allCases {
        versions[task.name] = try await shop.promoteModel(task)
        let summary = try await run(shop, store, url)
        #expect(summary.modelVersions == versions)
        #expect(summary.warnings.count == PredictedMetric.allCases.count - versions.count)
        // A visitor may buy one day, but has no purchases to stop.
        #expect(summary.unscored == (versions["next-purchase"] == nil ? 2 : 1))
      }
      let customers = (0..<shop.store.customerCount).map(shop.store.customerID)
      let lookup = try store.scores(for: customers)
      #expect(lookup.missing == ["late"])
      for result in lookup.results {
        let isVisitor = result.customerID == "visitor"
        #expect(result.modelVersions == (isVisitor ? versions.filter { $0.key == "next-purchase" } : versions))
        #expect((result.scores.churnProbability == nil) == isVisitor)
        #expect((result.scores.lifetimeValue == nil) == isVisitor)
        let next = try #require(result.scores.nextPurchaseProbability)
        #expect((0...1).contains(next))
        if let value = result.scores.lifetimeValue { #expect(value >= 0 && value.isFinite) }
      }
    }
  }

  @Test func aSecondRunEndsWhereTheFirstDid() async throws {
    let shop = try Shop([
      Shop.event("buyer 1", 0, "email_sent", #","channel":"email","campaign_id":"\#(Shop.eid)""#)
    ])
    _ = try await shop.promoteModel()
    try await withAnalytics { url in
      let store = MemoryScoreStore()
      let first = try await run(shop, store, url)
      #expect(first.analytics.inserted == 1)
      let second = try await run(shop, store, url)
      #expect(second.profiles == ScoreWrites(inserted: 0, updated: 300))
      #expect(second.analytics.unchanged == 1)
      #expect(second.analytics.inserted + second.analytics.updated == 0)
    }
  }

  @Test func whoIsNoLongerScoredLosesTheOldScore() async throws {
    let shop = try Shop()
    _ = try await shop.promoteModel()
    try await withAnalytics { url in
      let store = MemoryScoreStore()
      _ = try await run(shop, store, url)
      // As of the first second nobody has bought yet.
      let summary = try await run(shop, store, url, asOf: Int64(Shop.start) * 1_000_000)
      #expect(summary.unscored == 300)
      #expect(summary.withdrawn == 300)
      #expect(try store.scores(for: ["buyer 1"]).missing == ["buyer 1"])
    }
  }

  @Test func aStoreThatEndsLongBeforeIsNotScored() async throws {
    let shop = try Shop()
    _ = try await shop.promoteModel()
    try await withAnalytics { url in
      let store = MemoryScoreStore()
      await #expect { try await run(shop, store, url, asOf: Shop.asOf + Int64(40 * Shop.day) * 1_000_000) } throws: {
        ($0 as? ScoringError)?.code == .staleStore
      }
      let rows = try analyticsRows(url)
      #expect(rows.isEmpty)
    }
  }

  @Test func campaignDaysHaveOurKeys() async throws {
    let named = #","channel":"email","campaign_id":"\#(Shop.eid)""#
    let upper = named.replacing(Shop.eid, with: Shop.eid.uppercased())
    let shop = try Shop([
      // 2025-01-02 in Dhaka begins at 18:00 UTC of the first.
      Shop.event("a", 19 * 3600, "email_sent", named + #","event_data":{"cost":0.25}"#),
      Shop.event("a", 20 * 3600, "email_opened", named),
      Shop.event("a", 21 * 3600, "email_clicked", upper),
      Shop.event("a", 22 * 3600, "purchase", named + #","event_data":{"amount":99.5}"#),
      Shop.event("a", 119 * Shop.day, "email_sent", #","channel":"email","campaign_id":"no-uuid""#),
      Shop.event("a", 121 * Shop.day, "email_sent", named),
    ])
    _ = try await shop.promoteModel()
    try await withAnalytics { url in
      let summary = try await run(shop, MemoryScoreStore(), url)
      #expect(summary.analytics.inserted == 1)
      #expect(summary.analytics.skippedRows == 1)
      #expect(summary.analytics.skippedEntities == 1)
      let row = try #require(try analyticsRows(url).first)
      let prefix = "campaign \(Shop.eid) 2025-01-02 "
      #expect(row.hasPrefix(prefix))
      struct Metrics: Decodable, Equatable {
        struct Credit: Decodable, Equatable { var conversions: Double, revenue: Double }
        var sent, delivered, opened, clicked, bounced, unsubscribed, recipients, conversions: Int
        var revenue, cost: Double
        var attribution: [String: Credit]
      }
      let metrics = try JSONDecoder().decode(Metrics.self, from: Data(row.dropFirst(prefix.count).utf8))
      let all = Metrics.Credit(conversions: 1, revenue: 99.5)
      #expect(
        metrics
          == Metrics(
            sent: 1, delivered: 0, opened: 1, clicked: 1, bounced: 0, unsubscribed: 0, recipients: 1, conversions: 1,
            revenue: 99.5, cost: 0.25, attribution: ["first": all, "last": all, "linear": all]))
    }
  }

  @Test func withoutAChampionNothingIsWrittenAndTheRemedyIsSaid() async throws {
    let shop = try Shop()
    try await withAnalytics { url in
      let store = MemoryScoreStore()
      let error = await #expect(throws: ScoringError.self) { try await run(shop, store, url) }
      #expect(error?.code == .noChampion)
      #expect(error?.message.contains("train churn") == true)
      #expect(error?.message.contains("models promote") == true)
      let lookup = try store.scores(for: ["buyer 1"])
      #expect(lookup.missing == ["buyer 1"])
    }
  }

  @Test func withoutPostgreSQLNothingIsBegun() async throws {
    let shop = try Shop()
    _ = try await shop.promoteModel()
    let store = MemoryScoreStore()
    await #expect(throws: StoreError.self) { try await run(shop, store, "postgresql://nobody@127.0.0.1:1/nowhere") }
    #expect(try store.scores(for: ["buyer 1"]).missing == ["buyer 1"])
  }

  @Test func aRunThatIsStoppedCanBeRepeated() async throws {
    struct Stopped: Error {}
    // More customers than one batch takes.
    let shop = try Shop((0..<1500).map { Shop.event("further \($0)", 60 * Shop.day, "purchase") })
    _ = try await shop.promoteModel()
    try await withAnalytics { url in
      let store = MemoryScoreStore()
      await #expect(throws: Stopped.self) {
        try await run(shop, store, url) { step, done, _ in if step == .profiles, done > 0 { throw Stopped() } }
      }
      let steps = Mutex<[Int]>([])
      let summary = try await run(shop, store, url) { step, done, total in
        #expect(total == 1800 || step == .campaigns)
        if step == .profiles { steps.withLock { $0.append(done) } }
      }
      #expect(summary.profiles.inserted + summary.profiles.updated == 1800)
      #expect(summary.profiles.updated >= 800)
      let done = steps.withLock { $0 }
      #expect(done.first == 0 && done.last == 1800 && done == done.sorted())
    }
  }
}
