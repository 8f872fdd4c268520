internal import CLibPQ
import Foundation

/// One connection to PostgreSQL. One thread uses it, and it closes with its last reference.
///
/// A class, because Swift 6.3 crashes on closures that capture a borrowed `~Copyable` value that is not Sendable.
///
/// Every call blocks until the server has answered: run it on a `BlockingQueue`, never on the cooperative pool.
public final class PostgreSQL {
  let connection: OpaquePointer
  /// Host, port and database, for messages.
  let target: String

  /// Connects.
  /// - Parameter url: `postgresql://user:password@host:port/database?option=value`, or libpq's `key=value` form.
  ///   It is never part of a message.
  public init(
    url: String, applicationName: String = "marketing-analytics", connectTimeout: Duration = .seconds(10)
  ) throws(StoreError) {
    (connection, target) = try Self.connect(url, applicationName, connectTimeout)
  }

  deinit { PQfinish(connection) }

  private static func connect(
    _ url: String, _ applicationName: String, _ timeout: Duration
  ) throws(StoreError) -> (OpaquePointer, target: String) {
    try check(url)
    guard let connection = start(url, applicationName) else {
      throw StoreError(.unavailable, "postgresql: connecting failed: out of memory")
    }
    let place = [PQhost(connection), PQport(connection), PQdb(connection)].map { $0.map { String(cString: $0) } ?? "" }
    let target = "\(place[0]):\(place[1])/\(place[2])"
    // Errors of the start have no result object to ask; when they are verbose, their text tells the SQLSTATE.
    PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
    if let failure = finish(connection, timeout, target) {
      PQfinish(connection)
      throw failure
    }
    PQsetErrorVerbosity(connection, PQERRORS_DEFAULT)
    // Notices ("relation exists, skipping") would go to stderr.
    PQsetNoticeProcessor(connection, { _, _ in }, nil)
    return (connection, target)
  }

  /// Refuses what libpq cannot parse, without its reason: that may quote a piece of the password.
  private static func check(_ url: String) throws(StoreError) {
    let options = PQconninfoParse(url, nil)
    defer { PQconninfoFree(options) }
    var values: [String: String] = [:]
    var option = options
    while let current = option, let keyword = current.pointee.keyword {
      if let value = current.pointee.val { values[String(cString: keyword)] = String(cString: value) }
      option = current + 1
    }
    // An unescaped @ or / makes the rest of a password a host, a port or a database.
    let isSplitPassword =
      [values["host"], values["dbname"]].contains { $0?.contains("@") == true }
      || values["port"]?.utf8.contains { !"0123456789,".utf8.contains($0) } == true
    guard options != nil, !isSplitPassword else {
      throw StoreError(
        .settings,
        "postgresql: opening the connection failed: the URL is malformed: "
          + "postgresql://user:password@host:port/database, with special characters of user and password "
          + "percent-encoded")
    }
  }

  private static func start(_ url: String, _ applicationName: String) -> OpaquePointer? {
    // libpq takes a URL in the place of the database's name.
    let settings = [
      ("dbname", url), ("client_encoding", "UTF8"), ("fallback_application_name", applicationName),
    ]
    var keywords = settings.map { UnsafePointer(strdup($0.0)) } + [nil]
    var values = settings.map { UnsafePointer(strdup($0.1)) } + [nil]
    defer { for text in keywords + values { free(UnsafeMutablePointer(mutating: text)) } }
    return PQconnectStartParams(&keywords, &values, 1)
  }

  /// Drives the connection until it stands, fails or the time is over.
  private static func finish(_ connection: OpaquePointer, _ timeout: Duration, _ target: String) -> StoreError? {
    let deadline = ContinuousClock.now + timeout
    var state = PGRES_POLLING_WRITING
    while PQstatus(connection) != CONNECTION_BAD, state != PGRES_POLLING_FAILED {
      if state == PGRES_POLLING_OK { return nil }
      let left = (deadline - ContinuousClock.now).components
      let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
      guard milliseconds > 0 else {
        return StoreError(
          .unavailable,
          "postgresql: connecting at \(target) failed: no answer in time; \(StoreError.Code.unavailable.remedy)",
          isRetriable: true)
      }
      let events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT
      var descriptor = pollfd(fd: PQsocket(connection), events: Int16(events), revents: 0)
      // Interrupted or out of time, the loop looks again.
      if poll(&descriptor, 1, Int32(clamping: milliseconds)) > 0 { state = PQconnectPoll(connection) }
    }
    return StoreError(connecting: connection, to: target)
  }
}
