/// A tree in terms of bins, as it grows.
struct GrownTree {
  /// A split; a child is the index of a split, or ~ the index of a leaf.
  struct Split {
    var candidate: SplitCandidate
    var codesGoingLeft: CodeSet
    var sums: LeafSums
    var value: Double
    var left: Int
    var right: Int
  }

  struct Leaf {
    /// Its rows in the partition.
    var rows: Range<Int>
    var sums: LeafSums
    var bounds: ClosedRange<Double>
    var regularization: Double
    /// Before the learning rate.
    var value = 0.0
    var hessian = 0.0
  }

  var splits: [Split] = []
  var leaves: [Leaf] = []

  /// The leaf that a row of codes falls into.
  func leaf(_ codes: UnsafePointer<UInt8>) -> Int {
    if splits.isEmpty { return 0 }
    return splits.withUnsafeBufferPointer { splits in
      var node = 0
      while node >= 0 {
        let split = splits[node]
        node = split.codesGoingLeft.contains(codes[split.candidate.feature]) ? split.left : split.right
      }
      return ~node
    }
  }
}
