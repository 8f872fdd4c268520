import Foundation

/// The levels of a categorical column while its file is read: bytes to codes, in order of appearance.
///
/// Open addressing over the bytes themselves: a `String` for every field of a file would cost more than reading it.
struct LevelTable {
  private var slots: [Int32] = Array(repeating: -1, count: 64)
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private(set) var codes: [Int32] = []

  var count: Int { ends.count }

  /// - Returns: false when the bytes are no UTF-8.
  mutating func append(_ field: UnsafeRawBufferPointer) -> Bool {
    // Runs of one level are common in sorted files.
    if let last = codes.last, isLevel(last, field) {
      codes.append(last)
      return true
    }
    var slot = hash(field) & (slots.count - 1)
    while slots[slot] >= 0 {
      if isLevel(slots[slot], field) {
        codes.append(slots[slot])
        return true
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    guard String(validating: field, as: UTF8.self) != nil else { return false }
    slots[slot] = Int32(count)
    codes.append(Int32(count))
    bytes.append(contentsOf: field)
    ends.append(bytes.count)
    if count * 2 > slots.count { grow() }
    return true
  }

  /// Levels sorted by their bytes, and codes that mean places in that order.
  func sorted() -> (codes: [Int32], levels: [String]) {
    let order = (0..<count).sorted { bytes[range($0)].lexicographicallyPrecedes(bytes[range($1)]) }
    var places = [Int32](repeating: 0, count: count)
    for (place, level) in order.enumerated() { places[level] = Int32(place) }
    return (codes.map { places[Int($0)] }, order.map { String(decoding: bytes[range($0)], as: UTF8.self) })
  }

  private func range(_ level: Int) -> Range<Int> { (level == 0 ? 0 : ends[level - 1])..<ends[level] }

  private func isLevel(_ code: Int32, _ field: UnsafeRawBufferPointer) -> Bool {
    let range = range(Int(code))
    guard range.count == field.count else { return false }
    for i in 0..<field.count where bytes[range.lowerBound + i] != field[i] { return false }
    return true
  }

  /// FNV-1a.
  private func hash(_ field: some Sequence<UInt8>) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in field { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int(truncatingIfNeeded: hash ^ (hash >> 32))
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: slots.count * 4)
    for level in 0..<count {
      var slot = hash(bytes[range(level)]) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(level)
    }
  }
}
