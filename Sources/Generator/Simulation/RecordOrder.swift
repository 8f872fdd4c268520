/// Puts an hour's records in order of arrival, in time linear in their number.
///
/// An hour and not a day, so that the records that are picked in that order lie in the cache.
struct RecordOrder: Sendable {
  /// 32 bits of microseconds of the hour (3.6e9 < 2^32), then 32 bits of the record's place.
  private static let placeBits: UInt64 = 32
  private static let digitBits: UInt64 = 8

  private var keys: [UInt64] = []
  private var spare: [UInt64] = []
  private var counts = [Int](repeating: 0, count: 1 << 8)

  var count: Int { keys.count }

  /// The place of the record that arrives as the `position`-th.
  func place(_ position: Int) -> Int { Int(truncatingIfNeeded: keys[position] & 0xFFFF_FFFF) }

  /// Radix sort on the time from the lowest digit up; records of one microsecond keep their order.
  mutating func sort(_ records: [EventRecord], from start: Int64) {
    keys.removeAll(keepingCapacity: true)
    keys.reserveCapacity(records.count)
    for place in records.indices {
      keys.append(UInt64(records[place].arrival - start) << Self.placeBits | UInt64(place))
    }
    if spare.count < keys.count { spare = [UInt64](repeating: 0, count: keys.count + keys.count / 4) }
    // An even number of passes: the keys end where they began.
    for digit in 0..<4 {
      let shift = Self.placeBits + UInt64(digit) * Self.digitBits
      if digit % 2 == 0 {
        Self.sort(keys, by: shift, &counts, into: &spare)
      } else {
        Self.sort(spare[..<keys.count], by: shift, &counts, into: &keys)
      }
    }
  }

  private static func sort(
    _ keys: some Collection<UInt64>, by shift: UInt64, _ counts: inout [Int], into sorted: inout [UInt64]
  ) {
    for digit in counts.indices { counts[digit] = 0 }
    for key in keys { counts[Int(key >> shift & 0xFF)] += 1 }
    var start = 0
    for digit in counts.indices {
      let count = counts[digit]
      counts[digit] = start
      start += count
    }
    for key in keys {
      let digit = Int(key >> shift & 0xFF)
      sorted[counts[digit]] = key
      counts[digit] += 1
    }
  }
}
