/// SplitMix64's output function (Steele, Lea & Flood 2014), for numbers that depend on a seed and a place alone: the
/// same whichever thread asks.
enum Mix {
  @inline(__always) static func hash(_ seed: UInt64, _ place: Int) -> UInt64 {
    var z = seed &+ (UInt64(truncatingIfNeeded: place) &+ 1) &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
