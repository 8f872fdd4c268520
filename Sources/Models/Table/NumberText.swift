import Foundation

/// Decimal text to the nearest double.
enum NumberText {
  /// Spaces around the number are passed over. Nil when it is none, or not finite.
  static func double(_ bytes: UnsafeRawBufferPointer) -> Double? {
    short(bytes) ?? general(bytes)
  }

  static func isBlank(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
  }

  /// Digits with at most one point: m / 10ᵏ is one correctly rounded division while m < 2⁵³ and k ≤ 22 (Clinger 1990).
  private static func short(_ bytes: UnsafeRawBufferPointer) -> Double? {
    guard bytes.count <= 17 else { return nil }
    var mantissa: UInt64 = 0
    var digits = 0
    var decimals = -1
    for (place, byte) in bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        mantissa = mantissa * 10 + UInt64(byte - UInt8(ascii: "0"))
        digits += 1
        if decimals >= 0 { decimals += 1 }
      case UInt8(ascii: ".") where decimals < 0: decimals = 0
      case UInt8(ascii: "-") where place == 0: break
      default: return nil
      }
    }
    guard digits > 0, mantissa < 1 << 53 else { return nil }
    let value = decimals > 0 ? Double(mantissa) / powersOfTen[decimals] : Double(mantissa)
    return bytes[0] == UInt8(ascii: "-") ? -value : value
  }

  private static let powersOfTen: [Double] = (0...17).map { pow(10, Double($0)) }

  private static func general(_ bytes: UnsafeRawBufferPointer) -> Double? {
    let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    // Hexadecimal text is an identifier, not a number, in anybody's table.
    guard !text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "x") }), let value = Double(text), value.isFinite
    else { return nil }
    return value
  }
}
