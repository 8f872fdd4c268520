import Foundation
import TestSupport
import Testing

/// Commands that speak to the databases, each test with databases of its own.
@Suite struct ScoreCommandsTests {
  private let databases: Databases
  private let program: Program

  init() throws {
    databases = try Databases()
    var program = try Program()
    program.environment = databases.environment
    self.program = program
  }

  @Test func migrateScoreAndLookupAsAUserRunsThem() throws {
    let migrated = try program.run("migrate", "--local").json()
    #expect((migrated["applied"] as? [String])?.first == "001_marketing_analytics")
    #expect((migrated["indexes"] as? [String])?.contains("personalization_profiles.customer_id_1") == true)
    #expect(try program.run("migrate", "--local").json()["applied"] as? [String] == [])

    try importShop()
    let scored = try program.run("score", "--journeys", "journeys", "--as-of", "2024-04-30")
    #expect(scored.status == 0, "\(scored.errors)")
    let answer = try scored.json()
    #expect(answer["as_of"] as? String == "2024-04-29T18:00:00Z")
    #expect((answer["personalization_profiles"] as? [String: Int])?["inserted"] == 100)
    #expect((answer["marketing_analytics"] as? [String: Int])?["inserted"] == 1)
    let version = try #require((answer["model_versions"] as? [String: String])?["churn"])

    let found = try program.run("lookup", "c1", "c0")
    #expect(found.status == 0 && found.errors.isEmpty)
    let results = try #require(try found.json()["results"] as? [[String: Any]])
    #expect(results.map { $0["customer_id"] as? String } == ["c1", "c0"])
    #expect(results.allSatisfy { ($0["model_versions"] as? [String: String])?["churn"] == version })

    let partial = try program.run("lookup", "nobody", "c1", "--format", "json")
    #expect(partial.status == 3)
    #expect(try partial.json()["missing"] as? [String] == ["nobody"])
    #expect(partial.errors.contains("1 of 2") && !partial.errors.contains("nobody"))
    let csv = try program.run("lookup", "c1", "--format", "csv")
    #expect(csv.text.split(separator: "\r\n").count == 2)
  }

  @Test func campaignsThatAreNoUUIDsAreCountedAndEndWith3() throws {
    #expect(try program.run("migrate").status == 0)
    try importShop(campaign: "summer-sale")
    let scored = try program.run("score", "--journeys", "journeys", "--as-of", "2024-04-30")
    #expect(scored.status == 3)
    #expect(scored.errors.contains("1 rows of 1 campaigns"))
    #expect((try scored.json()["marketing_analytics"] as? [String: Int])?["skipped_rows"] == 1)
  }

  @Test func withoutAChampionScoreSaysWhatToDo() throws {
    #expect(try program.run("migrate").status == 0)
    try importShop(training: false)
    let run = try program.run("score", "--journeys", "journeys", "--as-of", "2024-04-30")
    #expect(run.status == 1 && run.output.isEmpty)
    #expect(run.errors.contains("train churn") && run.errors.contains("models promote"))
  }

  @Test func beforeMigrateScoreSaysToMigrate() throws {
    try importShop()
    let run = try program.run("score", "--journeys", "journeys", "--as-of", "2024-04-30")
    #expect(run.status == 1 && run.output.isEmpty)
    #expect(run.errors.contains("migrate"))
  }

  @Test(arguments: [
    (["score", "--journeys", "journeys", "--as-of", "soon"], "is no date"),
    (["lookup", ""], "1 to 128 bytes"),
    (["serve"], "ANALYTICS_JWT_KEY_FILE"),
    (["serve", "--no-auth", "--host", "0.0.0.0"], "127.0.0.1"),
    (["serve", "--no-auth", "--port", "99999"], "--port"),
    (["serve", "--no-auth", "--drain-delay", "soon"], "duration"),
    (["migrate", "--mongodb-database", ""], "mongodb.database"),
  ])
  func wrongUsageIsSaidAndEndsWith64(arguments: [String], saying: String) throws {
    let run = try program.run(arguments)
    #expect(run.status == 64)
    #expect(run.errors.contains(saying), "\(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test func aServerThatIsAwayIsNamedWithoutItsPassword() throws {
    var away = program
    away.environment["ANALYTICS_POSTGRES_URL"] = "postgresql://analytics:hush-hush@127.0.0.1:1/marketing"
    let run = try away.run("migrate")
    #expect(run.status == 1)
    #expect(run.errors.contains("127.0.0.1:1") && !run.errors.contains("hush-hush"))
  }

  /// A hundred customers over 120 days, half of whom stop after 60; one email of a campaign; a champion.
  private func importShop(campaign: String = "6f0d2f4e-0c5c-4c1e-9a53-2f8f3f6a2b11", training: Bool = true) throws {
    var lines = ["customer,time,type,amount,campaign"]
    for customer in 0..<100 {
      for day in stride(from: customer % 9, to: customer % 2 == 0 ? 120 : 60, by: 5 + customer % 4) {
        let date = Date(timeIntervalSince1970: 1_704_067_200 + Double(day) * 86_400).ISO8601Format()
        lines.append("c\(customer),\(date),purchase,\(100 + customer),")
      }
    }
    lines.append("c1,2024-01-05T03:00:00Z,email_sent,,\(campaign)")
    _ = try program.folder.file("events.csv", lines.joined(separator: "\n"))
    let imported = try program.run(
      "import", "--output", "journeys", "events.csv", "--columns",
      "customer_id=customer,timestamp=time,event_type=type,amount=amount,campaign_id=campaign")
    #expect(imported.status == 0, "\(imported.errors)")
    guard training else { return }
    let trained = try program.run(
      "train", "churn", "--journeys", "journeys", "--as-of", "2024-04-30", "--horizon", "30d")
    #expect(trained.status == 0, "\(trained.errors)")
  }
}
