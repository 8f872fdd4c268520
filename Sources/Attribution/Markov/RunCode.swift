/// Runs of up to `length` symbols as one 64-bit code: symbol + 1 in `bits` bits each, the latest lowest, so that runs
/// of different lengths differ too.
struct RunCode {
  let bits: UInt64
  let length: Int

  /// - Parameter symbols: 0..<symbols occur.
  /// - Throws: `.invalidQuery` when such runs do not fit.
  init(symbols: Int, length: Int, for operation: String) throws(AttributionError) {
    bits = UInt64(Int.bitWidth - symbols.leadingZeroBitCount)
    self.length = length
    guard length <= 64 / max(1, Int(bits)) else {
      throw AttributionError(
        .invalidQuery,
        "\(operation): runs of \(length) of \(symbols) different steps are more than 64 bits tell apart; "
          + "lower the order, or ask for fewer keys")
    }
  }

  /// The code of a run with one more symbol at its end; of more than `length`, the earliest is dropped.
  @inline(__always)
  func appending(_ symbol: Int, to code: UInt64) -> UInt64 {
    last(length, of: code &<< bits | UInt64(truncatingIfNeeded: symbol &+ 1))
  }

  /// The code of its last symbols.
  @inline(__always)
  func last(_ count: Int, of code: UInt64) -> UInt64 {
    let width = bits &* UInt64(truncatingIfNeeded: count)
    return width >= 64 ? code : code & (1 &<< width &- 1)
  }

  /// The earliest symbol first.
  func symbols(of code: UInt64) -> [Int32] {
    var symbols: [Int32] = []
    var rest = code
    while rest != 0 {
      symbols.append(Int32(rest & (1 << bits - 1)) - 1)
      rest >>= bits
    }
    return symbols.reversed()
  }
}
