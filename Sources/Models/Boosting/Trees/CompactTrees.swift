/// The trees of a model with ranks for thresholds.
///
/// A feature of one kind of missing value is a column of 16-bit codes: how many of the column's thresholds lie below
/// the value, or 65535 for a missing one. A node is a word of four 16-bit fields, from the lowest on: column, shift,
/// limit, left child; the right child comes next to the left one. A row goes left if code + shift, modulo 65536, is at
/// most the limit: with shift 1 (and the limit one higher) a missing value wraps around to 0 and goes left. A leaf
/// leads back to itself. Codes of a categorical feature are its categories, and shift 2 says that the limit is the
/// number of a set.
struct CompactTrees: Sendable {
  private struct Column {
    let feature: Int
    /// Nil for categories.
    let missing: BoostedTree.Missing?
    /// Sorted, and padded with infinities to one less than a power of two.
    var bounds: [Double]
    var steps: Int
  }

  private struct Tree {
    /// Its first node.
    let start: Int
    /// No leaf is fewer steps away, and none more.
    let depths: ClosedRange<Int>
    let isNumeric: Bool
  }

  private var columns: [Column] = []
  private var trees: [Tree] = []
  private var nodes: [UInt64] = []
  /// By node; of splits 0.
  private var values: [Double] = []
  private var sets: [[UInt32]] = []

  private static let missingCode = UInt16.max
  private static let setShift: UInt64 = 2
  /// Codes and indices below this are safe from wrapping.
  private static let limit = 65_000

  /// Nil when something is more than 16 bits hold.
  init?(_ model: BoostedTrees) {
    var places: [ColumnKey: Int] = [:]
    var thresholds: [[Double]] = []
    for tree in model.trees {
      for split in tree.splits {
        let key = ColumnKey(split)
        let place = places[key] ?? thresholds.count
        if place == thresholds.count {
          places[key] = place
          thresholds.append([])
          columns.append(Column(feature: split.feature, missing: key.missing, bounds: [], steps: 0))
        }
        switch split.rule {
        case .threshold(let threshold, _, _): thresholds[place].append(threshold)
        case .categories(let words):
          guard words.count * 32 < Self.limit else { return nil }
        }
      }
    }
    for place in columns.indices {
      thresholds[place].sort()
      var distinct: [Double] = []
      for threshold in thresholds[place] where threshold != distinct.last { distinct.append(threshold) }
      let steps = Int.bitWidth - distinct.count.leadingZeroBitCount
      thresholds[place] = distinct
      columns[place].steps = steps
      columns[place].bounds = distinct + Array(repeating: .infinity, count: (1 << steps) - distinct.count)
    }
    guard columns.count < Self.limit, thresholds.allSatisfy({ $0.count < Self.limit }) else { return nil }
    for tree in model.trees {
      guard 2 * tree.leaves.count < Self.limit, sets.count + tree.splits.count < Self.limit else { return nil }
      append(tree) { split in
        let place = places[ColumnKey(split)] ?? 0
        return (place, thresholds[place])
      }
    }
  }

  private struct ColumnKey: Hashable {
    let feature: Int
    let missing: BoostedTree.Missing?

    init(_ split: BoostedTree.Split) {
      feature = split.feature
      if case .threshold(_, let missing, _) = split.rule { self.missing = missing } else { missing = nil }
    }
  }

  /// Lays a tree out with siblings side by side.
  private mutating func append(
    _ tree: BoostedTree, column: (BoostedTree.Split) -> (place: Int, thresholds: [Double])
  ) {
    let start = nodes.count
    nodes += Array(repeating: 0, count: tree.splits.count + tree.leaves.count)
    values += Array(repeating: 0, count: tree.splits.count + tree.leaves.count)
    var next = 1
    var (nearest, farthest) = (Int.max, 0)
    var isNumeric = true
    var open = [(child: tree.splits.isEmpty ? ~0 : 0, node: 0, depth: 0)]
    while let (child, node, depth) = open.popLast() {
      if child < 0 {
        values[start + node] = tree.leaves[~child].value
        nodes[start + node] = Self.word(column: 0, shift: 0, limit: Int(UInt16.max), left: node)
        (nearest, farthest) = (min(nearest, depth), max(farthest, depth))
        continue
      }
      let split = tree.splits[child]
      let (place, thresholds) = column(split)
      switch split.rule {
      case .threshold(let threshold, let missing, let missingGoesLeft):
        let rank = Self.rank(of: threshold, in: thresholds)
        let shift = missing != .none && missingGoesLeft ? 1 : 0
        nodes[start + node] = Self.word(column: place, shift: shift, limit: rank + shift, left: next)
      case .categories(let words):
        isNumeric = false
        nodes[start + node] = Self.word(column: place, shift: Int(Self.setShift), limit: sets.count, left: next)
        sets.append(words)
      }
      open.append((split.left, next, depth + 1))
      open.append((split.right, next + 1, depth + 1))
      next += 2
    }
    trees.append(Tree(start: start, depths: nearest...farthest, isNumeric: isNumeric))
  }

  private static func word(column: Int, shift: Int, limit: Int, left: Int) -> UInt64 {
    UInt64(column) | UInt64(shift) << 16 | UInt64(limit) << 32 | UInt64(left) << 48
  }

  /// The index of the first element that is not below the value.
  private static func rank(of value: Double, in sorted: [Double]) -> Int {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension CompactTrees {
  /// Adds the values of all trees to the sums of some rows.
  ///
  /// - Parameter capacity: of `sums`, at least `rows`, a multiple of 8; sums beyond `rows` are spoilt.
  func add(
    _ block: UnsafePointer<Double>, rows: Int, width: Int, capacity: Int, to sums: UnsafeMutablePointer<Double>
  ) {
    let stride = max(columns.count, 1)
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: capacity * stride) { codes in
      guard let codes = codes.baseAddress else { return }
      // Rows that only fill up the last eight have codes, too.
      codes.update(repeating: 0, count: capacity * stride)
      for (place, column) in columns.enumerated() {
        encode(column, block + column.feature, rows: rows, width: width, into: codes + place, stride: stride)
      }
      nodes.withUnsafeBufferPointer { nodes in
        values.withUnsafeBufferPointer { values in
          guard let nodes = nodes.baseAddress, let values = values.baseAddress else { return }
          for tree in trees {
            for row in Swift.stride(from: 0, to: rows, by: 8) {
              descend(tree, nodes + tree.start, values + tree.start, codes + row * stride, stride, sums + row)
            }
          }
        }
      }
    }
  }

  private func encode(
    _ column: Column, _ values: UnsafePointer<Double>, rows: Int, width: Int,
    into codes: UnsafeMutablePointer<UInt16>, stride: Int
  ) {
    guard let missing = column.missing else {
      for row in 0..<rows {
        let category = FeatureBins.category(values[row * width]).flatMap { UInt16(exactly: $0) }
        codes[row * stride] = category ?? Self.missingCode
      }
      return
    }
    let steps = column.steps
    column.bounds.withUnsafeBufferPointer { bounds in
      guard let bounds = bounds.baseAddress else { return }
      for row in 0..<rows {
        var value = values[row * width]
        var isMissing = value.isNaN
        switch missing {
        case .nan: break
        case .zero: isMissing = isMissing || abs(value) <= BoostedTree.Rule.zero
        case .none:
          if isMissing { value = 0 }
          isMissing = false
        }
        var below = 0
        var bit = steps
        while bit > 0 {
          bit &-= 1
          let isBelow = bounds[below &+ (1 &<< bit) &- 1] < value
          below &+= Int(unsafeBitCast(isBelow, to: UInt8.self)) &<< bit
        }
        codes[row * stride] = isMissing ? Self.missingCode : UInt16(truncatingIfNeeded: below)
      }
    }
  }

  /// Sends eight rows down one tree.
  @inline(__always) private func descend(
    _ tree: Tree, _ nodes: UnsafePointer<UInt64>, _ values: UnsafePointer<Double>, _ codes: UnsafePointer<UInt16>,
    _ stride: Int, _ sums: UnsafeMutablePointer<Double>
  ) {
    var (a, b, c, d, e, f, g, h) = (0, 0, 0, 0, 0, 0, 0, 0)
    let (codesB, codesC, codesD) = (codes + stride, codes + 2 * stride, codes + 3 * stride)
    let (codesE, codesF) = (codes + 4 * stride, codes + 5 * stride)
    let (codesG, codesH) = (codes + 6 * stride, codes + 7 * stride)
    if tree.isNumeric {
      var depth = 0
      while depth < tree.depths.upperBound {
        let (a0, b0, c0, d0, e0, f0, g0, h0) = (a, b, c, d, e, f, g, h)
        a = Self.step(nodes[a], codes)
        b = Self.step(nodes[b], codesB)
        c = Self.step(nodes[c], codesC)
        d = Self.step(nodes[d], codesD)
        e = Self.step(nodes[e], codesE)
        f = Self.step(nodes[f], codesF)
        g = Self.step(nodes[g], codesG)
        h = Self.step(nodes[h], codesH)
        depth &+= 1
        if depth > tree.depths.lowerBound {
          let moved = (a ^ a0) | (b ^ b0) | (c ^ c0) | (d ^ d0) | (e ^ e0) | (f ^ f0) | (g ^ g0) | (h ^ h0)
          if moved == 0 { break }
        }
      }
    } else {
      for _ in 0..<tree.depths.upperBound {
        a = mixedStep(nodes[a], codes)
        b = mixedStep(nodes[b], codesB)
        c = mixedStep(nodes[c], codesC)
        d = mixedStep(nodes[d], codesD)
        e = mixedStep(nodes[e], codesE)
        f = mixedStep(nodes[f], codesF)
        g = mixedStep(nodes[g], codesG)
        h = mixedStep(nodes[h], codesH)
      }
    }
    sums[0] += values[a]
    sums[1] += values[b]
    sums[2] += values[c]
    sums[3] += values[d]
    sums[4] += values[e]
    sums[5] += values[f]
    sums[6] += values[g]
    sums[7] += values[h]
  }

  @inline(__always) private static func step(_ node: UInt64, _ codes: UnsafePointer<UInt16>) -> Int {
    let code = codes[Int(node & 0xFFFF)] &+ UInt16(truncatingIfNeeded: node >> 16)
    let goesRight = code > UInt16(truncatingIfNeeded: node >> 32)
    return Int(node >> 48) &+ Int(unsafeBitCast(goesRight, to: UInt8.self))
  }

  @inline(__always) private func mixedStep(_ node: UInt64, _ codes: UnsafePointer<UInt16>) -> Int {
    guard node >> 16 & 0xFFFF == Self.setShift else { return Self.step(node, codes) }
    let words = sets[Int(node >> 32 & 0xFFFF)]
    let code = Int(codes[Int(node & 0xFFFF)])
    let goesLeft = code >> 5 < words.count && words[code >> 5] >> UInt32(code & 31) & 1 == 1
    return Int(node >> 48) &+ (goesLeft ? 0 : 1)
  }
}
