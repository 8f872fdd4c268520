import Attribution
import Scoring
import Stores
import TestSupport
import Testing

@Suite struct AttributionMetricsTests {
  private let eid = "6f0d2f4e-0c5c-4c1e-9a53-2f8f3f6a2b11"
  private let puja = "7f0d2f4e-0c5c-4c1e-9a53-2f8f3f6a2b11"

  @Test func aCampaignsCreditsStandUnderTheirOwnKey() async throws {
    let directory = try TemporaryDirectory()
    let file = try directory.file(
      "paths.csv", "path,total_conversions,total_conversion_value\n\(eid) > \(puja),4,100\nwelcome,1,5\n")
    let results = try await PathFile(file).attribute([.last, .linear]).results
    try await withAnalytics { url in
      try PostgreSQL(url: url).execute(
        "INSERT INTO marketing_analytics (entity_type, entity_id, date, metrics) VALUES ('campaign', $1, $2, $3)",
        [.text(eid), "1970-01-02", #"{"sent": 1, "attribution": {"first": 2}}"#])
      let writer = MarketingAnalyticsWriter(url: url)
      let writes = try await writer.write(AttributionMetrics.rows(results, day: 1))
      // A campaign whose id is no UUID has no row.
      #expect(writes.inserted == 1 && writes.updated == 1 && writes.skippedRows == 1)
      let rows = try analyticsRows(url)
      let linear = #""linear": {"share": 0.4, "revenue": 50, "conversions": 2}"#
      #expect(
        rows == [
          "campaign \(eid) 1970-01-02 {\"sent\": 1, \"attribution\": {\"first\": 2}, \"attribution_models\": "
            + "{\"last\": {\"share\": 0, \"revenue\": 0, \"conversions\": 0}, \(linear)}}",
          "campaign \(puja) 1970-01-02 {\"attribution_models\": "
            + "{\"last\": {\"share\": 0.8, \"revenue\": 100, \"conversions\": 4}, \(linear)}}",
        ])
      #expect(try await writer.write(AttributionMetrics.rows(results, day: 1)).unchanged == 2)
    }
  }

  @Test func spendingIsReadFromTheCampaigns() async throws {
    try await withAnalytics { url in
      try PostgreSQL(url: url).execute("CREATE TABLE marketing_campaigns (id uuid, spent_amount decimal(12,2))")
      try PostgreSQL(url: url).execute(
        "INSERT INTO marketing_campaigns VALUES ($1, 1250.75), ($2, NULL)", [.text(eid), .text(puja)])
      // What is not known is not 0.
      #expect(try await CampaignSpending(url: url).read() == [eid: 1250.75])
    }
  }
}
