/// Puts a day's records in order of arrival, in time linear in their number.
struct RecordOrder: Sendable {
  /// 37 bits of microseconds of the day (86.4e9 < 2^37), then 27 bits of the record's place.
  private static let placeBits: UInt64 = 27
  private static let digitBits: UInt64 = 10
  private static let longest = 1 << 27

  private var keys: [UInt64] = []
  private var spare: [UInt64] = []
  private var counts = [Int](repeating: 0, count: 1 << 10)

  var count: Int { keys.count }

  /// The place of the record that arrives as the `position`-th.
  func place(_ position: Int) -> Int { Int(keys[position] & (1 << Self.placeBits - 1)) }

  /// Radix sort on the time from the lowest digit up; records of one microsecond keep their order.
  mutating func sort(_ records: [EventRecord], from midnight: Int64) {
    precondition(records.count <= Self.longest, "a day holds at most 2^27 events")
    keys.removeAll(keepingCapacity: true)
    keys.reserveCapacity(records.count)
    for place in records.indices {
      keys.append(UInt64(records[place].arrival - midnight) << Self.placeBits | UInt64(place))
    }
    if spare.count < keys.count { spare = [UInt64](repeating: 0, count: keys.count + keys.count / 4) }
    var shift = Self.placeBits
    while shift < 64 {
      sortByDigit(at: shift)
      shift += Self.digitBits
    }
  }

  private mutating func sortByDigit(at shift: UInt64) {
    let mask: UInt64 = 1 << Self.digitBits - 1
    for digit in counts.indices { counts[digit] = 0 }
    for key in keys { counts[Int(key >> shift & mask)] += 1 }
    var start = 0
    for digit in counts.indices {
      let count = counts[digit]
      counts[digit] = start
      start += count
    }
    for key in keys {
      let digit = Int(key >> shift & mask)
      spare[counts[digit]] = key
      counts[digit] += 1
    }
    // The spare may be longer: its first part is what was sorted.
    for index in keys.indices { keys[index] = spare[index] }
  }
}
