import Stores
import TestSupport

/// A PostgreSQL and a MongoDB database of one test's own, dropped with it.
final class Databases: Sendable {
  private let name = TestServers.freshName("cli_tests")
  let environment: [String: String]

  init() throws {
    try PostgreSQL(url: try TestServers.postgresURL).execute("CREATE DATABASE \(name)")
    environment = [
      "ANALYTICS_POSTGRES_URL": try TestServers.postgresURL(database: name),
      "ANALYTICS_MONGODB_URI": try TestServers.mongoURI, "ANALYTICS_MONGODB_DATABASE": name,
    ]
  }

  deinit {
    _ = try? PostgreSQL(url: try TestServers.postgresURL).execute("DROP DATABASE \(name) WITH (FORCE)")
    try? MongoDB(uri: try TestServers.mongoURI, database: name).dropDatabase()
  }
}
