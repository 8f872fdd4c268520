/// For hot loops: keys that are known at compile time or lie somewhere as bytes, values of one type, and nesting by
/// begin and end, so that nothing is allocated and nothing generic is called.
extension BSONWriter {
  /// Bytes written so far.
  package var byteCount: Int { bytes.count }

  /// Everything written so far, whether or not it is complete.
  package consuming func takeWrittenBytes() -> [UInt8] { bytes }

  // MARK: Keys known at compile time

  package mutating func append(_ key: StaticString, int64 value: Int64) {
    begin(.int64, key)
    bytes.appendLittleEndian(value)
  }

  package mutating func append(_ key: StaticString, double value: Double) {
    begin(.double, key)
    bytes.appendLittleEndian(value.bitPattern)
  }

  package mutating func append(_ key: StaticString, date value: BSONDate) {
    begin(.date, key)
    bytes.appendLittleEndian(value.milliseconds)
  }

  package mutating func append(_ key: StaticString, utf8: UnsafeRawBufferPointer) {
    begin(.string, key)
    appendString(utf8)
  }

  /// 16 bytes as a UUID (binary of subtype 4).
  package mutating func append(_ key: StaticString, uuid: (UInt64, UInt64)) {
    begin(.binary, key)
    appendUUID(uuid)
  }

  package mutating func beginDocument(_ key: StaticString) {
    begin(.document, key)
    begin(asArray: false)
  }

  package mutating func beginArray(_ key: StaticString) {
    begin(.array, key)
    begin(asArray: true)
  }

  // MARK: Keys as bytes; nil in an array

  package mutating func append(key: UnsafeRawBufferPointer?, type: BSONType, int64 value: Int64) {
    begin(type, key: key)
    if type == .int32 {
      bytes.appendLittleEndian(Int32(truncatingIfNeeded: value))
    } else {
      bytes.appendLittleEndian(value)
    }
  }

  package mutating func append(key: UnsafeRawBufferPointer?, double value: Double) {
    begin(.double, key: key)
    bytes.appendLittleEndian(value.bitPattern)
  }

  package mutating func append(key: UnsafeRawBufferPointer?, bool value: Bool) {
    begin(.bool, key: key)
    bytes.append(value ? 1 : 0)
  }

  package mutating func append(key: UnsafeRawBufferPointer?, utf8: UnsafeRawBufferPointer) {
    begin(.string, key: key)
    appendString(utf8)
  }

  package mutating func appendNull(key: UnsafeRawBufferPointer?) { begin(.null, key: key) }

  package mutating func beginDocument(key: UnsafeRawBufferPointer?) {
    begin(.document, key: key)
    begin(asArray: false)
  }

  package mutating func beginArray(key: UnsafeRawBufferPointer?) {
    begin(.array, key: key)
    begin(asArray: true)
  }

  // MARK: In an array

  package mutating func append(utf8: UnsafeRawBufferPointer) {
    begin(.string)
    appendString(utf8)
  }

  package mutating func append(uuid: (UInt64, UInt64)) {
    begin(.binary)
    appendUUID(uuid)
  }

  /// A document that was written elsewhere.
  package mutating func append(document: UnsafeRawBufferPointer) {
    begin(.document)
    bytes.append(contentsOf: document)
  }

  // MARK: Nesting

  /// Closes what `beginDocument` or `beginArray` opened last.
  package mutating func close() { end() }

  private mutating func begin(_ type: BSONType, _ key: StaticString) {
    bytes.append(type.rawValue)
    // The NUL that ends a static string ends the key too.
    bytes.append(contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount + 1))
  }

  private mutating func begin(_ type: BSONType, key: UnsafeRawBufferPointer?) {
    guard let key, !isInArray else { return begin(type) }
    bytes.append(type.rawValue)
    appendKey(key)
  }

  private mutating func appendString(_ utf8: UnsafeRawBufferPointer) {
    bytes.appendLittleEndian(Int32(truncatingIfNeeded: utf8.count + 1))
    bytes.append(contentsOf: utf8)
    bytes.append(0)
  }

  private mutating func appendUUID(_ uuid: (UInt64, UInt64)) {
    bytes.appendLittleEndian(Int32(16))
    bytes.append(4)
    withUnsafeBytes(of: uuid) { bytes.append(contentsOf: $0) }
  }
}
