import Stores
import Testing

@Suite struct PostgreSQLCopyTests {
  @Test func copiesWhatTextCanHold() throws {
    let texts: [SQLValue] = ["plain", "tab\tnew\nline\rreturn", #"\N"#, #"back\slash\."#, "", nil, "বাংলা", #"\"#]
    try withPostgreSQL { database, _ in
      try database.execute("CREATE TABLE \"odd \"\"name\" (id INT, \"a b\" TEXT)")
      let rows = texts.enumerated().map { [SQLValue.int(Int64($0.offset)), $0.element] }
      #expect(try database.copy(into: "odd \"name", columns: ["id", "a b"], rows: rows) == texts.count)
      let read = try database.query("SELECT \"a b\" FROM \"odd \"\"name\" ORDER BY id") {
        try $0.text(0).map { SQLValue.text($0) } ?? .null
      }
      #expect(read == texts)
    }
  }

  @Test func copiesMoreThanABufferOfALazySequence() throws {
    try withPostgreSQL { database, _ in
      try database.execute("CREATE TABLE t (id BIGINT, x FLOAT8)")
      let rows = (0..<50_000).lazy.map { [SQLValue.int(Int64($0)), .double(Double($0) / 3)] }
      #expect(try database.copy(into: "t", columns: ["id", "x"], rows: rows) == 50_000)
      let sums = try database.query("SELECT sum(id), count(*) FILTER (WHERE x = id / 3::float8) FROM t") {
        [try $0.int(0), try $0.int(1)]
      }
      #expect(sums == [[1_249_975_000, 50_000]])
    }
  }

  @Test func aRefusedRowLeavesNoneAndTheConnectionGoesOn() throws {
    try withPostgreSQL { database, _ in
      try database.execute("CREATE TABLE t (id INT)")
      var rows = (0..<40_000).map { [SQLValue.int($0)] }
      rows[20_000] = ["secret-value"]
      let failure = storeError { try database.copy(into: "t", columns: ["id"], rows: rows) }
      #expect(failure?.code == .value && failure?.serverCode == "22P02")
      #expect(failure?.message.contains("COPY into t") == true)
      #expect(failure?.message.contains("secret-value") == false)
      #expect(try database.query("SELECT count(*) FROM t") { try $0.int(0) } == [0])
      let missing = storeError { try database.copy(into: "missing", columns: ["id"], rows: rows) }
      #expect(missing?.code == .query && missing?.serverCode == "42P01")
      #expect(try database.copy(into: "t", columns: ["id"], rows: [[1]]) == 1)
    }
  }

  @Test func upsertMergesKeysAndRewritesOnlyWhatChanges() throws {
    try withPostgreSQL { database, _ in
      try Migrations.apply(to: database)
      let columns = ["entity_type", "entity_id", "date", "metrics"]
      func upsert(_ rows: [[SQLValue]]) throws -> Int {
        try database.upsert(
          into: "marketing_analytics", columns: columns, key: ["entity_type", "entity_id", "date"],
          rules: [.mergeKeys("metrics")], rows: rows)
      }
      func row(_ day: Int, _ metrics: String) -> [SQLValue] {
        ["campaign", "6f9619ff-8b86-d011-b42d-00c04fc964ff", .text("2024-03-0\(day)"), .text(metrics)]
      }
      #expect(try upsert([row(1, #"{"sent": 1}"#), row(2, #"{"sent": 2, "roi": 0.5}"#)]) == 2)
      #expect(try upsert([row(1, #"{"sent": 1}"#), row(2, #"{"sent": 3}"#), row(3, #"{"sent": 4}"#)]) == 2)
      #expect(try upsert([]) == 0)
      let read = try database.query("SELECT metrics FROM marketing_analytics ORDER BY date") {
        try $0.text(0)
      }
      #expect(read == [#"{"sent": 1}"#, #"{"roi": 0.5, "sent": 3}"#, #"{"sent": 4}"#])

      let twice = storeError { _ = try upsert([row(4, "{}"), row(4, "{}")]) }
      #expect(twice?.code == .constraint)
      // Two upserts in a caller's transaction, which takes both back.
      struct Undo: Error {}
      do {
        try database.transaction { _ in
          #expect(try upsert([row(5, "{}")]) == 1)
          #expect(try upsert([row(6, "{}")]) == 1)
          throw Undo()
        }
      } catch is Undo {}
      #expect(try database.query("SELECT count(*) FROM marketing_analytics") { try $0.int(0) } == [3])
    }
  }

  @Test func upsertReplacesOrKeepsTheOtherColumns() throws {
    try withPostgreSQL { database, _ in
      try database.execute("CREATE TABLE t (id INT PRIMARY KEY, a TEXT, b TEXT); INSERT INTO t VALUES (1, 'a', 'b')")
      let rows: [[SQLValue]] = [[1, "new", "new"], [2, "new", nil]]
      func upsert(_ rules: [UpsertRule]) throws -> Int {
        try database.upsert(into: "t", columns: ["id", "a", "b"], key: ["id"], rules: rules, rows: rows)
      }
      #expect(try upsert([]) == 1)
      #expect(try upsert([.replace("a")]) == 1)
      let read = try database.query("SELECT id || a || COALESCE(b, '-') FROM t ORDER BY id") {
        try $0.text(0)
      }
      #expect(read == ["1newb", "2new-"])
    }
  }
}
