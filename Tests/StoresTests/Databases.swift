import Stores
import TestSupport

/// Runs `body` on a fresh PostgreSQL database and drops it afterwards.
func withPostgreSQL<Success>(_ body: (_ database: PostgreSQL, _ url: String) throws -> Success) throws -> Success {
  let name = TestServers.freshName("stores_tests")
  let server = try PostgreSQL(url: try TestServers.postgresURL)
  try server.execute("CREATE DATABASE \(name)")
  defer { _ = try? server.execute("DROP DATABASE \(name) WITH (FORCE)") }
  let url = try TestServers.postgresURL(database: name)
  let database = try PostgreSQL(url: url)
  return try body(database, url)
}

/// Runs `body` on a fresh MongoDB database and drops it afterwards.
func withMongoDB<Success>(_ body: (MongoDB) throws -> Success) throws -> Success {
  let database = try MongoDB(uri: try TestServers.mongoURI, database: TestServers.freshName("stores_tests"))
  defer { try? database.dropDatabase() }
  return try body(database)
}

/// The error that `body` throws; nil, which no expectation equals, if it throws none.
func storeError(_ body: () throws -> Void) -> StoreError? {
  do {
    try body()
    return nil
  } catch {
    return error as? StoreError
  }
}
