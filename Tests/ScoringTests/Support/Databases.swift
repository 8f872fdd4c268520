import Foundation
import Stores
import TestSupport

/// Runs `body` on a fresh PostgreSQL database that has our table, and drops it afterwards.
func withAnalytics<Success>(_ body: (_ url: String) async throws -> Success) async throws -> Success {
  let name = TestServers.freshName("scoring_tests")
  try PostgreSQL(url: try TestServers.postgresURL).execute("CREATE DATABASE \(name)")
  defer { _ = try? PostgreSQL(url: try TestServers.postgresURL).execute("DROP DATABASE \(name) WITH (FORCE)") }
  let url = try TestServers.postgresURL(database: name)
  try Migrations.apply(to: try PostgreSQL(url: url))
  return try await body(url)
}

/// Runs `body` on a fresh MongoDB database and drops it afterwards.
func withMongoDB<Success>(_ body: (MongoDB) async throws -> Success) async throws -> Success {
  let database = try MongoDB(uri: try TestServers.mongoURI, database: TestServers.freshName("scoring_tests"))
  defer { try? database.dropDatabase() }
  try MongoIndexes.create(in: database)
  return try await body(database)
}

/// The rows of `marketing_analytics` as text, sorted.
func analyticsRows(_ url: String) throws -> [String] {
  try PostgreSQL(url: url).query(
    """
    SELECT entity_type || ' ' || entity_id || ' ' || date || ' ' || metrics::text FROM marketing_analytics
    ORDER BY entity_type, entity_id, date
    """
  ) { row throws(StoreError) in try row.text(0) ?? "" }
}
