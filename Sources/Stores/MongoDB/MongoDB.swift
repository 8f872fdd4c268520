internal import CMongoC

/// One database behind a pool of connections; any number of threads may call it at once.
///
/// Every call blocks until the server has answered: run it on a `BlockingQueue`, never on the cooperative pool.
/// Writes wait for the majority and its journal unless the URI says otherwise.
///
/// `@unchecked Sendable`: libmongoc declares `mongoc_client_pool_t` thread-safe, and the rest is immutable.
public final class MongoDB: @unchecked Sendable {
  public let name: String
  /// Hosts, ports and database, for messages.
  let target: String
  private let pool: OpaquePointer

  /// Opens nothing yet: the first call connects. `ping()` tells whether the server is there.
  ///
  /// Options in `uri` win over the parameters.
  /// - Parameters:
  ///   - serverSelectionTimeout: how long a call looks for a server that is away.
  ///   - socketTimeout: how long a call waits for a server that has stopped answering.
  public init(
    uri: String, database: String, applicationName: String = "marketing-analytics",
    serverSelectionTimeout: Duration = .seconds(5), socketTimeout: Duration = .seconds(60)
  ) throws(StoreError) {
    Self.startLibrary
    guard !database.isEmpty, !database.utf8.contains(where: { "/\\. \"$\0".utf8.contains($0) }) else {
      throw .mongoSettings("the database name is empty or holds a character that MongoDB does not allow")
    }
    // The library's own reason can quote a piece of the password, so it stays out.
    let malformed = StoreError.mongoSettings(
      "the URI is malformed: mongodb://[user:password@]host[:port]/[?option=value&…], with"
        + " special characters of user and password percent-encoded")
    guard let settings = mongoc_uri_new_with_error(uri, nil) else { throw malformed }
    defer { mongoc_uri_destroy(settings) }
    // Behind an '@' of the password, which was meant to be %40, the library takes the rest of it for a host.
    guard !Self.hosts(of: settings).contains("@") else { throw malformed }
    Self.setDefault("serverselectiontimeoutms", serverSelectionTimeout, of: settings)
    Self.setDefault("connecttimeoutms", serverSelectionTimeout, of: settings)
    Self.setDefault("sockettimeoutms", socketTimeout, of: settings)
    if mongoc_uri_get_appname(settings) == nil { mongoc_uri_set_appname(settings, applicationName) }
    Self.makeDurable(settings)

    var error = bson_error_t()
    guard let pool = mongoc_client_pool_new_with_error(settings, &error) else {
      throw .mongoSettings(Redaction.mongoDB(error.text))
    }
    mongoc_client_pool_set_error_api(pool, MONGOC_ERROR_API_VERSION_2)
    self.pool = pool
    name = database
    target = "\(Self.hosts(of: settings))/\(database)"
  }

  deinit { mongoc_client_pool_destroy(pool) }

  public func collection(_ name: String) -> MongoCollection { MongoCollection(database: self, name: name) }

  /// Asks the server for a sign of life.
  public func ping() throws(StoreError) {
    _ = try command(BSONDocument { $0.append("ping", 1) }, operation: "ping")
  }

  /// Runs a database command and returns the server's reply.
  ///
  /// The connection's write concern is not added: a command that writes carries its own.
  /// - Parameter operation: what it is for, in the words of an error message.
  @discardableResult
  public func command(_ command: BSONDocument, operation: String) throws(StoreError) -> BSONDocument {
    let client = takeClient()
    defer { giveBack(client) }
    let reply = bson_new()
    defer { bson_destroy(reply) }
    var error = bson_error_t()
    let done = command.bytes.withUnsafeBufferPointer {
      stores_command(client, name, $0.baseAddress, $0.count, reply, &error)
    }
    guard done else { throw StoreError(mongo: error, operation, at: target) }
    return BSONDocument(copying: reply)
  }

  public func dropDatabase() throws(StoreError) {
    try command(BSONDocument { $0.append("dropDatabase", 1) }, operation: "dropping the database")
  }

  // MARK: Connections

  /// A connection of the pool, for one thread until `giveBack`.
  func takeClient() -> OpaquePointer? { mongoc_client_pool_pop(pool) }

  func giveBack(_ client: OpaquePointer?) { mongoc_client_pool_push(pool, client) }

  // MARK: Settings

  /// Once per process; what the library would print on stderr reaches the caller as errors.
  private static let startLibrary: Void = {
    mongoc_init()
    mongoc_log_set_handler(nil, nil)
  }()

  private static func setDefault(_ option: String, _ duration: Duration, of settings: OpaquePointer) {
    guard !mongoc_uri_has_option(settings, option) else { return }
    let milliseconds = duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    mongoc_uri_set_option_as_int32(settings, option, Int32(clamping: milliseconds))
  }

  /// `w: majority` and `j: true`, where the URI does not say.
  private static func makeDurable(_ settings: OpaquePointer) {
    let concern = mongoc_write_concern_copy(mongoc_uri_get_write_concern(settings))
    defer { mongoc_write_concern_destroy(concern) }
    if mongoc_write_concern_get_w(concern) == MONGOC_WRITE_CONCERN_W_DEFAULT {
      mongoc_write_concern_set_w(concern, MONGOC_WRITE_CONCERN_W_MAJORITY)
    }
    if !mongoc_write_concern_journal_is_set(concern) { mongoc_write_concern_set_journal(concern, true) }
    mongoc_uri_set_write_concern(settings, concern)
  }

  private static func hosts(of settings: OpaquePointer) -> String {
    if let service = mongoc_uri_get_srv_hostname(settings) { return String(cString: service) }
    var names: [String] = []
    var host = mongoc_uri_get_hosts(settings)
    while let current = host {
      names.append(
        withUnsafeBytes(of: current.pointee.host_and_port) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
      host = UnsafePointer(current.pointee.next)
    }
    return names.joined(separator: ",")
  }
}

extension BSONDocument {
  init(copying bson: OpaquePointer?) {
    let bytes = UnsafeRawBufferPointer(bson: bson)
    self.init(uncheckedBytes: [UInt8](bytes))
  }
}

extension UnsafeRawBufferPointer {
  /// The bytes of a `bson_t`, which begin with their count.
  init(bson: OpaquePointer?) {
    guard let bson, let data = bson_get_data(bson) else {
      self.init(start: nil, count: 0)
      return
    }
    let count = UnsafeRawPointer(data).loadUnaligned(as: Int32.self)
    self.init(start: data, count: Int(Int32(littleEndian: count)))
  }
}
