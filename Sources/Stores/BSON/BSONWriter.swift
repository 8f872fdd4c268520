/// Writes BSON front to back into one buffer: no object per value, no `bson_t`.
///
/// In a document values are appended with a key, in an array without one.
///
/// ```swift
/// writer.append("customer_id", id)
/// writer.array("journey_data") { journey in
///   journey.document { $0.append("touchpoint", "email_opened") }
/// }
/// ```
public struct BSONWriter: Sendable {
  @usableFromInline var bytes: [UInt8]
  /// The documents and arrays that are still open, outermost first.
  private var open: [Level] = []

  private struct Level: Sendable {
    /// Where its length will stand.
    var start: Int
    /// The key of the next element of an array; nil in a document.
    var nextIndex: Int?
  }

  init(reserving capacity: Int) {
    bytes = []
    bytes.reserveCapacity(capacity)
    begin(asArray: false)
  }

  package init(arrayReserving capacity: Int) {
    bytes = []
    bytes.reserveCapacity(capacity)
    begin(asArray: true)
  }

  /// For documents one behind the other: each is opened by `begin` and closed by `end`.
  init() { bytes = [] }

  consuming func finish() -> BSONDocument {
    end()
    return BSONDocument(uncheckedBytes: bytes)
  }

  // MARK: In a document

  @inlinable public mutating func append<Value: BSONEncodable>(_ key: String, _ value: Value) {
    begin(value.bsonType, key)
    value.encode(to: &bytes)
  }

  /// A string given as UTF-8, which the caller has checked.
  public mutating func append(_ key: String, utf8: RawSpan) {
    begin(.string, key)
    appendString(utf8)
  }

  /// 16 bytes as a UUID (binary of subtype 4).
  public mutating func append(_ key: String, uuid: RawSpan) {
    begin(.binary, key)
    appendUUID(uuid)
  }

  public mutating func document<Failure: Error>(
    _ key: String, _ build: (inout BSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    begin(.document, key)
    try nested(asArray: false, build)
  }

  public mutating func array<Failure: Error>(
    _ key: String, _ build: (inout BSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    begin(.array, key)
    try nested(asArray: true, build)
  }

  // MARK: In an array

  @inlinable public mutating func append<Value: BSONEncodable>(_ value: Value) {
    begin(value.bsonType)
    value.encode(to: &bytes)
  }

  /// A string given as UTF-8, which the caller has checked.
  public mutating func append(utf8: RawSpan) {
    begin(.string)
    appendString(utf8)
  }

  /// 16 bytes as a UUID (binary of subtype 4).
  public mutating func append(uuid: RawSpan) {
    begin(.binary)
    appendUUID(uuid)
  }

  public mutating func document<Failure: Error>(
    _ build: (inout BSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    begin(.document)
    try nested(asArray: false, build)
  }

  public mutating func array<Failure: Error>(
    _ build: (inout BSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    begin(.array)
    try nested(asArray: true, build)
  }

  // MARK: Bytes

  var isInArray: Bool { open[open.count - 1].nextIndex != nil }

  @usableFromInline mutating func begin(_ type: BSONType, _ key: String) {
    precondition(!isInArray, "an element of an array has no key")
    bytes.append(type.rawValue)
    var key = key
    key.withUTF8 { appendKey(UnsafeRawBufferPointer($0)) }
  }

  mutating func appendKey(_ key: UnsafeRawBufferPointer) {
    if key.contains(0) {
      // A key ends at its first NUL. Names can come from data, so this is no mistake of ours.
      for byte in key { if byte == 0 { bytes.append(contentsOf: "\u{FFFD}".utf8) } else { bytes.append(byte) } }
    } else {
      bytes.append(contentsOf: key)
    }
    bytes.append(0)
  }

  @usableFromInline mutating func begin(_ type: BSONType) {
    guard let index = open[open.count - 1].nextIndex else { preconditionFailure("an element of a document has a key") }
    open[open.count - 1].nextIndex = index + 1
    bytes.append(type.rawValue)
    bytes.append(contentsOf: String(index).utf8)
    bytes.append(0)
  }

  private mutating func nested<Failure: Error>(
    asArray: Bool, _ build: (inout BSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    begin(asArray: asArray)
    try build(&self)
    end()
  }

  mutating func begin(asArray: Bool) {
    open.append(Level(start: bytes.count, nextIndex: asArray ? 0 : nil))
    bytes.appendLittleEndian(Int32(0))
  }

  mutating func end() {
    let start = open.removeLast().start
    bytes.append(0)
    bytes.storeLength(bytes.count - start, at: start)
  }

  private mutating func appendString(_ utf8: RawSpan) {
    bytes.appendLittleEndian(Int32(utf8.byteCount + 1))
    utf8.withUnsafeBytes { bytes.append(contentsOf: $0) }
    bytes.append(0)
  }

  private mutating func appendUUID(_ uuid: RawSpan) {
    precondition(uuid.byteCount == 16, "a UUID has 16 bytes")
    bytes.appendLittleEndian(Int32(16))
    bytes.append(4)
    uuid.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }
}
