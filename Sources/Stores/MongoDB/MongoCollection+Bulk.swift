internal import CMongoC

extension MongoCollection {
  /// Sends the operations in no particular order and waits until the write concern is met.
  ///
  /// An operation that the server refuses does not stop the others: it is listed in the result's `failures`.
  /// Throws when it is unknown what was written (connection lost, majority not reached in time): the error is then
  /// retriable, and the batch can be sent again if its operations may be repeated.
  ///
  /// - Parameter journaled: false leaves the wait for the journal to a later write of the same connection string: a
  ///   journal is written in order, so that it makes these durable too. Until then a crash may take them back.
  public func write(_ batch: BulkWrite, journaled: Bool = true) throws(StoreError) -> BulkResult {
    guard !batch.isEmpty else { return BulkResult() }
    let client = database.takeClient()
    defer { database.giveBack(client) }
    let collection = mongoc_client_get_collection(client, database.name, name)
    defer { mongoc_collection_destroy(collection) }
    if !journaled { stores_leave_journal(collection) }
    let bulk = WriteOptions.unordered.bytes.withUnsafeBufferPointer {
      stores_bulk_new(collection, $0.baseAddress, $0.count)
    }
    defer { mongoc_bulk_operation_destroy(bulk) }

    var error = bson_error_t()
    for operation in batch.operations where !add(operation, of: batch, to: bulk, &error) {
      throw StoreError(mongo: error, "writing \(name)", at: database.target)
    }
    let reply = bson_new()
    defer { bson_destroy(reply) }
    let succeeded = mongoc_bulk_operation_execute(bulk, reply, &error) != 0
    let result = try read(reply: BSONDocument(copying: reply))
    if !succeeded {
      let failure = StoreError(mongo: error, "writing \(name)", at: database.target)
      if result.failures.isEmpty || failure.isLostConnection { throw failure }
    }
    return result
  }

  private func add(
    _ operation: BulkWrite.Operation, of batch: BulkWrite, to bulk: OpaquePointer?, _ error: inout bson_error_t
  ) -> Bool {
    let options = operation.upsert ? WriteOptions.upsert : WriteOptions.plain
    return batch.bytes.withUnsafeBufferPointer { bytes in
      options.bytes.withUnsafeBufferPointer { options in
        let filter = UnsafeBufferPointer(rebasing: bytes[operation.filter])
        let document = UnsafeBufferPointer(rebasing: bytes[operation.document])
        return switch operation.kind {
        case .insert:
          stores_bulk_insert(
            bulk, document.baseAddress, document.count, options.baseAddress, options.count, &error)
        case .update:
          stores_bulk_update_one(
            bulk, filter.baseAddress, filter.count, document.baseAddress, document.count, options.baseAddress,
            options.count, &error)
        case .replace:
          stores_bulk_replace_one(
            bulk, filter.baseAddress, filter.count, document.baseAddress, document.count, options.baseAddress,
            options.count, &error)
        }
      }
    }
  }

  private func read(reply: BSONDocument) throws(StoreError) -> BulkResult {
    var result = BulkResult()
    var reader = reply.reader
    while let element = try reader.next() {
      if element.hasKey("nInserted") {
        result.inserted = Int(element.int64 ?? 0)
      } else if element.hasKey("nMatched") {
        result.matched = Int(element.int64 ?? 0)
      } else if element.hasKey("nModified") {
        result.modified = Int(element.int64 ?? 0)
      } else if element.hasKey("upserted"), var list = try element.nested() {
        while let item = try list.next() { result.upserted.append(try failure(item).index) }
      } else if element.hasKey("writeErrors"), var list = try element.nested() {
        while let item = try list.next() { result.failures.append(try failure(item)) }
      } else if element.hasKey("writeConcernErrors"), var list = try element.nested(), let item = try list.next() {
        throw try failure(item).error
      }
    }
    return result
  }

  /// Reads `{index, code, errmsg}`.
  private func failure(_ item: borrowing BSONElement) throws(StoreError) -> BulkResult.Failure {
    var index = 0
    var code = 0
    var text = ""
    if var fields = try item.nested() {
      while let field = try fields.next() {
        if field.hasKey("index") { index = Int(field.int64 ?? 0) }
        if field.hasKey("code") { code = Int(field.int64 ?? 0) }
        if field.hasKey("errmsg") { text = field.string ?? "" }
      }
    }
    return BulkResult.Failure(
      index: index,
      error: StoreError(mongoServerCode: code, text: text, "writing a document of \(name)", at: database.target))
  }
}

/// Options of libmongoc. Its check of every key is left out: `BSONWriter` writes well-formed documents, and names that
/// come from data may be empty.
private enum WriteOptions {
  static let unordered = BSONDocument { $0.append("ordered", false) }
  static let plain = BSONDocument { $0.append("validate", false) }
  static let upsert = BSONDocument {
    $0.append("validate", false)
    $0.append("upsert", true)
  }
}
