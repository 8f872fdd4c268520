internal import CMongoC

/// One collection. Cheap to make; every call takes a connection of the pool and blocks until it is answered.
public struct MongoCollection: Sendable {
  public let database: MongoDB
  public let name: String

  /// Starts a query.
  /// - Parameters:
  ///   - sort: for instance `{customer_id: 1, _id: 1}`, which should have an index.
  ///   - batchSize: documents per answer of the server; its own choice if nil.
  public func find(
    _ filter: BSONDocument = .empty, projection: BSONDocument? = nil, sort: BSONDocument? = nil, limit: Int? = nil,
    batchSize: Int? = nil
  ) -> MongoCursor {
    let options = BSONDocument {
      if let projection { $0.append("projection", projection) }
      if let sort { $0.append("sort", sort) }
      if let limit { $0.append("limit", limit) }
      if let batchSize { $0.append("batchSize", batchSize) }
    }
    return cursor { collection in
      filter.bytes.withUnsafeBufferPointer { filter in
        options.bytes.withUnsafeBufferPointer { options in
          stores_find(collection, filter.baseAddress, filter.count, options.baseAddress, options.count)
        }
      }
    }
  }

  /// The first document that matches, or nil.
  public func findOne(_ filter: BSONDocument, projection: BSONDocument? = nil) throws(StoreError) -> BSONDocument? {
    var cursor = find(filter, projection: projection, limit: 1)
    return try cursor.nextCopy()
  }

  /// Runs an aggregation pipeline.
  public func aggregate(_ pipeline: BSONArray, batchSize: Int? = nil) -> MongoCursor {
    let options = BSONDocument { if let batchSize { $0.append("batchSize", batchSize) } }
    return cursor { collection in
      pipeline.bytes.withUnsafeBufferPointer { pipeline in
        options.bytes.withUnsafeBufferPointer { options in
          stores_aggregate(collection, pipeline.baseAddress, pipeline.count, options.baseAddress, options.count)
        }
      }
    }
  }

  /// Counts the documents that match; reads them or an index.
  public func count(_ filter: BSONDocument = .empty) throws(StoreError) -> Int {
    let pipeline = BSONArray {
      $0.document { $0.append("$match", filter) }
      $0.document { $0.append("$count", "n") }
    }
    var cursor = aggregate(pipeline)
    guard let document = try cursor.nextCopy() else { return 0 }
    var reader = document.reader
    while let element = try reader.next() { if element.hasKey("n"), let count = element.int64 { return Int(count) } }
    return 0
  }

  /// Creates an index if it is not there yet; its name is MongoDB's own, `customer_id_1__id_1`.
  /// - Parameter keys: the fields with 1 (ascending) or -1.
  public func createIndex(_ keys: BSONDocument, unique: Bool = false) throws(StoreError) {
    var parts: [String] = []
    var reader = keys.reader
    while let key = try reader.next() { parts.append("\(key.key)_\(key.int64 ?? 1)") }
    let indexName = parts.joined(separator: "_")
    let command = BSONDocument {
      $0.append("createIndexes", name)
      $0.array("indexes") {
        $0.document {
          $0.append("key", keys)
          $0.append("name", indexName)
          if unique { $0.append("unique", true) }
        }
      }
    }
    try database.command(command, operation: "creating the index \(indexName) of \(name)")
  }

  private func cursor(_ start: (OpaquePointer?) -> OpaquePointer?) -> MongoCursor {
    let client = database.takeClient()
    let collection = mongoc_client_get_collection(client, database.name, name)
    defer { mongoc_collection_destroy(collection) }
    return MongoCursor(database: database, collection: name, client: client, cursor: start(collection))
  }
}
