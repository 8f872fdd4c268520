internal import CMongoC

extension StoreError {
  static func mongoSettings(_ reason: String) -> StoreError {
    StoreError(.settings, "mongodb: opening the connection failed: \(reason)")
  }

  /// An error that libmongoc reports; its text is redacted.
  init(mongo error: bson_error_t, _ operation: String, at target: String) {
    let isServer = error.domain == MONGOC_ERROR_SERVER.rawValue || error.domain == MONGOC_ERROR_WRITE_CONCERN.rawValue
    let (code, retriable) =
      isServer ? Self.meaning(mongoServerCode: Int(error.code)) : Self.meaning(mongoClientError: error)
    self.init(
      mongo: code, retriable: retriable, serverCode: isServer ? Int(error.code) : nil,
      reason: Redaction.mongoDB(error.text), operation, at: target)
  }

  /// An error in a server's reply.
  init(mongoServerCode number: Int, text: String, _ operation: String, at target: String) {
    let (code, retriable) = Self.meaning(mongoServerCode: number)
    self.init(
      mongo: code, retriable: retriable, serverCode: number, reason: Redaction.mongoDB(text), operation, at: target)
  }

  private init(
    mongo code: Code, retriable: Bool, serverCode: Int?, reason: String, _ operation: String, at target: String
  ) {
    let number = serverCode.map { " (code \($0))" } ?? ""
    let cause = reason.isEmpty ? "refused" : reason
    self.init(
      code, "mongodb: \(operation) at \(target) failed: \(cause)\(number); \(code.remedy)", isRetriable: retriable,
      serverCode: serverCode.map(String.init))
  }

  var isLostConnection: Bool { code == .unavailable && serverCode == nil }

  private static func meaning(mongoClientError error: bson_error_t) -> (Code, retriable: Bool) {
    switch (error.domain, error.code) {
    case (MONGOC_ERROR_CLIENT.rawValue, MONGOC_ERROR_CLIENT_AUTHENTICATE.rawValue),
      (MONGOC_ERROR_SASL.rawValue, _), (MONGOC_ERROR_SCRAM.rawValue, _):
      (.authentication, false)
    case (MONGOC_ERROR_STREAM.rawValue, _), (MONGOC_ERROR_SERVER_SELECTION.rawValue, _),
      (MONGOC_ERROR_CLIENT.rawValue, _), (MONGOC_ERROR_POOL.rawValue, _),
      (MONGOC_ERROR_PROTOCOL.rawValue, MONGOC_ERROR_PROTOCOL_INVALID_REPLY.rawValue):
      (.unavailable, true)
    default:
      (.query, false)
    }
  }

  /// Codes of `src/mongo/base/error_codes.yml`.
  private static func meaning(mongoServerCode number: Int) -> (Code, retriable: Bool) {
    switch number {
    case 11000, 11001, 12582: (.duplicate, false)
    case 18, 8000: (.authentication, false)
    case 79, 100: (.settings, false)  // a write concern that the servers cannot meet
    case 13: (.permission, false)
    case 112, 251, 24, 46: (.conflict, true)  // WriteConflict, NoSuchTransaction, LockTimeout, LockBusy
    // Unreachable, not found, time limits, shutdowns, elections: the retryable ones of the drivers' specification.
    case 6, 7, 50, 64, 89, 91, 134, 189, 202, 262, 317, 358, 384, 9001, 10107, 11600, 11602, 13435, 13436:
      (.unavailable, true)
    case 121, 10334, 17280, 17419, 17420: (.constraint, false)  // validator, object or key too large
    case 2, 14, 16837, 40390: (.value, false)  // BadValue, TypeMismatch, of an update
    default: (.query, false)
    }
  }
}

extension bson_error_t {
  var text: String {
    withUnsafeBytes(of: message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
