/// An event's UUID: the idempotency key.
public struct EventID: Hashable, Sendable {
  /// The first and the last eight bytes, big endian.
  public let high: UInt64
  public let low: UInt64

  /// Stands for "no id" in the store's column.
  public static let none = EventID(high: 0, low: 0)

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads the 36 characters 8-4-4-4-12 in either case; nil for anything else.
  public init?(_ text: UnsafeRawBufferPointer) {
    guard text.count == 36, text[8] == 0x2d, text[13] == 0x2d, text[18] == 0x2d, text[23] == 0x2d else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    var bad: UInt8 = 0
    @inline(__always) func digit(_ place: Int) -> UInt64 {
      let byte = text[place]
      let decimal = byte &- UInt8(ascii: "0")
      let letter = (byte | 0x20) &- UInt8(ascii: "a")
      bad |= decimal > 9 && letter > 5 ? 1 : 0
      return UInt64(decimal <= 9 ? decimal : letter &+ 10)
    }
    for place in 0..<18 where place != 8 && place != 13 { high = high << 4 | digit(place) }
    for place in 19..<36 where place != 23 { low = low << 4 | digit(place) }
    guard bad == 0 else { return nil }
    self.init(high: high, low: low)
  }

  public init?(_ text: String) {
    var text = text
    guard let id = text.withUTF8({ EventID(UnsafeRawBufferPointer($0)) }) else { return nil }
    self = id
  }

  /// The 16 bytes in order; nil for another number of bytes.
  package init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 16 else { return nil }
    self.init(
      high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
      low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }

  /// The 16 bytes in order, as UUIDs are stored.
  public var bytes: (UInt64, UInt64) { (high.bigEndian, low.bigEndian) }
}

extension EventID: CustomStringConvertible {
  public var description: String {
    String(unsafeUninitializedCapacity: 36) { text in
      write(to: UnsafeMutableRawBufferPointer(text))
      return 36
    }
  }

  /// Writes the 36 lower-case characters.
  package func write(to text: UnsafeMutableRawBufferPointer) {
    var place = 0
    for nibble in 0..<32 {
      if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
        text[place] = 0x2d
        place += 1
      }
      let half = nibble < 16 ? high : low
      let digit = UInt8(truncatingIfNeeded: half >> (60 - 4 * UInt64(nibble & 15)) & 15)
      text[place] = digit < 10 ? 0x30 + digit : 0x57 + digit
      place += 1
    }
  }
}
