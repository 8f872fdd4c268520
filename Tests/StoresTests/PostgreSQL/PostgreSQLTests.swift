import Stores
import TestSupport
import Testing

@Suite struct PostgreSQLTests {
  @Test func parametersAndRowsKeepTheirValues() throws {
    try withPostgreSQL { database, _ in
      let rows = try database.query(
        """
        SELECT $1::text, $2::bigint, $3::float8, $4::bool, $5::text, $6::uuid, $7::numeric(12,2), $8::jsonb->>'a',
          $9::text
        """,
        [
          "ঈদ 'কালেকশন' \\ \"x\"\n\t", .int(.min), 0.1, true, nil, "6F9619FF-8B86-D011-B42D-00C04FC964FF",
          "1234567890.12",
          #"{"a": "ঢাকা"}"#, "",
        ]
      ) {
        (
          try $0.text(0), try $0.int(1), try $0.double(2), try $0.bool(3), try $0.text(4), try $0.text(5),
          [try $0.text(6), try $0.text(7), try $0.text(8)]
        )
      }
      let row = try #require(rows.first)
      #expect(rows.count == 1)
      #expect(row.0 == "ঈদ 'কালেকশন' \\ \"x\"\n\t")
      #expect(row.1 == .min && row.2 == 0.1 && row.3 == true && row.4 == nil)
      #expect(row.5 == "6f9619ff-8b86-d011-b42d-00c04fc964ff")
      #expect(row.6 == ["1234567890.12", "ঢাকা", ""])
    }
  }

  @Test func countsWhatAStatementChanged() throws {
    try withPostgreSQL { database, _ in
      try database.execute("CREATE TABLE t (a INT); INSERT INTO t SELECT generate_series(1, 10)")
      #expect(try database.execute("UPDATE t SET a = a + 1 WHERE a > $1", [.int(7)]) == 3)
      #expect(try database.query("SELECT a FROM t WHERE false") { try $0.int(0) }.isEmpty)
    }
  }

  @Test func aTransactionThatThrowsLeavesNothing() throws {
    struct Unrelated: Error {}
    try withPostgreSQL { database, _ in
      try database.execute("CREATE TABLE t (a INT)")
      do {
        try database.transaction {
          try $0.execute("INSERT INTO t VALUES (1)")
          throw Unrelated()
        }
        Issue.record("the error is lost")
      } catch is Unrelated {}
      let failure = storeError {
        try database.transaction {
          try $0.execute("INSERT INTO t VALUES (2)")
          _ = try? $0.execute("SELECT broken")
        }
      }
      #expect(failure?.message.contains("rolled back") == true)
      #expect(try database.transaction { try $0.execute("INSERT INTO t VALUES (3)") } == 1)
      #expect(try database.query("SELECT a FROM t") { try $0.int(0) } == [3])
    }
  }

  @Test func readingAColumnAsWhatItIsNotIsAnError() throws {
    try withPostgreSQL { database, _ in
      let failure = storeError {
        _ = try database.query("SELECT 'secret-value' AS name") { try $0.int(0) }
      }
      #expect(failure?.code == .malformed)
      #expect(failure?.message == "postgresql: reading column name failed: it is not an integer")
      let missing = storeError { _ = try database.query("SELECT 1") { try $0.int(1) } }
      #expect(missing?.code == .malformed)
    }
  }
}
