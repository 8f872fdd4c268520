/// Distinct histories by open addressing: finding one touches two lines of the cache.
struct HistoryIndex: ~Copyable {
  struct Entry {
    var x: Double
    var lastPurchase: Double
    var age: Double
    var weight: Double

    var hash: Int {
      // -0 and 0 are one time: adding 0 makes them one pattern of bits.
      var state = (x + 0).bitPattern &* 0x9e37_79b9_7f4a_7c15
      state = (state ^ (state >> 29) ^ (lastPurchase + 0).bitPattern) &* 0xbf58_476d_1ce4_e5b9
      state = (state ^ (state >> 31) ^ (age + 0).bitPattern) &* 0x94d0_49bb_1331_11eb
      return Int(truncatingIfNeeded: (state ^ (state >> 30)) >> 1)
    }
  }

  /// In the order of first appearance.
  private(set) var entries: [Entry] = []
  private var slots = [Int32](repeating: -1, count: 1024)

  /// Adds the weight of an entry to the history it has, and gives the place of that.
  mutating func add(_ entry: Entry) -> Int32 {
    if entries.count * 2 >= slots.count { grow() }
    var slot = entry.hash & (slots.count - 1)
    while slots[slot] >= 0 {
      let found = Int(slots[slot])
      if entries[found].age == entry.age, entries[found].lastPurchase == entry.lastPurchase,
        entries[found].x == entry.x
      {
        entries[found].weight += entry.weight
        return slots[slot]
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = Int32(entries.count)
    entries.append(entry)
    return slots[slot]
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 4)
    for (place, entry) in entries.enumerated() {
      var slot = entry.hash & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(place)
    }
  }

  /// Histories in groups of equal x.
  func grouped() -> (keys: [Double], starts: [Int], members: [Int32]) {
    let keys = Set(entries.map(\.x)).sorted()
    let places = Dictionary(uniqueKeysWithValues: zip(keys, 0...))
    let groups = entries.map { places[$0.x] ?? 0 }
    var starts = [Int](repeating: 0, count: keys.count + 1)
    for group in groups { starts[group + 1] += 1 }
    for group in keys.indices { starts[group + 1] += starts[group] }
    var next = starts
    var members = [Int32](repeating: 0, count: entries.count)
    for (history, group) in groups.enumerated() {
      members[next[group]] = Int32(history)
      next[group] += 1
    }
    return (keys, starts, members)
  }
}
