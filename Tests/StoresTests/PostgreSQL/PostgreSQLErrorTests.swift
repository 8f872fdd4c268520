import Foundation
import Stores
import TestSupport
import Testing

@Suite struct PostgreSQLErrorTests {
  @Test func aServerThatIsAwayIsNamedAndWorthAnotherTry() throws {
    let failure = storeError { _ = try PostgreSQL(url: "postgresql://u:hidden-word@127.0.0.1:1/marketing") }
    #expect(failure?.code == .unavailable && failure?.isRetriable == true)
    let message = try #require(failure?.message)
    #expect(message.hasPrefix("postgresql: connecting at 127.0.0.1:1/marketing failed: "))
    #expect(message.contains("Connection refused"))
    #expect(message.contains("check that the server runs"))
    #expect(!message.contains("hidden-word"))
  }

  @Test func aServerThatNeverAnswersIsGivenUp() throws {
    let silent = try SilentServer()
    let failure = storeError {
      _ = try PostgreSQL(url: "postgresql://u@127.0.0.1:\(silent.port)/d", connectTimeout: .milliseconds(200))
    }
    #expect(failure?.code == .unavailable && failure?.isRetriable == true)
    #expect(failure?.message.contains("no answer in time") == true)
  }

  @Test func aWrongPasswordIsNotShown() throws {
    var parts = try #require(URLComponents(string: try TestServers.postgresURL))
    parts.password = "hidden-word"
    let url = try #require(parts.string)
    let failure = storeError { _ = try PostgreSQL(url: url) }
    #expect(failure?.code == .authentication && failure?.isRetriable == false && failure?.serverCode == "28P01")
    #expect(failure?.message.contains("check user and password") == true)
    #expect(failure?.message.contains("hidden-word") == false)
  }

  @Test(arguments: [
    "postgresql://user:hidden-word@x@127.0.0.1/d", "postgresql://user:hidden-word/@127.0.0.1:port/d",
    "postgresql://user:hidden%zz-word@127.0.0.1/d", "hidden-word", "host=127.0.0.1 pasword=hidden-word",
  ])
  func aMalformedURLIsNotShown(url: String) throws {
    let failure = storeError { _ = try PostgreSQL(url: url, connectTimeout: .seconds(2)) }
    #expect(failure?.code == .settings)
    #expect(failure?.message.contains("word") == failure?.message.contains("user:password@host"))
    #expect(failure?.message.contains("hidden") == false)
  }

  @Test func aDatabaseThatDoesNotExistIsASetting() throws {
    let url = try TestServers.postgresURL(database: "no_such_database")
    let failure = storeError { _ = try PostgreSQL(url: url) }
    #expect(failure?.code == .settings && failure?.serverCode == "3D000")
    #expect(failure?.message.contains("database \"no_such_database\" does not exist") == true)
  }

  @Test(arguments: [
    ("SELECT $1::uuid", "22P02", StoreError.Code.value), ("SELECT $1::date", "22007", .value),
    ("SELECT $1::jsonb", "22P02", .value), ("INSERT INTO short VALUES ($1)", "22001", .value),
    ("INSERT INTO short VALUES (left($1, 2)), (left($1, 2))", "23505", .duplicate),
    ("INSERT INTO short SELECT NULL WHERE $1 <> ''", "23502", .constraint),
    ("SELECT $1 FROM no_such_table", "42P01", .query), ("SELEKT $1", "42601", .query),
  ])
  func aValueIsNeverShown(sql: String, state: String, code: StoreError.Code) throws {
    let database = try PostgreSQL(url: try TestServers.postgresURL)
    try database.execute("CREATE TEMP TABLE short (a VARCHAR(3) PRIMARY KEY)")
    let failure = storeError { try database.execute(sql, ["hidden-word"]) }
    #expect(failure?.serverCode == state && failure?.code == code && failure?.isRetriable == false)
    #expect(failure?.message.contains("hi") == false)
    #expect(failure?.message.hasPrefix("postgresql: \(sql.prefix(6))") == true)
  }

  @Test func textWithANULIsRefusedRatherThanCut() throws {
    try withPostgreSQL { database, _ in
      #expect(storeError { try database.execute("SELECT $1::text", ["a\0b"]) }?.code == .value)
      try database.execute("CREATE TABLE t (a TEXT)")
      #expect(storeError { try database.copy(into: "t", columns: ["a"], rows: [["a\0b"]]) }?.code == .value)
    }
  }

  @Test func aLostConnectionIsWorthAnotherTry() throws {
    try withPostgreSQL { database, url in
      let other = try PostgreSQL(url: url)
      let process = try #require(
        try other.query("SELECT pg_backend_pid()") { try $0.int(0) }.first ?? nil)
      try database.execute("SELECT pg_terminate_backend($1)", [.int(process)])
      let first = storeError { try other.execute("SELECT 1") }
      #expect(first?.code == .unavailable && first?.isRetriable == true)
      let second = storeError { try other.execute("SELECT 1") }
      #expect(second?.code == .unavailable && second?.isRetriable == true)
    }
  }
}
