import Foundation
import Stores
import TestSupport
import Testing

/// The real-time document, the nightly figures and their rows in PostgreSQL, of the same events, with real servers.
@Suite struct CampaignAgreementTests {
  private let databases: Databases
  private let program: Program

  init() throws {
    databases = try Databases()
    var program = try Program()
    program.environment = databases.environment
    self.program = program
  }

  /// Which figure the real-time document's rate of a metric is.
  private static let rates = [
    "delivered": "delivery_rate", "bounced": "bounce_rate", "opened": "open_rate", "clicked": "click_rate",
    "unsubscribed": "unsubscribe_rate", "conversions": "conversion_rate",
  ]

  /// `campaign day metric` → value, and the same with ` rate`, of what is not zero.
  private typealias Figures = [String: Double]

  private func realTime() throws -> Figures {
    var figures: Figures = [:]
    let database = try MongoDB(
      uri: databases.environment["ANALYTICS_MONGODB_URI"] ?? "",
      database: databases.environment["ANALYTICS_MONGODB_DATABASE"] ?? "")
    var campaigns = database.collection("campaign_performance").find()
    while var fields = try campaigns.next() {
      var (campaign, days): (String, Figures) = ("", [:])
      while let field = try fields.next() {
        if field.hasKey("campaign_id") { campaign = field.string ?? "" }
        guard field.hasKey("performance_timeline"), var entries = try field.nested() else { continue }
        while let entry = try entries.next() {
          guard var parts = try entry.nested() else { continue }
          var (metric, day, value, rate): (String, String, Double?, Double?) = ("", "", nil, nil)
          while let part = try parts.next() {
            if part.hasKey("metric") { metric = part.string ?? "" }
            if part.hasKey("value") { value = part.double }
            if part.hasKey("rate") { rate = part.double }
            if let date = part.date { day = Self.day(date.milliseconds) }
          }
          days["\(day) \(metric)"] = value
          if let rate { days["\(day) \(metric) rate"] = rate }
        }
      }
      for (key, value) in days { figures["\(campaign) \(key)"] = value }
    }
    return figures
  }

  /// Dhaka is six hours ahead, all year.
  private static func day(_ milliseconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(milliseconds) / 1000 + 6 * 3600).formatted(.iso8601.year().month().day())
  }

  /// But for the last bits of a rate, which Foundation's `JSONSerialization` does not read as they were written.
  private func expectSame(_ a: Figures, _ b: Figures) {
    let differences = Set(a.keys).union(b.keys).sorted().compactMap { key -> String? in
      guard let one = a[key], let other = b[key] else { return "\(key) is missing once" }
      return abs(one - other) <= 1e-14 * abs(one) ? nil : "\(key): \(one), \(other)"
    }
    #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(10))")
  }

  private func nightly() throws -> Figures {
    let run = try program.run("snapshot", "--output", "journeys")
    #expect(run.status == 0, "\(run.errors)")
    var figures: Figures = [:]
    let answer = try program.run("campaigns", "--journeys", "journeys", "--daily").json()
    for row in try #require(answer["rows"] as? [[String: Any]]) {
      let key = "\(row["id"] as? String ?? "") \(row["date"] as? String ?? "")"
      for metric in ["sent", "revenue"] + Self.rates.keys {
        guard let value = row[metric] as? Double, value != 0 else { continue }
        figures["\(key) \(metric)"] = value
        // Of impressions, which set the rate of clicks on advertisements, the real-time document knows nothing.
        if metric == "clicked", row["sent"] as? Int ?? 0 == 0 { continue }
        if let name = Self.rates[metric], let rate = row[name] as? Double { figures["\(key) \(metric) rate"] = rate }
      }
    }
    return figures
  }

  @Test func theRealTimeDocumentAndTheNightlyFigureAgreeForClosedDaysAlsoAfterLateEvents() throws {
    #expect(try program.run("migrate", "--local").status == 0)
    #expect(
      try program.run("generate", "--customers", "300", "--days", "20", "--seed", "3", "--output", "all.jsonl").status
        == 0)
    let file = program.folder.url.appending(path: "all.jsonl")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
    // Every ninth comes late; some of the others come twice.
    let late = lines.enumerated().filter { $0.offset % 9 == 4 }.map(\.element)
    let punctual = lines.enumerated().filter { $0.offset % 9 != 4 }.map(\.element)
    _ = try program.folder.file("first.jsonl", (punctual + punctual.prefix(500)).joined(separator: "\n"))
    _ = try program.folder.file("late.jsonl", (late + punctual.suffix(500)).joined(separator: "\n"))

    #expect(try program.run("ingest", "--from", "first.jsonl").status == 0)
    let before = try nightly()
    #expect(before.count > 300)
    try expectSame(realTime(), before)
    let written = try write()
    #expect(written["inserted"] ?? 0 > 50 && written["updated"] == 0 && written["skipped_rows"] == 0)
    #expect(
      try write() == [
        "inserted": 0, "updated": 0, "unchanged": written["inserted"] ?? 0, "skipped_rows": 0, "skipped_entities": 0,
      ])

    // What is late stands in the real-time document at once, in the day when it happened.
    #expect(try program.run("ingest", "--from", "late.jsonl").status == 0)
    let settled = try realTime()
    #expect(settled != before)
    #expect(settled.filter { $0.key.hasSuffix(" sent") }.allSatisfy { $0.value >= before[$0.key] ?? 0 })
    // The nightly figure and its row follow with the next snapshot.
    try expectSame(nightly(), settled)
    let again = try write()
    #expect(again["updated"] ?? 0 > 20)
    #expect(try write()["unchanged"] == (again["inserted"] ?? 0) + (again["updated"] ?? 0) + (again["unchanged"] ?? 0))
  }

  private func write() throws -> [String: Int] {
    let run = try program.run("campaigns", "--journeys", "journeys", "--write")
    #expect(run.status == 0, "\(run.errors)")
    let written = try #require(try run.json()["marketing_analytics"] as? [[String: Any]])
    #expect(written.map { $0["entity"] as? String } == ["campaign"])
    return written[0].compactMapValues { $0 as? Int }
  }

  // MARK: marketing_analytics and the campaign service's tables

  private let eid = "6f0d2f4e-0c5c-4c1e-9a53-2f8f3f6a2b11"

  private func importShop() throws {
    let text = """
      {"id":"11111111-0000-4000-8000-000000000001","customer_id":"a","event_type":"affiliate_click",\
      "timestamp":"2024-05-02T10:00:00Z","campaign_id":"\(eid)","channel":"affiliate",\
      "event_data":{"affiliate_code":"PARTNER1","cost":2}}
      {"id":"11111111-0000-4000-8000-000000000002","customer_id":"a","event_type":"purchase",\
      "timestamp":"2024-05-02T11:00:00Z","campaign_id":"\(eid)","channel":"affiliate","event_data":{"amount":80}}
      {"id":"11111111-0000-4000-8000-000000000003","customer_id":"a","event_type":"affiliate_click",\
      "timestamp":"2024-05-02T12:00:00Z","event_data":{"affiliate_code":"STRANGER"}}
      """
    let file = try program.folder.file("events.jsonl", text)
    let run = try program.run("import", "--output", "journeys", file)
    #expect(run.status == 0, "\(run.errors)")
  }

  private func database() throws -> PostgreSQL {
    try PostgreSQL(url: databases.environment["ANALYTICS_POSTGRES_URL"] ?? "")
  }

  /// A partner with 5 %, and the spending of the campaign.
  private func fillTables() throws {
    try database().execute(
      """
      INSERT INTO users (id) VALUES ('\(eid)');
      INSERT INTO vendors (id) VALUES ('\(eid)');
      INSERT INTO affiliate_programs (id, vendor_id, program_name, commission_structure)
        VALUES ('\(eid)', '\(eid)', 'Partners', '{"percentage": 5}');
      INSERT INTO affiliate_partners (id, user_id, affiliate_program_id, affiliate_code)
        VALUES ('\(eid)', '\(eid)', '\(eid)', 'PARTNER1');
      INSERT INTO marketing_campaigns
        (id, campaign_name, campaign_type, campaign_objective, spent_amount, start_date, end_date, channels, created_by)
        VALUES ('\(eid)', 'Eid', 'retention', 'sales', 40, '2024-05-01', '2024-05-31', '[]', '\(eid)')
      """)
  }

  @Test func affiliatesAreWrittenUnderTheirIdsAndOtherKeysStay() throws {
    #expect(try program.run("migrate", "--local").status == 0)
    try fillTables()
    try importShop()
    try database().execute(
      """
      INSERT INTO marketing_analytics (entity_type, entity_id, date, metrics)
      VALUES ('affiliate', '\(eid)', '2024-05-02', '{"other": 1, "performance": {"old": true}}')
      """)
    let run = try program.run("campaigns", "--journeys", "journeys", "--entity", "all", "--write")
    // The stranger has no id.
    #expect(run.status == 3 && run.errors.contains("1 rows of 1 affiliates"), "\(run.errors)")
    let rows = try database().query(
      """
      SELECT entity_type::text, metrics->>'other', metrics->'performance'->>'commission',
        metrics->'performance'->>'revenue', metrics->'performance' ? 'old' FROM marketing_analytics ORDER BY 1
      """
    ) { row in
      [try row.text(0), try row.text(1), try row.text(2), try row.text(3), try row.text(4)]
    }
    #expect(rows == [["affiliate", "1", "4", "80", "f"], ["campaign", nil, nil, "80", "f"]])
  }

  @Test func spendingOfTheCampaignServiceIsACost() throws {
    #expect(try program.run("migrate", "--local").status == 0)
    try fillTables()
    try importShop()
    let answer = try program.run("campaigns", "--journeys", "journeys", "--costs", "campaigns").json()
    let row = try #require((answer["rows"] as? [[String: Any]])?.first)
    #expect(row["cost"] as? Double == 40 && row["roi"] as? Double == 1)
    let days = try program.run("campaigns", "--journeys", "journeys", "--costs", "campaigns", "--daily")
    #expect(days.status == 64 && days.errors.contains("column date"))
  }

  @Test func withoutTheTableWriteSaysToMigrate() throws {
    try importShop()
    let run = try program.run("campaigns", "--journeys", "journeys", "--write")
    #expect(run.status == 1 && run.output.isEmpty && run.errors.contains("migrate"), "\(run.errors)")
  }
}
