import Foundation
import Stores
import TestSupport
import Testing

@Suite struct SegmentsCommandTests {
  private let program: Program

  init() throws {
    program = try Program()
    // Ten customers: c0 spends 100 in all, c1 200, …; the even ones buy again in May, the last is there since May only.
    var lines = ["customer,time,type,amount,city"]
    for customer in 0..<10 {
      let month = customer == 9 ? "05" : "02"
      lines.append("c\(customer),2024-\(month)-10T03:00:00Z,purchase,\(100 * (customer + 1)),Dhaka")
      if customer % 2 == 0 { lines.append("c\(customer),2024-05-20T03:00:00Z,page_view,,Sylhet") }
    }
    _ = try program.folder.file("events.csv", lines.joined(separator: "\n"))
    let imported = try program.run(
      "import", "--output", "journeys", "events.csv", "--columns",
      "customer_id=customer,timestamp=time,event_type=type,amount=amount,location=city")
    #expect(imported.status == 0, "\(imported.errors)")
  }

  private static let rich = """
    {"conditions": [{"field": "customer_lifetime_value", "operator": "greater_than", "value": 500},
      {"conditions": [{"field": "location", "operator": "equals", "value": "Sylhet"},
        {"field": "last_purchase_date", "operator": "within_days", "value": 90}], "logic": "OR"}], "logic": "AND"}
    """

  private func evaluate(_ arguments: String...) throws -> Program.Run {
    try program.run(["segments", "evaluate", "--journeys", "journeys", "--as-of", "2024-06-01"] + arguments)
  }

  @Test func criteriaOfAFileWithMembersAndGrowth() throws {
    _ = try program.folder.file("rich.json", Self.rich)
    let run = try evaluate("--criteria", "rich.json", "--members", "members.csv")
    #expect(run.status == 0, "\(run.errors)")
    let answer = try run.json()
    #expect(answer["as_of"] as? String == "2024-05-31T18:00:00Z")
    #expect(answer["compared_with"] as? String == "2024-05-01T18:00:00Z")
    #expect(answer["customers"] as? Int == 10 && answer["previous_customers"] as? Int == 9)
    let segment = try #require((answer["segments"] as? [[String: Any]])?.first)
    #expect(segment["segment_name"] as? String == "rich")
    // c6 and c8 by Sylhet, c9 by its purchase; a month before all of 600 and more had bought within 90 days.
    #expect(segment["customer_count"] as? Int == 3 && segment["previous_count"] as? Int == 4)
    #expect(segment["joined"] as? Int == 1 && segment["left"] as? Int == 2)
    #expect(segment["growth_rate"] as? Double == -0.25)
    #expect(segment["total_revenue"] as? Double == 2600)
    let insights = try #require(segment["segment_insights"] as? [String: Any])
    #expect(insights["top_locations"] as? [String] == ["Sylhet", "Dhaka"])
    let csv = try String(contentsOf: program.folder.url.appending(path: "members.csv"), encoding: .utf8)
    #expect(
      csv.split(separator: "\r\n").map(String.init) == [
        "segment_name,customer_id,customer_lifetime_value,total_orders,avg_order_value,last_purchase_date",
        "rich,c6,700.0,1,700.0,2024-02-10T03:00:00Z", "rich,c8,900.0,1,900.0,2024-02-10T03:00:00Z",
        "rich,c9,1000.0,1,1000.0,2024-05-10T03:00:00Z",
      ])
    #expect(try evaluate("--criteria", "rich.json", "--members", "members.json").status == 0)
    let json = try Data(contentsOf: program.folder.url.appending(path: "members.json"))
    let members = try JSONSerialization.jsonObject(with: json) as? [[String: Any]]
    #expect(members?.map { $0["customer_id"] as? String } == ["c6", "c8", "c9"])
    #expect(try evaluate("--criteria", "rich.json", "--format", "table").text.contains("of 10 customers"))
  }

  @Test(arguments: [
    (#"{"field": "total_order", "operator": "=", "value": 1}"#, "Did you mean 'total_orders'?"),
    (#"{"field": "total_orders", "operator": "after", "value": 1}"#, "'operator' does not go with 'total_orders'"),
    (#"{"field": "event_data.pge", "operator": "is_set"}"#, "import --property pge"),
  ])
  func criteriaThatAreNoneAreWrongUsage(json: String, saying: String) throws {
    _ = try program.folder.file("bad.json", json)
    let run = try evaluate("--criteria", "bad.json")
    #expect(run.status == 64 && run.output.isEmpty)
    #expect(run.errors.contains(saying), "\(run.errors)")
  }

  @Test func neitherOrBothSourcesAreWrongUsage() throws {
    #expect(try evaluate().status == 64)
    #expect(try evaluate("--criteria", "a.json", "--from-postgres").status == 64)
    #expect(try evaluate("--criteria", "missing.json").errors.contains("cannot be read"))
  }

  @Test func activeSegmentsOfPostgreSQLAreTakenAndBrokenOnesCounted() throws {
    let databases = try Databases()
    var program = program
    program.environment = databases.environment
    #expect(try program.run("migrate", "--local").status == 0)
    let url = try #require(databases.environment["ANALYTICS_POSTGRES_URL"])
    let server = try PostgreSQL(url: url)
    let user = try #require(
      try server.query("INSERT INTO users DEFAULT VALUES RETURNING id::text") { try $0.text(0) }.first)
    for (name, criteria, isActive) in [
      ("rich", Self.rich, true), ("broken", #"{"field": "nonsense"}"#, true), ("asleep", Self.rich, false),
    ] {
      try server.execute(
        """
        INSERT INTO customer_segments (segment_name, segment_type, criteria, created_by, is_active)
        VALUES ($1, 'behavioral', $2, $3, $4)
        """, [.text(name), .text(criteria), user.map { .text($0) } ?? .null, .bool(isActive)])
    }
    let run = try program.run(
      "segments", "evaluate", "--journeys", "journeys", "--as-of", "2024-06-01", "--from-postgres")
    #expect(run.status == 3)
    #expect(run.errors.contains("criteria: 'field' is no field") && run.errors.contains("1 of 2 rows"), "\(run.errors)")
    let segments = try #require(try run.json()["segments"] as? [[String: Any]])
    #expect(segments.map { $0["segment_name"] as? String } == ["rich"])
    #expect(segments[0]["customer_count"] as? Int == 3 && segments[0]["segment_type"] as? String == "behavioral")
    #expect((segments[0]["id"] as? String)?.count == 36)
  }

  @Test func rfmNamesItsClusters() throws {
    let run = try program.run(
      "segments", "rfm", "--journeys", "journeys", "--as-of", "2024-06-01", "--k", "2", "--members", "rfm.csv")
    #expect(run.status == 0, "\(run.errors)")
    let segments = try #require(try run.json()["segments"] as? [[String: Any]])
    #expect(segments.compactMap { $0["size"] as? Int }.reduce(0, +) == 10)
    #expect(abs(segments.compactMap { $0["revenue_share"] as? Double }.reduce(0, +) - 1) < 1e-12)
    let csv = try String(contentsOf: program.folder.url.appending(path: "rfm.csv"), encoding: .utf8)
    #expect(csv.split(separator: "\r\n").count == 11)
    let auto = try program.run("segments", "rfm", "--journeys", "journeys", "--as-of", "2024-06-01")
    #expect((try auto.json()["elbow"] as? [[String: Any]])?.count == 7)
    #expect(
      try program.run("segments", "rfm", "--journeys", "journeys", "--as-of", "2024-06-01", "--k", "x").status == 64)
  }

  @Test func fieldsAreListedWithTheirMeaning() throws {
    let fields = try #require(try program.run("segments", "fields").json()["fields"] as? [[String: Any]])
    #expect(fields.count > 50)
    #expect(fields.contains { $0["field"] as? String == "customer_lifetime_value" && $0["meaning"] != nil })
  }
}
