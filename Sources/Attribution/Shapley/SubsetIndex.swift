/// Sets of keys, to find those of them that are subsets of one: a bit-sliced index (compared with others by
/// Helmer & Moerkotte, "A performance study of four index structures for set-valued attributes of low cardinality",
/// VLDB Journal 12 (2003)).
///
/// For every key a row of bits says which of 512 sets hold it. What lies within T is what no row of a key outside of T
/// names: a few ors of 512 bits, ended as soon as none is left. Sets are sorted as binary numbers, the most frequent
/// key as the highest digit. So a subset never comes after its superset, and neighbours share their frequent keys, by
/// which most blocks are left without a look at their rows. Only the most frequent keys have a row; the others are
/// compared one by one where a set is left.
struct SubsetIndex: Sendable {
  private typealias Row = SIMD8<UInt64>
  private static var mostRows: Int { 128 }
  private static var blockSize: Int { 512 }

  /// Places in the table, sorted as said.
  let sets: [Int]
  /// By block and key of a row, most frequent first, and one row more that names the bits without a set.
  private var rows: [Row]
  private let rowsOfBlock: Int
  /// The keys with a row.
  private var sliced = SIMD2<UInt64>.zero
  /// By block: the keys with a row that all its sets hold.
  private var common: [SIMD2<UInt64>]
  /// By place in `sets`: its keys with a row.
  private var frequent: [SIMD2<UInt64>] = []
  /// By place in `sets`, one more than there are: where its keys without a row begin, most frequent first.
  private var rareOffsets = [0]
  private var rare: [Int32] = []

  /// - Parameter chosen: places in a table of distinct sets.
  init(_ table: PathTable, _ chosen: [Int]) {
    var frequency = Array(repeating: 0, count: table.keyCount)
    for set in chosen { for key in table[set] { frequency[Int(key)] += 1 } }
    let byFrequency = frequency.indices.sorted { (frequency[$1], $0) < (frequency[$0], $1) }
    var rank = Array(repeating: Int32(0), count: table.keyCount)
    for (place, key) in byFrequency.enumerated() { rank[key] = Int32(place) }
    var ranks: [Int32] = []
    var offsets = [0]
    for set in chosen {
      ranks.append(contentsOf: table[set].map { rank[Int($0)] }.sorted())
      offsets.append(ranks.count)
    }
    func ranked(_ place: Int) -> ArraySlice<Int32> { ranks[offsets[place]..<offsets[place + 1]] }
    // As binary numbers, where the lowest rank is the highest digit: at the first difference the lower rank is more.
    let order = chosen.indices.sorted { ranked($0).lexicographicallyPrecedes(ranked($1), by: >) }

    sets = order.map { chosen[$0] }
    let width = min(Self.mostRows, table.keyCount)
    rowsOfBlock = width + 1
    for rank in 0..<width { sliced[rank / 64] |= 1 << UInt64(rank % 64) }
    let blocks = (sets.count + Self.blockSize - 1) / Self.blockSize
    rows = Array(repeating: .zero, count: blocks * rowsOfBlock)
    common = Array(repeating: SIMD2(repeating: .max), count: blocks)
    for (place, set) in order.enumerated() {
      var mask = SIMD2<UInt64>.zero
      for rank in ranked(set) {
        if rank < width {
          mask[Int(rank) / 64] |= 1 << UInt64(rank % 64)
          mark(place, row: Int(rank))
        } else {
          rare.append(rank)
        }
      }
      frequent.append(mask)
      common[place / Self.blockSize] &= mask
      rareOffsets.append(rare.count)
    }
    for place in sets.count..<blocks * Self.blockSize { mark(place, row: width) }
  }

  private mutating func mark(_ place: Int, row: Int) {
    let bit = place % Self.blockSize
    rows[place / Self.blockSize * rowsOfBlock + row][bit / 64] |= 1 << UInt64(bit % 64)
  }

  /// Calls `body` with the place in `sets` of every set that lies within the one at `place`, itself included.
  @inline(__always)
  func subsets(of place: Int, _ body: (Int) -> Void) {
    let outside = sliced & ~frequent[place]
    rows.withUnsafeBufferPointer { rows in
      for block in 0...place / Self.blockSize {
        let held = common[block] & outside
        guard held.x | held.y == 0 else { continue }
        let row = block &* rowsOfBlock
        var out = rows[row &+ rowsOfBlock &- 1]
        guard
          Self.add(outside.x, UnsafeBufferPointer(rebasing: rows[row...]), to: &out),
          outside.y == 0 || Self.add(outside.y, UnsafeBufferPointer(rebasing: rows[(row &+ 64)...]), to: &out)
        else { continue }
        for word in 0..<8 {
          var left = ~out[word]
          while left != 0 {
            let found = block &* Self.blockSize &+ word &* 64 &+ left.trailingZeroBitCount
            left &= left &- 1
            if holdsRareKeys(of: found, place) { body(found) }
          }
        }
      }
    }
  }

  /// Ors the rows of some keys; false when all bits are set, which is looked at after every fourth.
  @inline(__always)
  private static func add(_ keys: UInt64, _ rows: UnsafeBufferPointer<Row>, to out: inout Row) -> Bool {
    var keys = keys
    while keys != 0 {
      for _ in 0..<4 where keys != 0 {
        out |= rows[keys.trailingZeroBitCount]
        keys &= keys &- 1
      }
      if out == Row(repeating: .max) { return false }
    }
    return true
  }

  @inline(__always)
  private func holdsRareKeys(of subset: Int, _ set: Int) -> Bool {
    var other = rareOffsets[set]
    let end = rareOffsets[set + 1]
    for rank in rare[rareOffsets[subset]..<rareOffsets[subset + 1]] {
      while other < end, rare[other] < rank { other += 1 }
      if other == end || rare[other] != rank { return false }
    }
    return true
  }
}
