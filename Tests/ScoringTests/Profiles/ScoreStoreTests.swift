import Foundation
import Scoring
import Testing

/// What holds for every store.
@Suite struct ScoreStoreTests {
  enum Kind: CaseIterable { case memory, mongoDB }

  private func withStore(_ kind: Kind, _ body: (any ScoreStore) async throws -> Void) async throws {
    switch kind {
    case .memory: try await body(MemoryScoreStore())
    case .mongoDB: try await withMongoDB { try await body(MongoScoreStore($0)) }
    }
  }

  private func scores(_ customer: String, churn: Double, version: String = "v1", asOf: Double = 1000) -> CustomerScores
  {
    CustomerScores(
      customerID: customer, scores: PredictedMetrics(churnProbability: churn), modelVersions: ["churn": version],
      asOf: Date(timeIntervalSince1970: asOf), scoredAt: Date(timeIntervalSince1970: asOf + 0.25))
  }

  @Test(arguments: Kind.allCases) func whatIsWrittenIsRead(_ kind: Kind) async throws {
    try await withStore(kind) { store in
      let written = [scores("a", churn: 0.1), scores("b", churn: 1 / 3)]
      #expect(try await store.upsert(written) == ScoreWrites(inserted: 2, updated: 0))
      let lookup = try await store.scores(for: ["a", "b"])
      #expect(lookup.results == written)
      #expect(lookup.missing.isEmpty)
      try await store.ping()
    }
  }

  @Test(arguments: Kind.allCases) func writingAgainUpdates(_ kind: Kind) async throws {
    try await withStore(kind) { store in
      _ = try await store.upsert([scores("a", churn: 0.1)])
      let later = [scores("a", churn: 0.9, version: "v2", asOf: 2000), scores("b", churn: 0.5)]
      #expect(try await store.upsert(later) == ScoreWrites(inserted: 1, updated: 1))
      #expect(try await store.upsert(later) == ScoreWrites(inserted: 0, updated: 2))
      #expect(try await store.scores(for: ["a", "b"]).results == later)
    }
  }

  @Test(arguments: Kind.allCases) func aMetricLeavesTheOthers(_ kind: Kind) async throws {
    try await withStore(kind) { store in
      var value = scores("a", churn: 0.1)
      value.scores = PredictedMetrics(lifetimeValue: 25_000)
      value.modelVersions = ["ltv": "w1"]
      _ = try await store.upsert([value])
      _ = try await store.upsert([scores("a", churn: 0.2)])
      let found = try #require(try await store.scores(for: ["a"]).results.first)
      #expect(found.scores == PredictedMetrics(churnProbability: 0.2, lifetimeValue: 25_000))
      #expect(found.modelVersions == ["churn": "v1", "ltv": "w1"])

      #expect(try await store.withdraw(.churnProbability, from: ["a", "nobody"]) == 1)
      #expect(try await store.withdraw(.churnProbability, from: ["a"]) == 0)
      let left = try #require(try await store.scores(for: ["a"]).results.first)
      #expect(left.scores == PredictedMetrics(lifetimeValue: 25_000))
      #expect(left.modelVersions == ["ltv": "w1"])
    }
  }

  @Test(arguments: Kind.allCases) func answersComeInTheOrderAsked(_ kind: Kind) async throws {
    try await withStore(kind) { store in
      _ = try await store.upsert(["a", "b", "c"].map { scores($0, churn: 0.5) })
      let lookup = try await store.scores(for: ["c", "x", "a", "c", "y", "x"])
      #expect(lookup.results.map(\.customerID) == ["c", "a", "c"])
      #expect(lookup.missing == ["x", "y", "x"])
      #expect(try await store.scores(for: []) == ScoreLookup(results: [], missing: []))
    }
  }

  @Test(arguments: Kind.allCases) func aCustomerWithoutAnyScoreIsMissing(_ kind: Kind) async throws {
    try await withStore(kind) { store in
      _ = try await store.upsert([scores("a", churn: 0.5)])
      _ = try await store.withdraw(.churnProbability, from: ["a"])
      #expect(try await store.scores(for: ["a"]) == ScoreLookup(results: [], missing: ["a"]))
    }
  }

  @Test(arguments: Kind.allCases) func idsAreBytesOfAnyKind(_ kind: Kind) async throws {
    let ids = [
      "গ্রাহক-১", "a/b", "a b", "\"quoted\"", "$where", "a.b", "%2F", "\u{0}", "é", "e\u{301}x", "🛍️",
      String(repeating: "ক", count: 42),
    ]
    try await withStore(kind) { store in
      _ = try await store.upsert(ids.enumerated().map { scores($1, churn: Double($0) / 100) })
      let lookup = try await store.scores(for: ids)
      #expect(lookup.results.map(\.customerID) == ids)
      #expect(lookup.results.map(\.scores.churnProbability) == ids.indices.map { Double($0) / 100 })
    }
  }

  @Test(arguments: Kind.allCases) func aThousandAtOnceAndNotOneMore(_ kind: Kind) async throws {
    try await withStore(kind) { store in
      let ids = (0..<1000).map { "customer \($0)" }
      let writes = try await store.upsert(ids.map { scores($0, churn: 0.5) })
      #expect(writes.inserted == 1000)
      #expect(try await store.scores(for: ids.reversed()).results.map(\.customerID) == ids.reversed())
      let error = await #expect(throws: ScoringError.self) { try await store.scores(for: ids + ["one more"]) }
      #expect(error?.code == .tooMany)
    }
  }
}

@Suite struct CustomerScoresTests {
  @Test func jsonHasTheFieldsOfTheContractAndOnlyWhatExists() throws {
    let scores = CustomerScores(
      customerID: "a", scores: PredictedMetrics(churnProbability: 0.15), modelVersions: ["churn": "v1"],
      asOf: Date(timeIntervalSince1970: 1_743_444_000), scoredAt: Date(timeIntervalSince1970: 1_743_444_000.25))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = try encoder.encode(scores)
    #expect(
      String(decoding: data, as: UTF8.self) == """
        {"as_of":"2025-03-31T18:00:00.000Z","customer_id":"a","model_versions":{"churn":"v1"},\
        "scored_at":"2025-03-31T18:00:00.250Z","scores":{"churn_probability":0.15}}
        """)
    #expect(try JSONDecoder().decode(CustomerScores.self, from: data) == scores)
    let bare = CustomerScores(customerID: "b", scores: PredictedMetrics())
    #expect(
      String(decoding: try encoder.encode(bare), as: UTF8.self)
        == #"{"customer_id":"b","model_versions":{},"scores":{}}"#)
  }

  /// 57.62 seconds lie a little below .620 in doubles, 57.59 below .590.
  @Test(arguments: [620, 590, 1, 999]) func millisecondsAreThoseOfTheDatabase(milliseconds: Int) throws {
    let scores = CustomerScores(
      customerID: "a", scores: PredictedMetrics(),
      scoredAt: Date(timeIntervalSince1970: Double(1_795_438_197_000 + milliseconds) / 1000))
    let text = String(decoding: try JSONEncoder().encode(scores), as: UTF8.self)
    #expect(text.contains(".\(String(1000 + milliseconds).dropFirst())Z"))
  }
}
