/// A set of keys below 64: a bit for each.
struct SetMask {
  let bits: UInt64

  /// Nil when there is a key of 64 or more.
  @inline(__always)
  init?(_ keys: UnsafeBufferPointer<Int32>) {
    var bits: UInt64 = 0
    var all: Int32 = 0
    for key in keys {
      bits |= 1 &<< UInt64(key)
      all |= key
    }
    guard all < 64 else { return nil }
    self.bits = bits
  }
}

/// Sums by set of keys. Sets of small keys, with few channels all there are, are numbers: no path is kept of them.
struct SetSums<Sum: CreditSum>: Sendable, Codable, Equatable {
  private struct Outcome: Summable, BitwiseCopyable {
    var sum: Sum
    var nulls: Sum.Count

    static var zero: Outcome { Outcome(sum: .zero, nulls: .zero) }

    static func += (total: inout Outcome, other: Outcome) {
      total.sum += other.sum
      total.nulls += other.nulls
    }
  }

  private var masks = KeyedSums<Outcome>()
  private var others = PathSums<Sum>()

  var isFull: Bool { others.isFull }

  @inline(__always)
  mutating func add(_ mask: SetMask, _ sum: Sum, nulls: Sum.Count) {
    masks.add(Outcome(sum: sum, nulls: nulls), at: mask.bits)
  }

  /// - Parameter keys: ascending, one of them 64 or more.
  mutating func add(_ keys: UnsafeBufferPointer<Int32>, _ sum: Sum, nulls: Sum.Count) {
    others.add(keys, sum, nulls: nulls)
  }

  mutating func add(_ other: SetSums) {
    masks.add(other.masks)
    others.add(other.others)
  }

  /// Adds another table's sums as they are in doubles, so many times.
  mutating func add<Other>(_ other: SetSums<Other>, times weight: Double) where Sum == Credit {
    masks.add(other.masks) { Outcome(sum: $0.sum.inDoubles * weight, nulls: $0.nulls.inDoubles * weight) }
    other.others.forEach { keys, sum, nulls in
      others.add(keys, sum.inDoubles * weight, nulls: nulls.inDoubles * weight)
    }
  }

  /// With the keys ascending; sets of small keys first, the smallest number first.
  func forEach(_ body: (UnsafeBufferPointer<Int32>, Sum, Sum.Count) -> Void) {
    let keys = Scratch<Int32>(64)
    for (mask, outcome) in masks.sorted() {
      var left = mask
      var count = 0
      while left != 0 {
        keys[count] = Int32(left.trailingZeroBitCount)
        count += 1
        left &= left - 1
      }
      body(UnsafeBufferPointer(start: keys.start, count: count), outcome.sum, outcome.nulls)
    }
    others.forEach(body)
  }
}
