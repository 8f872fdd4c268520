/// Finds the place of a path among many by its steps.
///
/// The hash is a polynomial of the steps, so that a path without one of its steps needs no pass over the rest:
/// h(t₁…tₙ) = Σ m(tᵢ) Bⁿ⁻ⁱ modulo 2⁶⁴. Candidates of the same hash are compared by whoever asks.
struct PathIndex: Sendable {
  /// An odd number without structure.
  static let base: UInt64 = 0xD134_2543_DE82_EF95

  /// By place.
  private var hashes: [UInt64] = []
  /// Place + 1, 0 for a free slot; the count is a power of two.
  private var slots: [UInt32]
  private var shift: UInt64

  init(capacity: Int = 0) {
    let bits = UInt64(max(6, Int.bitWidth - (2 * capacity).leadingZeroBitCount))
    slots = Array(repeating: 0, count: 1 << bits)
    shift = 64 - bits
  }

  /// m(t): a step alone.
  @inline(__always)
  static func hash(_ step: Int32) -> UInt64 { SplitMix.mix(UInt64(UInt32(bitPattern: step)) &+ 1) }

  @inline(__always)
  static func hash(_ path: some Sequence<Int32>) -> UInt64 {
    path.reduce(0) { $0 &* base &+ hash($1) }
  }

  /// The place of a path that has this hash and is the one sought.
  @inline(__always)
  func find(_ hash: UInt64, where isSought: (Int) -> Bool) -> Int? {
    var slot = slot(of: hash)
    while slots[slot] != 0 {
      let place = Int(slots[slot]) &- 1
      if hashes[place] == hash, isSought(place) { return place }
      slot = (slot &+ 1) & (slots.count &- 1)
    }
    return nil
  }

  /// Gives the next place to a path that was not found.
  mutating func append(_ hash: UInt64) {
    hashes.append(hash)
    if hashes.count * 2 > slots.count {
      self.slots = Array(repeating: 0, count: slots.count * 2)
      shift -= 1
      for place in hashes.indices.dropLast() { occupy(place) }
    }
    occupy(hashes.count - 1)
  }

  private mutating func occupy(_ place: Int) {
    var slot = slot(of: hashes[place])
    while slots[slot] != 0 { slot = (slot &+ 1) & (slots.count &- 1) }
    slots[slot] = UInt32(place + 1)
  }

  @inline(__always)
  private func slot(of hash: UInt64) -> Int { Int(truncatingIfNeeded: SplitMix.mix(hash) &>> shift) }
}
