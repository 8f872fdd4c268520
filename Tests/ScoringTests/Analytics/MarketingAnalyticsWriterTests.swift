import Foundation
import Scoring
import Stores
import TestSupport
import Testing

@Suite struct MarketingAnalyticsWriterTests {
  private let eid = "6f0d2f4e-0c5c-4c1e-9a53-2f8f3f6a2b11"
  private let puja = "7f0d2f4e-0c5c-4c1e-9a53-2f8f3f6a2b11"

  private func writes(inserted: Int = 0, updated: Int = 0, unchanged: Int = 0) -> AnalyticsWrites {
    var writes = AnalyticsWrites()
    writes.inserted = inserted
    writes.updated = updated
    writes.unchanged = unchanged
    return writes
  }

  @Test func rowsAreInsertedThenUpdatedThenLeftAlone() async throws {
    try await withAnalytics { url in
      let writer = MarketingAnalyticsWriter(url: url)
      try await writer.check()
      var rows = [
        AnalyticsRow(.campaign, eid, day: 0, metrics: ["sent": .count(2), "revenue": .number(12.5)]),
        AnalyticsRow(.campaign, eid, day: 19_999, metrics: ["linear": .object(["conversions": .number(1 / 3)])]),
        AnalyticsRow(.emailCampaign, eid, day: 0, metrics: ["sent": .count(1)]),
      ]
      #expect(try await writer.write(rows) == writes(inserted: 3))
      let first = try analyticsRows(url)
      #expect(
        first == [
          "campaign \(eid) 1970-01-01 {\"sent\": 2, \"revenue\": 12.5}",
          "campaign \(eid) 2024-10-03 {\"linear\": {\"conversions\": 0.3333333333333333}}",
          "email_campaign \(eid) 1970-01-01 {\"sent\": 1}",
        ])
      #expect(try await writer.write(rows) == writes(unchanged: 3))
      #expect(try analyticsRows(url) == first)

      rows[0].metrics["sent"] = .count(3)
      rows.append(AnalyticsRow(.campaign, puja, day: 0, metrics: ["sent": .count(1)]))
      #expect(try await writer.write(rows) == writes(inserted: 1, updated: 1, unchanged: 2))
      #expect(try analyticsRows(url).first == "campaign \(eid) 1970-01-01 {\"sent\": 3, \"revenue\": 12.5}")
    }
  }

  @Test func keysOfOtherJobsStay() async throws {
    try await withAnalytics { url in
      try PostgreSQL(url: url).execute(
        "INSERT INTO marketing_analytics (entity_type, entity_id, date, metrics) VALUES ('campaign', $1, $2, $3)",
        [.text(eid), "1970-01-01", #"{"sent": 1, "roi": 2.5, "attribution": {"old": 1}}"#])
      let row = AnalyticsRow(.campaign, eid, day: 0, metrics: ["sent": .count(4), "attribution": .object([:])])
      #expect(try await MarketingAnalyticsWriter(url: url).write([row]) == writes(updated: 1))
      #expect(
        try analyticsRows(url) == ["campaign \(eid) 1970-01-01 {\"roi\": 2.5, \"sent\": 4, \"attribution\": {}}"])
    }
  }

  @Test func entitiesThatAreNoUUIDsAreSkippedAndCounted() async throws {
    try await withAnalytics { url in
      let rows = [
        AnalyticsRow(.campaign, "eid-2025", day: 0, metrics: ["sent": .count(1)]),
        AnalyticsRow(.campaign, "eid-2025", day: 1, metrics: ["sent": .count(1)]),
        AnalyticsRow(.campaign, "", day: 0, metrics: [:]),
        AnalyticsRow(.campaign, eid, day: 0, metrics: ["sent": .count(1)]),
      ]
      var expected = writes(inserted: 1)
      expected.skippedRows = 3
      expected.skippedEntities = 2
      let done = try await MarketingAnalyticsWriter(url: url).write(rows)
      #expect(done == expected)
      #expect(try analyticsRows(url).count == 1)
    }
  }

  @Test func rowsOfOneEntityAndDayAreMergedFirst() async throws {
    try await withAnalytics { url in
      let rows = [
        AnalyticsRow(.campaign, eid, day: 0, metrics: ["sent": .count(1), "opened": .count(1)]),
        AnalyticsRow(.campaign, eid.uppercased(), day: 0, metrics: ["sent": .count(2)]),
      ]
      let done = try await MarketingAnalyticsWriter(url: url).write(rows)
      #expect(done == writes(inserted: 1))
      #expect(try analyticsRows(url) == ["campaign \(eid) 1970-01-01 {\"sent\": 2, \"opened\": 1}"])
    }
  }

  @Test func nothingToWriteAsksNobody() async throws {
    let writer = MarketingAnalyticsWriter(url: "postgresql://nobody@127.0.0.1:1/nowhere")
    #expect(try await writer.write([]) == AnalyticsWrites())
  }

  @Test func aMissingTableIsNamedWithItsRemedy() async throws {
    let name = TestServers.freshName("scoring_tests")
    try PostgreSQL(url: try TestServers.postgresURL).execute("CREATE DATABASE \(name)")
    defer { _ = try? PostgreSQL(url: try TestServers.postgresURL).execute("DROP DATABASE \(name) WITH (FORCE)") }
    let writer = MarketingAnalyticsWriter(url: try TestServers.postgresURL(database: name))
    let error = await #expect(throws: StoreError.self) { try await writer.check() }
    #expect(error?.message.contains("marketing_analytics") == true)
    #expect(error?.message.contains("migrate") == true)
  }

  @Test func aRowThatTheDatabaseRefusesLeavesNothingBehind() async throws {
    try await withAnalytics { url in
      try PostgreSQL(url: url).execute(
        "ALTER TABLE marketing_analytics ADD CONSTRAINT few CHECK (NOT metrics ? 'forbidden')")
      let rows = [
        AnalyticsRow(.campaign, eid, day: 0, metrics: ["sent": .count(1)]),
        AnalyticsRow(.campaign, eid, day: 1, metrics: ["forbidden": .count(1)]),
      ]
      await #expect(throws: StoreError.self) { try await MarketingAnalyticsWriter(url: url).write(rows) }
      #expect(try analyticsRows(url).isEmpty)
    }
  }
}
