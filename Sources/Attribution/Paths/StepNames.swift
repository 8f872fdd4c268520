import Journeys

/// The codes of the names of steps, in the order in which they first came.
///
/// Names are few and short: those of up to sixteen bytes are looked up as two numbers in a cache before the table.
struct StepNames: ~Copyable {
  /// Not private: with a private one Swift 6.3.1 makes a broken module of debug builds.
  struct Entry: BitwiseCopyable {
    var low: UInt64 = 0
    var high: UInt64 = 0
    /// Bytes; 0 for a free entry.
    var count: Int32 = 0
    var code: Int32 = 0
  }

  private static let cacheBits: UInt64 = 10

  private(set) var table = StringTable()
  private let cache = Scratch(repeating: Entry(), count: 1 << cacheBits)

  /// - Parameter name: followed by at least 16 readable bytes.
  @inline(__always)
  mutating func code(of name: UnsafeRawBufferPointer) -> Int32 {
    guard name.count <= 16, let start = name.baseAddress else { return table.code(of: name) }
    var low = start.loadUnaligned(as: UInt64.self)
    var high = start.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    if name.count < 8 {
      low &= 1 &<< UInt64(8 &* name.count) &- 1
      high = 0
    } else if name.count < 16 {
      high &= 1 &<< UInt64(8 &* (name.count &- 8)) &- 1
    }
    let hash = (low ^ (high &* 0x9E37_79B9_7F4A_7C15)) &* 0xA076_1D64_78BD_642F
    let slot = Int(truncatingIfNeeded: hash &>> (64 - Self.cacheBits))
    let entry = cache[slot]
    if entry.low == low, entry.high == high, entry.count == name.count { return entry.code }
    let code = table.code(of: name)
    cache[slot] = Entry(low: low, high: high, count: Int32(name.count), code: code)
    return code
  }
}
