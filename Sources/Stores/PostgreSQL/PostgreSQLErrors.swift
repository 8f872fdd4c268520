internal import CLibPQ

extension StoreError {
  /// A statement that failed. Only the primary message is taken, redacted: detail and context quote values.
  init(_ answer: OpaquePointer?, on connection: OpaquePointer, _ operation: String, _ target: String) {
    let state = Self.field("C", of: answer)
    let text = Self.field("M", of: answer) ?? PQerrorMessage(connection).map { String(cString: $0) } ?? ""
    let lost = PQstatus(connection) == CONNECTION_BAD
    self.init(postgreSQL: state, lost: lost, text, operation, target)
  }

  /// A connection that could not be made.
  init(connecting connection: OpaquePointer, to target: String) {
    let text = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
    // `connection to server at … failed: FATAL:  28P01: password authentication failed for user "u"`, then a line
    // LOCATION. If several addresses were tried, the last one's reason is as good as any.
    let line = text.split(separator: "\n").last { !$0.hasPrefix("LOCATION:") && !$0.hasPrefix("\t") } ?? ""
    let parts = line.split(separator: ": ", omittingEmptySubsequences: false).map { $0.drop { $0 == " " } }
    let state = parts.first { $0.utf8.count == 5 && $0.allSatisfy { $0.isNumber || $0.isUppercase } && $0 != "FATAL" }
    let reason = state == nil ? line : parts.last ?? line
    self.init(
      postgreSQL: state.map(String.init), lost: state == nil, String(reason), "connecting", target)
  }

  private init(postgreSQL state: String?, lost: Bool, _ text: String, _ operation: String, _ target: String) {
    let (code, retriable) = Self.meaning(sqlState: state, lost: lost)
    let reason = Redaction.postgreSQL(text, sqlState: state)
    let number = state.map { " (SQLSTATE \($0))" } ?? ""
    self.init(
      code, "postgresql: \(operation) at \(target) failed: \(reason)\(number); \(code.remedy)", isRetriable: retriable,
      serverCode: state)
  }

  private static func field(_ name: Unicode.Scalar, of answer: OpaquePointer?) -> String? {
    PQresultErrorField(answer, Int32(name.value)).map { String(cString: $0) }
  }

  /// Appendix A of PostgreSQL's manual.
  private static func meaning(sqlState state: String?, lost: Bool) -> (Code, retriable: Bool) {
    guard let state else { return lost ? (.unavailable, true) : (.query, false) }
    switch state {
    case "40001", "40P01", "55P03": return (.conflict, true)  // serialization, deadlock, lock not available
    case "42501": return (.permission, false)
    case "23505": return (.duplicate, false)
    case "3D000": return (.settings, false)  // no such database
    default: break
    }
    switch state.prefix(2) {
    case "08", "53", "57", "58": return (.unavailable, true)
    case "28": return (.authentication, false)
    case "22": return (.value, false)
    case "21", "23": return (.constraint, false)
    default: return (.query, false)
    }
  }
}
