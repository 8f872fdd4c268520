/// Adds up trees over blocks of rows.
struct TreeScorer: Sendable {
  private let model: BoostedTrees
  private static let blockRows = 256

  init(_ model: BoostedTrees) { self.model = model }

  func scores(_ rows: FeatureMatrix, _ range: Range<Int>) -> [Double] {
    [Double](unsafeUninitializedCapacity: range.count) { scores, count in
      scores.update(repeating: 0)
      count = range.count
      withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.blockRows * rows.width) { block in
        guard let block = block.baseAddress else { return }
        for start in stride(from: 0, to: range.count, by: Self.blockRows) {
          let end = min(start + Self.blockRows, range.count)
          rows.fill(range.lowerBound + start..<range.lowerBound + end, into: block)
          for tree in model.trees {
            for row in start..<end {
              scores[row] += tree.leaves[tree.leaf(block + (row - start) * rows.width)].value
            }
          }
          for row in start..<end { scores[row] = model.finish(scores[row]) }
        }
      }
    }
  }
}
