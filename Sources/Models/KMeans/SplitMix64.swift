/// A small generator whose numbers depend on its seed alone; see `Mix`.
package struct SplitMix64: RandomNumberGenerator, Sendable {
  private let seed: UInt64
  private var drawn = 0

  package init(seed: UInt64) { self.seed = seed }

  package mutating func next() -> UInt64 {
    defer { drawn += 1 }
    return Mix.hash(seed, drawn)
  }

  /// Uniform in [0, 1), 53 bits.
  package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}
