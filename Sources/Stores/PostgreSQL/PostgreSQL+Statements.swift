internal import CLibPQ

extension PostgreSQL {
  /// Runs a statement; `$1`, `$2` … stand for the parameters. Without parameters it may be several statements, which
  /// then succeed or fail together.
  /// - Returns: the rows that it (the last one) inserted, changed, deleted or found.
  @discardableResult
  public func execute(_ sql: String, _ parameters: [SQLValue] = []) throws(StoreError) -> Int {
    try run(sql, parameters).affectedRows
  }

  /// Runs a query and reads each row of the answer. Throws what `read` throws, else `StoreError`.
  public func query<Row>(
    _ sql: String, _ parameters: [SQLValue] = [], _ read: (borrowing SQLRow) throws -> Row
  ) throws -> [Row] {
    let result = try run(sql, parameters)
    var rows: [Row] = []
    rows.reserveCapacity(Int(PQntuples(result.handle)))
    for row in 0..<PQntuples(result.handle) {
      rows.append(try read(SQLRow(result: result.handle, row: row)))
    }
    return rows
  }

  /// Runs `body` between BEGIN and COMMIT; if it throws, nothing of it remains.
  public func transaction<Success>(_ body: (PostgreSQL) throws -> Success) throws -> Success {
    try execute("BEGIN")
    let success: Success
    do {
      success = try body(self)
    } catch {
      // What went wrong first is what the caller wants to know; the server rolls back a lost connection by itself.
      _ = try? execute("ROLLBACK")
      throw error
    }
    // After a failed statement that `body` hid, COMMIT rolls back and calls that a success.
    guard try run("COMMIT", []).command == "COMMIT" else {
      throw StoreError(
        .query, "postgresql: COMMIT at \(target) failed: a statement of the transaction had failed; it was rolled back")
    }
    return success
  }

  func run(_ sql: String, _ parameters: [SQLValue]) throws(StoreError) -> PostgreSQLResult {
    let texts = parameters.map(\.text)
    guard !texts.contains(where: { $0?.utf8.contains(0) == true }) else {
      throw StoreError(.value, "postgresql: \(summary(of: sql)) failed: a text parameter holds a NUL character")
    }
    let answer = parameters.isEmpty ? PQexec(connection, sql) : send(sql, texts)
    return try PostgreSQLResult(answer, on: connection, summary(of: sql), target)
  }

  private func send(_ sql: String, _ texts: [String?]) -> OpaquePointer? {
    // All values in one buffer, each ended by a NUL: pointers into it are what libpq wants.
    var buffer: [CChar] = []
    let offsets = texts.map { text -> Int? in
      guard let text else { return nil }
      defer {
        text.withCString { buffer.append(contentsOf: UnsafeBufferPointer(start: $0, count: text.utf8.count + 1)) }
      }
      return buffer.count
    }
    return buffer.withUnsafeBufferPointer { buffer in
      let values = offsets.map { offset in offset.flatMap { buffer.baseAddress?.advanced(by: $0) } }
      return PQexecParams(connection, sql, Int32(values.count), nil, values, nil, nil, 0)
    }
  }

  /// The beginning of a statement, which names what it does to what.
  private func summary(of sql: String) -> String {
    sql.split(maxSplits: 4, whereSeparator: { $0.isWhitespace || $0 == "(" || $0 == ";" }).prefix(4).joined(
      separator: " ")
  }
}

/// An answer of the server that is a success.
struct PostgreSQLResult: ~Copyable {
  let handle: OpaquePointer

  /// Takes over `answer`; throws if it is an error.
  init(
    _ answer: OpaquePointer?, on connection: OpaquePointer, _ operation: String, _ target: String
  ) throws(StoreError) {
    let status = PQresultStatus(answer)
    let expected = [PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_COPY_IN, PGRES_EMPTY_QUERY]
    guard let answer, expected.contains(status) else {
      let failure = StoreError(answer, on: connection, operation, target)
      PQclear(answer)
      throw failure
    }
    handle = answer
  }

  deinit { PQclear(handle) }

  var affectedRows: Int { PQcmdTuples(handle).flatMap { Int(String(cString: $0)) } ?? 0 }

  /// The command that was done, for instance `COMMIT` or `INSERT 0 1`.
  var command: String { PQcmdStatus(handle).map { String(cString: $0) } ?? "" }
}
