/// Gives equal byte strings equal codes, in order of first appearance: 0, 1, 2, ...
///
/// Open addressing over a 64-bit hash; the strings lie one after the other, as the store writes them.
package struct StringTable: ~Copyable {
  private(set) var bytes: [UInt8] = []
  /// count + 1 places in `bytes`.
  private(set) var offsets: [Int64] = [0]
  private var slots: [(hash: UInt64, code: Int32)]
  private var mask: Int

  package init(capacity: Int = 64) {
    slots = Array(repeating: (0, -1), count: capacity)
    mask = capacity - 1
  }

  package var count: Int { offsets.count - 1 }

  /// The code of a string, new or known.
  package mutating func code(of text: UnsafeRawBufferPointer) -> Int32 {
    let hash = Self.hash(text)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot].code >= 0 {
      if slots[slot].hash == hash, equals(text, slots[slot].code) { return slots[slot].code }
      slot = (slot + 1) & mask
    }
    let code = Int32(count)
    slots[slot] = (hash, code)
    bytes.append(contentsOf: text)
    offsets.append(Int64(bytes.count))
    if count * 2 > slots.count { grow() }
    return code
  }

  package subscript(code: Int) -> ArraySlice<UInt8> { bytes[Int(offsets[code])..<Int(offsets[code + 1])] }

  package var names: [String] { (0..<count).map { String(decoding: self[$0], as: UTF8.self) } }

  /// All codes in the order of the strings' bytes.
  package func sortedCodes() -> [Int32] {
    bytes.withUnsafeBytes { bytes in
      func text(_ code: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[Int(offsets[Int(code)])..<Int(offsets[Int(code) + 1])])
      }
      // The first eight bytes decide nearly always, and compare as one number.
      var keyed = (0..<Int32(count)).map { code in (prefix: Self.prefix(text(code)), code: code) }
      keyed.sort { left, right in
        if left.prefix != right.prefix { return left.prefix < right.prefix }
        return text(left.code).lexicographicallyPrecedes(text(right.code))
      }
      return keyed.map(\.code)
    }
  }

  private func equals(_ text: UnsafeRawBufferPointer, _ code: Int32) -> Bool {
    let start = Int(offsets[Int(code)])
    guard Int(offsets[Int(code) + 1]) - start == text.count else { return false }
    return bytes.withUnsafeBytes { bytes in
      var place = 0
      while place + 8 <= text.count {
        if bytes.loadUnaligned(fromByteOffset: start + place, as: UInt64.self)
          != text.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        {
          return false
        }
        place += 8
      }
      while place < text.count {
        if bytes[start + place] != text[place] { return false }
        place += 1
      }
      return true
    }
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: (0, -1), count: old.count * 2)
    mask = slots.count - 1
    for entry in old where entry.code >= 0 {
      var slot = Int(truncatingIfNeeded: entry.hash) & mask
      while slots[slot].code >= 0 { slot = (slot + 1) & mask }
      slots[slot] = entry
    }
  }

  private static func prefix(_ text: UnsafeRawBufferPointer) -> UInt64 {
    if text.count >= 8 { return UInt64(bigEndian: text.loadUnaligned(as: UInt64.self)) }
    var prefix: UInt64 = 0
    for place in 0..<8 { prefix = prefix << 8 | (place < text.count ? UInt64(text[place]) : 0) }
    return prefix
  }

  /// Multiply-and-fold, eight bytes at a time: even enough for a table, and not meant to withstand an attacker who
  /// writes event types.
  private static func hash(_ text: UnsafeRawBufferPointer) -> UInt64 {
    var hash = 0x9e37_79b9_7f4a_7c15 ^ UInt64(text.count)
    var place = 0
    while place + 8 <= text.count {
      hash = fold(hash ^ text.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      place += 8
    }
    if place < text.count {
      var rest: UInt64 = 0
      while place < text.count {
        rest = rest << 8 | UInt64(text[place])
        place += 1
      }
      hash = fold(hash ^ rest)
    }
    return fold(hash)
  }

  @inline(__always) private static func fold(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
    return product.high ^ product.low
  }
}
