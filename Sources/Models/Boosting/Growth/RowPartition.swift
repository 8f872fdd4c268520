/// The training rows of a tree, those of each leaf side by side and in order.
final class RowPartition: Sendable {
  private let rows: SharedBuffer<UInt32>
  private let left: SharedBuffer<UInt32>
  private let right: SharedBuffer<UInt32>
  /// Fewer rows than this are parted before others could be asked to help.
  private static let worthSharing = 8192

  init(rows: Int) {
    self.rows = SharedBuffer(uninitialized: rows)
    left = SharedBuffer(uninitialized: rows)
    right = SharedBuffer(uninitialized: rows)
  }

  /// Makes one leaf of all rows.
  func reset(team: ThreadTeam) {
    let rows = rows
    team.run { member in
      for row in part(member, of: team.count, count: rows.count) { rows.base[row] = UInt32(truncatingIfNeeded: row) }
    }
  }

  /// Makes one leaf of a share of the rows, each drawn by itself, and returns their number.
  func sample(_ share: Double, seed: UInt64) -> Int {
    var count = 0
    for row in 0..<rows.count {
      rows.base[count] = UInt32(truncatingIfNeeded: row)
      if Self.isSampled(row, share, seed: seed) { count += 1 }
    }
    return count
  }

  static func isSampled(_ row: Int, _ share: Double, seed: UInt64) -> Bool {
    Double(Mix.hash(seed, row) >> 11) * 0x1p-53 < share
  }

  subscript(range: Range<Int>) -> UnsafeBufferPointer<UInt32> {
    UnsafeBufferPointer(start: rows.base + range.lowerBound, count: range.count)
  }

  /// Parts the rows of a leaf, both sides keeping their order, and returns how many went left.
  ///
  /// - Parameter column: the codes of a feature, by row.
  func split(_ range: Range<Int>, column: UnsafePointer<UInt8>, goingLeft codes: CodeSet, team: ThreadTeam) -> Int {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 256 + 2 * team.count) { buffer in
      guard let isLeft = buffer.baseAddress else { return 0 }
      for code in 0..<256 { isLeft[code] = codes.contains(UInt8(code)) ? 1 : 0 }
      let counts = isLeft + 256
      let parts = range.count < Self.worthSharing ? 1 : team.count
      team.forEachPart(parts) { index in
        let own = part(index, of: parts, count: range.count)
        counts[index] = separate(
          range.lowerBound + own.lowerBound..<range.lowerBound + own.upperBound, column: column, isLeft: isLeft)
      }
      let total = (0..<parts).reduce(0) { $0 + counts[$1] }
      team.forEachPart(parts) { index in
        let own = part(index, of: parts, count: range.count)
        let before = (0..<index).reduce(0) { $0 + counts[$1] }
        let from = range.lowerBound + own.lowerBound
        (rows.base + range.lowerBound + before).update(from: left.base + from, count: counts[index])
        (rows.base + range.lowerBound + total + own.lowerBound - before).update(
          from: right.base + from, count: own.count - counts[index])
      }
      return total
    }
  }

  /// Copies rows to one side or the other, branchless: no branch could be guessed.
  private func separate(_ range: Range<Int>, column: UnsafePointer<UInt8>, isLeft: UnsafePointer<Int>) -> Int {
    let rows = rows.base
    let (left, right) = (left.base + range.lowerBound, right.base + range.lowerBound)
    var lefts = 0
    var rights = 0
    for i in range {
      let row = rows[i]
      left[lefts] = row
      right[rights] = row
      let goesLeft = isLeft[Int(column[Int(row)])]
      lefts &+= goesLeft
      rights &+= 1 &- goesLeft
    }
    return lefts
  }
}

extension ThreadTeam {
  /// Each of `parts` on a member of its own; one by the caller alone.
  func forEachPart(_ parts: Int, _ body: (Int) -> Void) {
    if parts == 1 { body(0) } else { run(body) }
  }
}
