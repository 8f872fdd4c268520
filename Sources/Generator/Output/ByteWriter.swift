/// Writes text into memory that its owner has reserved.
///
/// Raw memory, because an event is some 300 bytes put together from thirty pieces and the check of each would cost
/// more than the piece. The owner reserves `longestEvent` bytes before each event, which no event reaches: the
/// longest texts are bounded by the tables of this module, and the tests measure the longest event.
struct ByteWriter {
  static let longestEvent = 4096

  private(set) var end: UnsafeMutableRawPointer

  init(at start: UnsafeMutableRawPointer) { end = start }

  @inline(__always)
  mutating func text(_ text: StaticString) {
    end.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
    end += text.utf8CodeUnitCount
  }

  @inline(__always)
  mutating func byte(_ byte: UInt8) {
    end.storeBytes(of: byte, as: UInt8.self)
    end += 1
  }

  @inline(__always)
  mutating func text(_ index: Int, of table: TextTable) {
    table.withBytes(of: index) { bytes in
      guard let base = bytes.baseAddress else { return }
      end.copyMemory(from: base, byteCount: bytes.count)
      end += bytes.count
    }
  }

  /// Goes back to an earlier place, to cut what was written after it.
  mutating func cut(to place: UnsafeMutableRawPointer) { end = place }

  /// The decimal digits of a number ≥ 0.
  @inline(__always)
  mutating func decimal(_ number: Int64) {
    var digits = 1
    var bound: Int64 = 10
    while digits < 19 && number >= bound {
      digits += 1
      bound = bound.multipliedReportingOverflow(by: 10).partialValue
    }
    decimal(number, digits: digits)
  }

  /// The last `digits` decimal digits of a number ≥ 0, with zeros in front.
  @inline(__always)
  mutating func decimal(_ number: Int64, digits: Int) {
    var rest = UInt64(bitPattern: number)
    for place in stride(from: digits - 1, through: 0, by: -1) {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10)
      end.storeBytes(of: UInt8(truncatingIfNeeded: remainder) &+ 48, toByteOffset: place, as: UInt8.self)
      rest = quotient
    }
    end += digits
  }

  /// Hundredths ≥ 0 as major units: 250000 is 2500.00.
  @inline(__always)
  mutating func money(_ minor: Int64) {
    decimal(minor / 100)
    byte(UInt8(ascii: "."))
    decimal(minor % 100, digits: 2)
  }

  /// 36 bytes of a UUID of version 4 (RFC 9562): the version and variant bits are set here.
  @inline(__always)
  mutating func uuid(_ high: UInt64, _ low: UInt64) {
    let high = high & ~0xF000 | 0x4000
    let low = low & ~(3 << 62) | 2 << 62
    store(UUIDText.hexadecimal(UInt32(truncatingIfNeeded: high >> 32)), at: 0)
    let second = UUIDText.hexadecimal(UInt32(truncatingIfNeeded: high))
    let third = UUIDText.hexadecimal(UInt32(truncatingIfNeeded: low >> 32))
    let dash = UInt8(ascii: "-")
    end.storeBytes(of: dash, toByteOffset: 8, as: UInt8.self)
    store(UInt32(truncatingIfNeeded: second), at: 9)
    end.storeBytes(of: dash, toByteOffset: 13, as: UInt8.self)
    store(UInt32(truncatingIfNeeded: second >> 32), at: 14)
    end.storeBytes(of: dash, toByteOffset: 18, as: UInt8.self)
    store(UInt32(truncatingIfNeeded: third), at: 19)
    end.storeBytes(of: dash, toByteOffset: 23, as: UInt8.self)
    store(UInt32(truncatingIfNeeded: third >> 32), at: 24)
    store(UUIDText.hexadecimal(UInt32(truncatingIfNeeded: low)), at: 28)
    end += 36
  }

  @inline(__always)
  private func store<Word: FixedWidthInteger & BitwiseCopyable>(_ word: Word, at offset: Int) {
    end.storeBytes(of: word.littleEndian, toByteOffset: offset, as: Word.self)
  }
}

/// UUIDs as text.
enum UUIDText {
  /// Eight hexadecimal digits, the first in the lowest byte: all nibbles at once.
  @inline(__always)
  static func hexadecimal(_ word: UInt32) -> UInt64 {
    var nibbles = UInt64(word.byteSwapped)
    nibbles = (nibbles | nibbles << 16) & 0x0000_FFFF_0000_FFFF
    nibbles = (nibbles | nibbles << 8) & 0x00FF_00FF_00FF_00FF
    nibbles = (nibbles >> 4 | nibbles << 8) & 0x0F0F_0F0F_0F0F_0F0F
    let letters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 39
  }

  /// The UUID that a hash and a small number stand for.
  static func string(_ hash: UInt64, _ number: UInt64) -> String {
    string(high: Mix.hash(hash, number), low: Mix.hash(~hash, number))
  }

  static func string(high: UInt64, low: UInt64) -> String {
    let bytes = [UInt8](unsafeUninitializedCapacity: 36) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      var writer = ByteWriter(at: UnsafeMutableRawPointer(base))
      writer.uuid(high, low)
      count = 36
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Texts one after the other in one block.
struct TextTable: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = [0]

  var count: Int { ends.count - 1 }

  mutating func append(_ text: String) {
    bytes.append(contentsOf: text.utf8)
    ends.append(bytes.count)
  }

  @inline(__always)
  func withBytes(of index: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
    let range = ends[index]..<ends[index + 1]
    bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }
}
