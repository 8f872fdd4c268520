internal import CMongoC

/// The documents that a query finds, one after the other, looked at where libmongoc received them.
///
/// Holds a connection of the pool until it ends; one thread uses it.
///
/// ```swift
/// var cursor = journeys.find()
/// while var document = try cursor.next() {
///   while let element = try document.next() { … }
/// }
/// ```
public struct MongoCursor: ~Copyable {
  private let database: MongoDB
  private let collection: String
  private let client: OpaquePointer?
  private let cursor: OpaquePointer?
  /// libmongoc calls it an error to ask again after the end.
  private var isFinished = false

  init(database: MongoDB, collection: String, client: OpaquePointer?, cursor: OpaquePointer?) {
    self.database = database
    self.collection = collection
    self.client = client
    self.cursor = cursor
  }

  deinit {
    mongoc_cursor_destroy(cursor)
    database.giveBack(client)
  }

  /// The next document, valid until the call after; nil after the last.
  @_lifetime(&self)
  public mutating func next() throws(StoreError) -> BSONReader? {
    guard let bytes = try nextBytes() else { return nil }
    return try BSONReader(_overrideLifetime(bytes.bytes, mutating: &self))
  }

  /// The next document as a copy that may be kept.
  public mutating func nextCopy() throws(StoreError) -> BSONDocument? {
    guard let bytes = try nextBytes() else { return nil }
    return BSONDocument(uncheckedBytes: [UInt8](bytes))
  }

  private mutating func nextBytes() throws(StoreError) -> UnsafeRawBufferPointer? {
    guard !isFinished else { return nil }
    var document: OpaquePointer?
    if mongoc_cursor_next(cursor, &document) { return UnsafeRawBufferPointer(bson: document) }
    isFinished = true
    var error = bson_error_t()
    if mongoc_cursor_error(cursor, &error) {
      throw StoreError(mongo: error, "reading \(collection)", at: database.target)
    }
    return nil
  }
}
