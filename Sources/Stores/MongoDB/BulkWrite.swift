/// Writes that travel together. Kept as plain bytes, so that the same batch can be sent again after a lost connection.
public struct BulkWrite: Sendable {
  enum Kind { case insert, update, replace }

  struct Operation {
    var kind: Kind
    var upsert: Bool
    /// In `bytes`; empty for an insert.
    var filter: Range<Int>
    /// In `bytes`: the document, the operators, or the pipeline.
    var document: Range<Int>
  }

  /// All documents, one behind the other.
  private var writer = BSONWriter()
  private(set) var operations: [Operation] = []

  public init() {}

  public var count: Int { operations.count }
  var bytes: [UInt8] { writer.bytes }
  public var isEmpty: Bool { operations.isEmpty }
  /// Size of the documents, for those who bound a batch by it.
  public var byteCount: Int { writer.bytes.count }

  public mutating func insert(_ document: BSONDocument) { append(.insert, nil, document.bytes, upsert: false) }

  /// Applies operators such as `$set` to the first document that matches.
  public mutating func update(_ filter: BSONDocument, _ operators: BSONDocument, upsert: Bool = false) {
    append(.update, filter, operators.bytes, upsert: upsert)
  }

  /// Applies an aggregation pipeline to the first document that matches.
  public mutating func update(_ filter: BSONDocument, pipeline: BSONArray, upsert: Bool = false) {
    append(.update, filter, pipeline.bytes, upsert: upsert)
  }

  public mutating func replace(_ filter: BSONDocument, with document: BSONDocument, upsert: Bool = false) {
    append(.replace, filter, document.bytes, upsert: upsert)
  }

  /// Writes a document to insert in place.
  package mutating func insert(_ build: (inout BSONWriter) -> Void) {
    let document = write(build)
    operations.append(Operation(kind: .insert, upsert: false, filter: 0..<0, document: document))
  }

  /// Writes filter and operators in place.
  package mutating func update(_ filter: (inout BSONWriter) -> Void, _ operators: (inout BSONWriter) -> Void) {
    let filter = write(filter)
    operations.append(Operation(kind: .update, upsert: false, filter: filter, document: write(operators)))
  }

  private mutating func write(_ build: (inout BSONWriter) -> Void) -> Range<Int> {
    let start = writer.bytes.count
    writer.begin(asArray: false)
    build(&writer)
    writer.end()
    return start..<writer.bytes.count
  }

  /// Forgets the operations and keeps the memory for the next batch.
  public mutating func removeAll() {
    writer.bytes.removeAll(keepingCapacity: true)
    operations.removeAll(keepingCapacity: true)
  }

  private mutating func append(_ kind: Kind, _ filter: BSONDocument?, _ document: [UInt8], upsert: Bool) {
    let start = writer.bytes.count
    if let filter { writer.bytes.append(contentsOf: filter.bytes) }
    let middle = writer.bytes.count
    writer.bytes.append(contentsOf: document)
    operations.append(
      Operation(kind: kind, upsert: upsert, filter: start..<middle, document: middle..<writer.bytes.count))
  }
}

/// What the server did with a `BulkWrite`.
public struct BulkResult: Sendable, Equatable {
  /// An operation that the server refused; the others of the batch were carried out.
  public struct Failure: Sendable, Equatable {
    /// Position in the batch.
    public var index: Int
    public var error: StoreError
  }

  public var inserted = 0
  public var matched = 0
  public var modified = 0
  /// Positions of the operations that created their document.
  public var upserted: [Int] = []
  public var failures: [Failure] = []

  public init() {}
}
