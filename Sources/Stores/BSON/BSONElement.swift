/// One element of a BSON document, seen in place. A typed accessor is nil when the element has another type.
public struct BSONElement: ~Escapable {
  public let type: BSONType
  /// The key's UTF-8 without the NUL.
  public let keyBytes: RawSpan
  /// The value's bytes as they lie in the document.
  @usableFromInline let value: RawSpan

  @inlinable @_lifetime(copy keyBytes, copy value)
  init(type: BSONType, keyBytes: RawSpan, value: RawSpan) {
    self.type = type
    self.keyBytes = keyBytes
    self.value = value
  }

  @inlinable public var key: String { String(copying: keyBytes) }

  @inlinable public func hasKey(_ key: StaticString) -> Bool {
    guard key.utf8CodeUnitCount == keyBytes.byteCount else { return false }
    for index in 0..<keyBytes.byteCount where keyBytes.byte(at: index) != key.utf8Start[index] { return false }
    return true
  }

  @inlinable public var isNull: Bool { type == .null || type == .undefined }

  /// An int32, an int64, or a double without fraction: shells write every number as a double.
  @inlinable public var int64: Int64? {
    switch type {
    case .int64: value.littleEndian(Int64.self)
    case .int32: Int64(value.littleEndian(Int32.self))
    case .double: Int64(exactly: loadedDouble)
    default: nil
    }
  }

  /// A double, an int32 or an int64.
  @inlinable public var double: Double? {
    switch type {
    case .double: loadedDouble
    case .int32: Double(value.littleEndian(Int32.self))
    case .int64: Double(value.littleEndian(Int64.self))
    default: nil
    }
  }

  @inlinable public var bool: Bool? { type == .bool ? value.byte(at: 0) != 0 : nil }

  @inlinable public var date: BSONDate? { type == .date ? BSONDate(milliseconds: value.littleEndian(Int64.self)) : nil }

  /// A string's bytes without the NUL at their end. Whoever wrote the document vouches for the UTF-8.
  @inlinable public var utf8: RawSpan? {
    @_lifetime(copy self) get {
      guard type == .string else { return nil }
      return value.extracting(4..<value.byteCount - 1)
    }
  }

  @inlinable public var string: String? {
    guard let utf8 else { return nil }
    return String(copying: utf8)
  }

  /// The 16 bytes of a UUID (binary of subtype 4).
  @inlinable public var uuid: RawSpan? {
    @_lifetime(copy self) get {
      guard type == .binary, value.byteCount == 21, value.byte(at: 4) == 4 else { return nil }
      return value.extracting(5..<21)
    }
  }

  /// The elements of a nested document or array.
  @inlinable @_lifetime(copy self)
  public func nested() throws(StoreError) -> BSONReader? {
    guard type == .document || type == .array else { return nil }
    return try BSONReader(value)
  }

  @inlinable var loadedDouble: Double { Double(bitPattern: value.littleEndian(UInt64.self)) }
}

extension String {
  @inlinable init(copying utf8: RawSpan) {
    self = utf8.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }
}
