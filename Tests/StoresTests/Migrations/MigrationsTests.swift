import Foundation
import Stores
import TestSupport
import Testing

@Suite struct MigrationsTests {
  private static func tables(_ database: PostgreSQL) throws -> Set<String> {
    Set(
      try database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'") { try $0.text(0) ?? "" })
  }

  @Test func inProductionOnlyWhatIsOursIsCreated() throws {
    try withPostgreSQL { database, _ in
      let applied = try Migrations.apply(to: database)
      #expect(applied == ["001_marketing_analytics"])
      #expect(try Self.tables(database) == ["marketing_analytics", "analytics_schema_migrations"])
      #expect(try Migrations.apply(to: database) == [])
    }
  }

  @Test func locallyThePlatformsTablesFollow() throws {
    try withPostgreSQL { database, url in
      try Migrations.apply(to: database)
      let applied = try Migrations.apply(to: database, local: true)
      #expect(applied == ["101_stubs", "102_types", "103_campaigns", "104_audience", "105_programs"])
      #expect(try Migrations.apply(to: database, local: true) == [])
      #expect(try Migrations.apply(to: database) == [])
      #expect(try Self.tables(database).count == 13 + 2 + 1)
      // With psql's eyes, and with everything that a campaign refers to.
      let psql = try Self.psql(
        url,
        """
        WITH u AS (INSERT INTO users DEFAULT VALUES RETURNING id),
          t AS (INSERT INTO email_templates (template_name, template_category, subject_line, html_content, created_by)
            SELECT 'n', 'welcome', 's', 'h', id FROM u RETURNING id),
          c AS (INSERT INTO marketing_campaigns
            (campaign_name, campaign_type, campaign_objective, start_date, end_date, channels, created_by)
            SELECT 'ঈদ', 'retention', 'sales', now(), now(), '["email"]', id FROM u RETURNING id, campaign_name)
        INSERT INTO email_campaigns
          (marketing_campaign_id, campaign_name, subject_line, sender_name, sender_email, template_id, content)
          SELECT c.id, campaign_name, 's', 'n', 'e', t.id, '{}' FROM c, t RETURNING campaign_name
        """)
      #expect(psql == "ঈদ\n")
    }
  }

  @Test func aSchemaThatThePlatformHasMadeIsLeftAsItIs() throws {
    try withPostgreSQL { database, _ in
      try database.execute(
        """
        CREATE TYPE analytics_entity_type AS ENUM ('campaign', 'of_the_platform');
        CREATE TABLE marketing_analytics (id UUID, more TEXT);
        CREATE TYPE campaign_status AS ENUM ('draft');
        CREATE TABLE users (id UUID PRIMARY KEY, name TEXT)
        """)
      #expect(try Migrations.apply(to: database, local: true).count == 6)
      #expect(try database.execute("SELECT more FROM marketing_analytics") == 0)
      #expect(try database.execute("SELECT name FROM users") == 0)
      #expect(try database.execute("SELECT 'of_the_platform'::analytics_entity_type") == 1)
    }
  }

  @Test func severalAtOnceApplyEachStepOnce() async throws {
    let name = TestServers.freshName("stores_tests")
    let queue = BlockingQueue("migrations", threads: 4)
    let server = try TestServers.postgresURL
    try await queue.run { _ = try PostgreSQL(url: server).execute("CREATE DATABASE \(name)") }
    let url = try TestServers.postgresURL(database: name)
    let applied = try await withThrowingTaskGroup(of: [String].self) { group in
      for _ in 0..<4 {
        group.addTask { try await queue.run { try Migrations.apply(to: try PostgreSQL(url: url), local: true) } }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(applied.count == 6 && Set(applied).count == 6)
    try await queue.run { _ = try PostgreSQL(url: server).execute("DROP DATABASE \(name) WITH (FORCE)") }
  }

  @Test func aStepThatWasAppliedWithAnotherTextIsRefused() throws {
    try withPostgreSQL { database, _ in
      try Migrations.apply(to: database)
      try database.execute("UPDATE analytics_schema_migrations SET checksum = 'other'")
      let failure = storeError { try Migrations.apply(to: database) }
      #expect(failure?.code == .query)
      #expect(failure?.message.contains("001_marketing_analytics") == true)
      #expect(failure?.message.contains("another version of the program") == true)
    }
  }

  @Test func aStepThatFailsLeavesNothing() throws {
    try withPostgreSQL { database, _ in
      // A view stands where a table should: the step's index on it cannot be made.
      try database.execute("CREATE VIEW marketing_campaigns AS SELECT 1 AS id")
      #expect(storeError { try Migrations.apply(to: database, local: true) } != nil)
      let names = try database.query("SELECT name FROM analytics_schema_migrations ORDER BY name") { try $0.text(0) }
      #expect(names == ["001_marketing_analytics", "101_stubs", "102_types"])
      #expect(try !Self.tables(database).contains("email_templates"))
      try database.execute("DROP VIEW marketing_campaigns")
      #expect(try Migrations.apply(to: database, local: true).first == "103_campaigns")
    }
  }

  /// Every table and column of section 2.1 of the service document, in its order and with its types.
  @Test(.enabled(if: SharedData.exists)) func theSchemaIsTheDocuments() throws {
    let document = try String(contentsOf: SharedData.url("seed/marketing-service.md"), encoding: .utf8)
    let tables = document.matches(of: /CREATE TABLE (\w+) \(\n([^;]*)\n\);/)
    #expect(tables.count == 13)
    try withPostgreSQL { database, _ in
      try Migrations.apply(to: database, local: true)
      for table in tables {
        let columns = table.output.2.matches(of: /(?m)^ +([a-z]\w*) ([A-Za-z]\w*)/).map {
          "\($0.output.1) \($0.output.2)"
        }
        let made = try database.query(
          """
          SELECT a.attname || ' ' || CASE t.typname WHEN 'varchar' THEN 'VARCHAR' WHEN 'numeric' THEN 'DECIMAL'
              WHEN 'int4' THEN 'INTEGER' WHEN 'int8' THEN 'BIGINT' WHEN 'bool' THEN 'BOOLEAN' WHEN 'uuid' THEN 'UUID'
              WHEN 'text' THEN 'TEXT' WHEN 'jsonb' THEN 'JSONB' WHEN 'timestamp' THEN 'TIMESTAMP'
              WHEN 'date' THEN 'DATE' WHEN 'inet' THEN 'INET' ELSE t.typname END
          FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
          WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 ORDER BY a.attnum
          """, [.text(String(table.output.1))]
        ) { try $0.text(0) ?? "" }
        #expect(made == columns, "\(table.output.1)")
      }
      let indexes = document.matches(of: /CREATE INDEX (\w+)/).map { String($0.output.1) }
      let made = try database.query("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'") {
        try $0.text(0) ?? ""
      }
      #expect(indexes.count == 8 && Set(indexes).isSubset(of: made))
      for type in document.matches(of: /CREATE TYPE (\w+) AS ENUM \(([^)]*)\)/) {
        let labels = try database.query(
          """
          SELECT string_agg('''' || enumlabel || '''', ', ' ORDER BY enumsortorder)
          FROM pg_enum WHERE enumtypid = to_regtype($1)
          """,
          [.text(String(type.output.1))]
        ) { try $0.text(0) ?? "" }
        #expect(labels == [String(type.output.2)])
      }
    }
  }

  private static func psql(_ url: String, _ sql: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["psql", "-qtAX", "-v", "ON_ERROR_STOP=1", "-c", sql, url]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: text, as: UTF8.self)
  }
}
