/// A whole BSON document, or the elements of an array, as its bytes.
///
/// ```swift
/// let filter = BSONDocument { $0.append("customer_id", id) }
/// ```
public struct BSONDocument: Sendable, Equatable, BSONEncodable {
  public let bytes: [UInt8]

  package init(uncheckedBytes: [UInt8]) { bytes = uncheckedBytes }

  /// Builds a document in place.
  public init<Failure: Error>(
    reserving capacity: Int = 128, _ build: (inout BSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    var writer = BSONWriter(reserving: capacity)
    try build(&writer)
    self = writer.finish()
  }

  /// The document without elements.
  public static let empty = BSONDocument { (_: inout BSONWriter) in }

  @inlinable public var bsonType: BSONType { .document }
  @inlinable public func encode(to bytes: inout [UInt8]) { bytes.append(contentsOf: self.bytes) }

  /// Reads the elements; valid as long as the document is.
  public var reader: BSONReader {
    @_lifetime(borrow self) get { BSONReader(unchecked: bytes.span.bytes) }
  }
}

/// A whole BSON array, for instance an aggregation pipeline.
public struct BSONArray: Sendable, Equatable, BSONEncodable {
  public let bytes: [UInt8]

  /// Builds an array in place: append without keys.
  public init<Failure: Error>(
    reserving capacity: Int = 128, _ build: (inout BSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    var writer = BSONWriter(arrayReserving: capacity)
    try build(&writer)
    bytes = writer.finish().bytes
  }

  @inlinable public var bsonType: BSONType { .array }
  @inlinable public func encode(to bytes: inout [UInt8]) { bytes.append(contentsOf: self.bytes) }
}
