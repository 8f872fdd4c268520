/// Steps through the elements of a BSON document or array without copying: keys and values are looked at where they lie.
///
/// Every length is checked against the bytes that are there, so damaged input throws `malformed` and never reads beyond.
///
/// ```swift
/// while let element = try reader.next() {
///   if element.hasKey("customer_id"), let id = element.string { … }
/// }
/// ```
public struct BSONReader: ~Escapable {
  @usableFromInline let bytes: RawSpan
  @usableFromInline var offset = 4

  /// A document's bytes: its length, elements, a zero byte.
  @inlinable @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) throws(StoreError) {
    guard bytes.byteCount >= 5, bytes.int32(at: 0) == bytes.byteCount, bytes.byte(at: bytes.byteCount - 1) == 0 else {
      throw .damagedBSON
    }
    self.bytes = bytes
  }

  /// For bytes that `BSONWriter` wrote.
  @_lifetime(copy bytes)
  init(unchecked bytes: RawSpan) { self.bytes = bytes }

  /// The next element, or nil after the last.
  @inlinable @_lifetime(copy self)
  public mutating func next() throws(StoreError) -> BSONElement? {
    let end = bytes.byteCount - 1
    guard offset < end else { return nil }
    guard let type = BSONType(rawValue: bytes.byte(at: offset)) else { throw .damagedBSON }
    let keyStart = offset + 1
    let keyEnd = try endOfName(from: keyStart, before: end)
    let start = keyEnd + 1
    let size = try sizeOfValue(type, at: start, before: end)
    guard size <= end - start else { throw .damagedBSON }
    offset = start + size
    return BSONElement(
      type: type, keyBytes: bytes.extracting(keyStart..<keyEnd), value: bytes.extracting(start..<start + size))
  }

  @inlinable func endOfName(from start: Int, before end: Int) throws(StoreError) -> Int {
    var index = start
    while index < end {
      if bytes.byte(at: index) == 0 { return index }
      index += 1
    }
    throw .damagedBSON
  }

  /// Bytes of a value of this type; may reach beyond the end, which the caller checks.
  @inlinable func sizeOfValue(_ type: BSONType, at start: Int, before end: Int) throws(StoreError) -> Int {
    switch type {
    case .null, .undefined, .minKey, .maxKey: return 0
    case .bool: return 1
    case .int32: return 4
    case .double, .date, .int64, .timestamp: return 8
    case .objectID: return 12
    case .decimal128: return 16
    case .string, .code, .symbol: return try 4 + length(at: start, atLeast: 1, before: end)
    case .dbPointer: return try 4 + length(at: start, atLeast: 1, before: end) + 12
    case .binary: return try 4 + 1 + length(at: start, atLeast: 0, before: end)
    case .document, .array: return try length(at: start, atLeast: 5, before: end)
    case .codeWithScope: return try length(at: start, atLeast: 14, before: end)
    case .regex:
      let options = try endOfName(from: start, before: end) + 1
      return try endOfName(from: options, before: end) + 1 - start
    }
  }

  @inlinable func length(at start: Int, atLeast least: Int, before end: Int) throws(StoreError) -> Int {
    guard end - start >= 4 else { throw .damagedBSON }
    let length = bytes.int32(at: start)
    guard length >= least else { throw .damagedBSON }
    return length
  }
}

extension StoreError {
  @usableFromInline static var damagedBSON: StoreError {
    StoreError(.malformed, "bson: reading a document failed: its bytes are damaged; \(Code.malformed.remedy)")
  }
}

extension RawSpan {
  @inlinable func byte(at offset: Int) -> UInt8 { unsafeLoad(fromByteOffset: offset, as: UInt8.self) }

  /// A little-endian integer; bounds are checked.
  @inlinable func littleEndian<Value: FixedWidthInteger & BitwiseCopyable>(_: Value.Type, at offset: Int = 0) -> Value {
    Value(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self))
  }

  @inlinable func int32(at offset: Int) -> Int { Int(littleEndian(Int32.self, at: offset)) }
}
