/// Adds up the trees of a model over many rows.
///
/// A value is first ranked among the thresholds of its feature in the whole model, so that a node is eight bytes (see
/// `CompactTrees`) and a block of rows stays in the first-level cache with the tree that it goes down. Eight rows go
/// down a tree together: each waits for its next node while the others step. The sums are those of `rawScore`, bit by
/// bit.
struct TreeScorer: Sendable {
  private let model: BoostedTrees
  /// Nil for models whose nodes do not fit; their rows go down the trees one by one.
  private let compact: CompactTrees?
  private static let blockRows = 128

  init(_ model: BoostedTrees) {
    self.model = model
    compact = CompactTrees(model)
  }

  func scores(_ rows: FeatureMatrix, _ range: Range<Int>) -> [Double] {
    [Double](unsafeUninitializedCapacity: range.count) { scores, count in
      count = range.count
      withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.blockRows * (rows.width + 1)) { block in
        guard let values = block.baseAddress, let scores = scores.baseAddress else { return }
        for start in stride(from: 0, to: range.count, by: Self.blockRows) {
          let size = min(Self.blockRows, range.count - start)
          rows.fill(range.lowerBound + start..<range.lowerBound + start + size, into: values)
          let sums = values + Self.blockRows * rows.width
          sums.update(repeating: 0, count: Self.blockRows)
          if let compact {
            compact.add(values, rows: size, width: rows.width, capacity: Self.blockRows, to: sums)
          } else {
            for tree in model.trees {
              for row in 0..<size { sums[row] += tree.leaves[tree.leaf(values + row * rows.width)].value }
            }
          }
          for row in 0..<size { scores[start + row] = model.finish(sums[row]) }
        }
      }
    }
  }
}
