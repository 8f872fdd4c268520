/// Numbers for 64-bit codes, in the order of their first appearance: an open-addressing hash table that only grows.
struct CodeTable: Sendable {
  private(set) var codes: [UInt64] = []
  /// Number + 1, 0 for a free slot; their count is a power of two.
  private var slots: [UInt32]
  private var shift: UInt64

  init() {
    slots = Array(repeating: 0, count: 64)
    shift = 64 - 6
  }

  var count: Int { codes.count }

  @inline(__always)
  mutating func number(of code: UInt64) -> Int {
    let slot = slot(of: code)
    if slots[slot] != 0 { return Int(slots[slot]) &- 1 }
    codes.append(code)
    slots[slot] = UInt32(codes.count)
    if codes.count &* 2 > slots.count { grow() }
    return codes.count &- 1
  }

  func find(_ code: UInt64) -> Int? {
    let number = Int(slots[slot(of: code)])
    return number == 0 ? nil : number &- 1
  }

  /// Where a code is, or the free slot where it would be.
  @inline(__always)
  private func slot(of code: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: (code &* 0x9E37_79B9_7F4A_7C15) &>> shift)
    while true {
      let number = Int(slots[slot])
      if number == 0 || codes[number &- 1] == code { return slot }
      slot = (slot &+ 1) & (slots.count &- 1)
    }
  }

  private mutating func grow() {
    let count = slots.count * 2
    slots = Array(repeating: 0, count: count)
    shift -= 1
    for (number, code) in codes.enumerated() {
      var slot = Int(truncatingIfNeeded: (code &* 0x9E37_79B9_7F4A_7C15) &>> shift)
      while slots[slot] != 0 { slot = (slot + 1) & (count - 1) }
      slots[slot] = UInt32(number + 1)
    }
  }
}
