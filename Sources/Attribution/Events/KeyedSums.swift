/// Something that adds up: counts, money, or both.
protocol Summable: Sendable, Codable, Equatable {
  static var zero: Self { get }
  static func += (total: inout Self, other: Self)
}

extension Int: Summable {}
extension Double: Summable {}

/// A key of two numbers, ordered by the first.
@inline(__always)
func pair(_ high: Int, _ low: Int) -> UInt64 { UInt64(high) << 32 | UInt64(low) }

/// Sums by 64-bit key: an open-addressing hash table that only grows.
///
/// Two tables with the same sums are equal in whatever order they came about; `sorted()` is the order to read in.
struct KeyedSums<Value: Summable>: Sendable, Codable, Equatable {
  private(set) var keys: [UInt64] = []
  private(set) var values: [Value] = []
  /// Place in `keys` + 1, 0 for a free slot; the count is a power of two.
  private var slots: [UInt32] = []
  private var shift: UInt64 = 64

  init() {}

  var isEmpty: Bool { keys.isEmpty }

  @inline(__always)
  mutating func add(_ value: Value, at key: UInt64) { values[place(of: key)] += value }

  /// Changes a sum where it lies, for values too large to be made for every event.
  @inline(__always)
  mutating func update(_ key: UInt64, _ change: (inout Value) -> Void) { change(&values[place(of: key)]) }

  /// Of a key in `keys` and `values`; a new one is zero.
  @inline(__always)
  private mutating func place(of key: UInt64) -> Int {
    if keys.count &* 2 >= slots.count { grow() }
    var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) &>> shift)
    while true {
      let place = Int(slots[slot])
      if place == 0 {
        keys.append(key)
        values.append(.zero)
        slots[slot] = UInt32(keys.count)
        return keys.count &- 1
      }
      if keys[place &- 1] == key { return place &- 1 }
      slot = (slot &+ 1) & (slots.count &- 1)
    }
  }

  mutating func add(_ other: Self) {
    for (key, value) in zip(other.keys, other.values) { add(value, at: key) }
  }

  /// Adds another table's values as `convert` makes them.
  mutating func add<Other>(_ other: KeyedSums<Other>, _ convert: (Other) -> Value) {
    for (key, value) in zip(other.keys, other.values) { add(convert(value), at: key) }
  }

  func sorted() -> [(key: UInt64, value: Value)] {
    zip(keys, values).map { (key: $0, value: $1) }.sorted { $0.key < $1.key }
  }

  private mutating func grow() {
    let count = max(64, slots.count * 2)
    slots = Array(repeating: 0, count: count)
    shift = 64 - UInt64(count.trailingZeroBitCount)
    for (place, key) in keys.enumerated() {
      var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) &>> shift)
      while slots[slot] != 0 { slot = (slot + 1) & (count - 1) }
      slots[slot] = UInt32(place + 1)
    }
  }

  static func == (a: Self, b: Self) -> Bool {
    a.keys.count == b.keys.count && zip(a.sorted(), b.sorted()).allSatisfy { $0.key == $1.key && $0.value == $1.value }
  }

  private enum CodingKeys: CodingKey { case keys, values }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let keys = try container.decode([UInt64].self, forKey: .keys)
    let values = try container.decode([Value].self, forKey: .values)
    guard keys.count == values.count else {
      throw DecodingError.dataCorruptedError(forKey: .values, in: container, debugDescription: "as many as keys")
    }
    for (key, value) in zip(keys, values) { add(value, at: key) }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(keys, forKey: .keys)
    try container.encode(values, forKey: .values)
  }
}
