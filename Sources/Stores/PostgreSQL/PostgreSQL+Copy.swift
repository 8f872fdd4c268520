internal import CLibPQ

/// What an upsert does with a column of a row that exists.
public enum UpsertRule: Sendable, Equatable {
  /// Takes the new value.
  case replace(String)
  /// A JSONB object: the new keys are added or replaced, the others stay.
  case mergeKeys(String)
}

extension PostgreSQL {
  /// Appends rows by COPY, the fastest way in: all of them or, if one is refused, none.
  /// - Returns: the number of rows.
  @discardableResult
  public func copy<Rows: Sequence>(
    into table: String, columns: [String], rows: Rows
  ) throws(StoreError) -> Int where Rows.Element == [SQLValue] {
    let operation = "COPY into \(table)"
    let list = columns.map(quoted).joined(separator: ", ")
    _ = try run("COPY \(quoted(table)) (\(list)) FROM STDIN", [])
    var buffer: [UInt8] = []
    var sent = true
    for row in rows {
      Self.append(row, to: &buffer)
      guard buffer.count >= 1 << 16 else { continue }
      sent = put(buffer)
      buffer.removeAll(keepingCapacity: true)
      if !sent { break }
    }
    sent = sent && put(buffer)
    // Whether the server took it stands in the answer, also when sending stopped half way.
    if PQputCopyEnd(connection, sent ? nil : "sending stopped") != 1 {
      throw StoreError(nil, on: connection, operation, target)
    }
    let answer = PQgetResult(connection)
    while let further = PQgetResult(connection) { PQclear(further) }
    return try PostgreSQLResult(answer, on: connection, operation, target).affectedRows
  }

  /// Inserts rows, or changes those whose key exists, in one statement; rows that stay as they are are not rewritten.
  ///
  /// Goes through a temporary table filled by COPY; in a transaction of its own unless one is open. No key may come
  /// twice in `rows`.
  /// - Parameters:
  ///   - key: the columns of a unique constraint.
  ///   - rules: what becomes of the other columns of a row that exists; those without a rule stay.
  /// - Returns: the number of rows inserted or changed.
  @discardableResult
  public func upsert<Rows: Sequence>(
    into table: String, columns: [String], key: [String], rules: [UpsertRule], rows: Rows
  ) throws -> Int where Rows.Element == [SQLValue] {
    guard PQtransactionStatus(connection) == PQTRANS_INTRANS else {
      return try transaction { try $0.upsert(into: table, columns: columns, key: key, rules: rules, rows: rows) }
    }
    let staging = "analytics_upsert"
    let list = columns.map(quoted).joined(separator: ", ")
    try execute("CREATE TEMP TABLE \(staging) ON COMMIT DROP AS SELECT \(list) FROM \(quoted(table)) WITH NO DATA")
    try copy(into: staging, columns: columns, rows: rows)
    let keys = key.map(quoted).joined(separator: ", ")
    // In the order of the key, so that two upserts at once do not wait for each other in a circle.
    let changed = try execute(
      """
      INSERT INTO \(quoted(table)) AS old (\(list)) SELECT \(list) FROM \(staging) ORDER BY \(keys)
      ON CONFLICT (\(keys)) \(Self.resolution(rules))
      """)
    try execute("DROP TABLE \(staging)")
    return changed
  }

  private static func resolution(_ rules: [UpsertRule]) -> String {
    guard !rules.isEmpty else { return "DO NOTHING" }
    let assignments = rules.map { rule -> (column: String, value: String) in
      switch rule {
      case .replace(let name): (quoted(name), "EXCLUDED.\(quoted(name))")
      case .mergeKeys(let name):
        (quoted(name), "COALESCE(old.\(quoted(name)), '{}') || COALESCE(EXCLUDED.\(quoted(name)), '{}')")
      }
    }
    let sets = assignments.map { "\($0.column) = \($0.value)" }.joined(separator: ", ")
    let before = assignments.map { "old.\($0.column)" }.joined(separator: ", ")
    let after = assignments.map(\.value).joined(separator: ", ")
    return "DO UPDATE SET \(sets) WHERE (\(before)) IS DISTINCT FROM (\(after))"
  }

  private func put(_ buffer: [UInt8]) -> Bool {
    buffer.withUnsafeBytes {
      PQputCopyData(connection, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count)) == 1
    }
  }

  /// COPY's text format: tabs between fields, `\N` for null, backslashes before what would be mistaken.
  private static func append(_ row: [SQLValue], to buffer: inout [UInt8]) {
    for (index, value) in row.enumerated() {
      if index > 0 { buffer.append(UInt8(ascii: "\t")) }
      guard let text = value.text else {
        buffer.append(contentsOf: #"\N"#.utf8)
        continue
      }
      guard text.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 < 0x20 }) else {
        buffer.append(contentsOf: text.utf8)
        continue
      }
      for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "\\"): buffer.append(contentsOf: #"\\"#.utf8)
        case UInt8(ascii: "\t"): buffer.append(contentsOf: #"\t"#.utf8)
        case UInt8(ascii: "\n"): buffer.append(contentsOf: #"\n"#.utf8)
        case UInt8(ascii: "\r"): buffer.append(contentsOf: #"\r"#.utf8)
        default: buffer.append(byte)
        }
      }
    }
    buffer.append(UInt8(ascii: "\n"))
  }
}
