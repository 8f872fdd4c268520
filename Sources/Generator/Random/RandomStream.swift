/// A stream of pseudo-random numbers, xoshiro256** 1.0 (Blackman & Vigna 2018, "Scrambled linear pseudorandom
/// number generators"), whose 256 bits of state come from SplitMix64, as its authors advise.
///
/// Every customer has a stream of their own on every day. So what one customer does never shifts what another
/// does, and the number of customers changes nobody's events. The streams are integer arithmetic; the doubles
/// drawn from them take only operations that IEEE 754 rounds exactly (see `Elementary`): the same on every machine.
package struct RandomStream {
  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64

  package init(seed: UInt64) {
    s0 = Mix.splitMix(seed)
    s1 = Mix.splitMix(seed &+ Mix.golden)
    s2 = Mix.splitMix(seed &+ 2 &* Mix.golden)
    s3 = Mix.splitMix(seed &+ 3 &* Mix.golden)
  }

  @inline(__always)
  package mutating func next() -> UInt64 {
    let product = s1 &* 5
    let result = (product << 7 | product >> 57) &* 9
    let t = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = s3 << 45 | s3 >> 19
    return result
  }

  /// Uniform in [0, 1): multiples of 2^-53.
  @inline(__always)
  package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform in (0, 1), so that its logarithm is finite.
  @inline(__always)
  package mutating func openUniform() -> Double { (Double(next() >> 12) + 0.5) * 0x1p-52 }

  /// Uniform in 0..<bound by multiply and shift (Lemire 2019); the bias, bound / 2^64, is not seen.
  @inline(__always)
  package mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  @inline(__always)
  package mutating func chance(_ probability: Double) -> Bool { uniform() < probability }
}

/// Hashes of integers: the places where streams begin, identifiers and decisions that no stream should pay for.
package enum Mix {
  /// 2^64 divided by the golden ratio, odd.
  package static let golden: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// One output of SplitMix64 (Steele, Lea & Flood 2014), a bijection of 64 bits.
  @inline(__always)
  package static func splitMix(_ seed: UInt64) -> UInt64 {
    var z = seed &+ golden
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A hash of a seed and an index; for one seed it is a bijection of the index.
  @inline(__always)
  package static func hash(_ seed: UInt64, _ index: UInt64) -> UInt64 { splitMix(splitMix(index ^ golden) ^ seed) }

  /// The upper 32 bits as a uniform number in [0, 1).
  @inline(__always)
  package static func upperUniform(_ hash: UInt64) -> Double { Double(hash >> 32) * 0x1p-32 }

  /// The lower 32 bits as a uniform number in [0, 1).
  @inline(__always)
  package static func lowerUniform(_ hash: UInt64) -> Double { Double(hash & 0xFFFF_FFFF) * 0x1p-32 }
}
