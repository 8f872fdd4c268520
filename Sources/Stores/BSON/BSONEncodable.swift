import Foundation

/// A value that can stand in a BSON document.
public protocol BSONEncodable {
  var bsonType: BSONType { get }
  /// Appends the value's bytes, without type and key.
  func encode(to bytes: inout [UInt8])
}

extension Double: BSONEncodable {
  @inlinable public var bsonType: BSONType { .double }
  @inlinable public func encode(to bytes: inout [UInt8]) { bytes.appendLittleEndian(bitPattern) }
}

extension Int32: BSONEncodable {
  @inlinable public var bsonType: BSONType { .int32 }
  @inlinable public func encode(to bytes: inout [UInt8]) { bytes.appendLittleEndian(self) }
}

extension Int64: BSONEncodable {
  @inlinable public var bsonType: BSONType { .int64 }
  @inlinable public func encode(to bytes: inout [UInt8]) { bytes.appendLittleEndian(self) }
}

/// Written as int64.
extension Int: BSONEncodable {
  @inlinable public var bsonType: BSONType { .int64 }
  @inlinable public func encode(to bytes: inout [UInt8]) { bytes.appendLittleEndian(Int64(self)) }
}

extension Bool: BSONEncodable {
  @inlinable public var bsonType: BSONType { .bool }
  @inlinable public func encode(to bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }
}

extension String: BSONEncodable {
  @inlinable public var bsonType: BSONType { .string }
  @inlinable public func encode(to bytes: inout [UInt8]) {
    var text = self
    text.withUTF8 { utf8 in
      bytes.appendLittleEndian(Int32(utf8.count + 1))
      bytes.append(contentsOf: utf8)
      bytes.append(0)
    }
  }
}

/// Nil is BSON's null.
extension Optional: BSONEncodable where Wrapped: BSONEncodable {
  @inlinable public var bsonType: BSONType { self?.bsonType ?? .null }
  @inlinable public func encode(to bytes: inout [UInt8]) { self?.encode(to: &bytes) }
}

/// A date of BSON: milliseconds since 1970 UTC.
public struct BSONDate: BSONEncodable, Hashable, Sendable {
  public var milliseconds: Int64

  @inlinable public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// The millisecond that `microseconds` since 1970 lie in (rounded down, before 1970 too).
  @inlinable public init(microseconds: Int64) {
    milliseconds = microseconds / 1000 - (microseconds % 1000 < 0 ? 1 : 0)
  }

  public static var now: BSONDate { BSONDate(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

  @inlinable public var bsonType: BSONType { .date }
  @inlinable public func encode(to bytes: inout [UInt8]) { bytes.appendLittleEndian(milliseconds) }
}

extension [UInt8] {
  @inlinable mutating func appendLittleEndian<Value: FixedWidthInteger>(_ value: Value) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  /// Writes over four bytes that were left for a length.
  mutating func storeLength(_ length: Int, at offset: Int) {
    let value = UInt32(length)
    for byte in 0..<4 { self[offset + byte] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(byte))) }
  }
}
