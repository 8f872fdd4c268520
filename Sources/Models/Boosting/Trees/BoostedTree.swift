/// One decision tree, as LightGBM's text format has it.
///
/// Split s sends a row to `left[s]` or `right[s]`: the index of another split, or ~ the index of a leaf. Split 0 is the
/// root; a tree of one leaf has no split.
public struct BoostedTree: Sendable, Equatable {
  public struct Split: Sendable, Equatable {
    public var feature: Int
    public var rule: Rule
    public var left: Int
    public var right: Int
    public var gain: Double
    /// What the node would predict as a leaf, its Σh and its training rows.
    public var value: Double
    public var weight: Double
    public var rows: Int
  }

  public enum Rule: Sendable, Equatable {
    /// v ≤ threshold goes left; missing values go where `missingGoesLeft` says.
    case threshold(Double, missing: Missing, missingGoesLeft: Bool)
    /// Whole numbers in the set (bit v of its words) go left; all else, missing values too, right.
    case categories([UInt32])
  }

  /// What counts as missing.
  public enum Missing: Int, Sendable {
    /// Nothing: NaN is read as 0.
    case none = 0
    /// 0 and NaN.
    case zero = 1
    case nan = 2
  }

  public struct Leaf: Sendable, Equatable {
    /// Learning rate included; in the first tree also the initial score.
    public var value: Double
    public var weight: Double
    public var rows: Int
  }

  public var splits: [Split]
  public var leaves: [Leaf]
  /// The learning rate that the values have been multiplied by.
  public var shrinkage: Double

  /// A tree of one leaf.
  init(value: Double, rows: Int = 0) {
    splits = []
    leaves = [Leaf(value: value, weight: 0, rows: rows)]
    shrinkage = 1
  }

  init(splits: [Split], leaves: [Leaf], shrinkage: Double) {
    self.splits = splits
    self.leaves = leaves
    self.shrinkage = shrinkage
  }

  /// The leaf of a row of features.
  func leaf(_ row: UnsafePointer<Double>) -> Int {
    if splits.isEmpty { return 0 }
    return splits.withUnsafeBufferPointer { splits in
      var node = 0
      while node >= 0 {
        node = splits[node].rule.goesLeft(row[splits[node].feature]) ? splits[node].left : splits[node].right
      }
      return ~node
    }
  }
}

extension BoostedTree.Rule {
  /// Anything so near 0 is 0 where 0 counts as missing.
  static let zero = Double(Float(1e-35))

  @inline(__always) func goesLeft(_ value: Double) -> Bool {
    switch self {
    case .threshold(let threshold, let missing, let missingGoesLeft):
      switch missing {
      case .nan: return value.isNaN ? missingGoesLeft : value <= threshold
      case .none: return (value.isNaN ? 0 : value) <= threshold
      case .zero: return value.isNaN || abs(value) <= Self.zero ? missingGoesLeft : value <= threshold
      }
    case .categories(let words):
      guard let category = FeatureBins.category(value), category >> 5 < words.count else { return false }
      return words[Int(category >> 5)] >> UInt32(category & 31) & 1 == 1
    }
  }
}

extension BoostedTree {
  /// A grown tree in terms of the features' own values.
  init(_ grown: GrownTree, features: [FeatureBins], quanta: GradientBuffer.Quanta, learningRate: Double) {
    splits = grown.splits.map { split in
      Split(
        feature: split.candidate.feature, rule: Self.rule(split, features[split.candidate.feature]), left: split.left,
        right: split.right, gain: split.candidate.gain, value: learningRate * split.value,
        weight: Double(split.sums.hessian) * quanta.hessian, rows: Int(split.sums.rows))
    }
    leaves = grown.leaves.map {
      Leaf(value: learningRate * $0.value, weight: $0.hessian, rows: $0.rows.count)
    }
    shrinkage = learningRate
  }

  private static func rule(_ split: GrownTree.Split, _ bins: FeatureBins) -> Rule {
    switch bins.kind {
    case .numeric:
      return .threshold(
        bins.threshold(after: split.candidate.bin), missing: .nan, missingGoesLeft: split.candidate.missingGoesLeft)
    case .categorical(let codes):
      let members = codes.indices.filter { split.codesGoingLeft.contains(UInt8($0)) }.map { codes[$0] }
      var words = [UInt32](repeating: 0, count: Int(members.max() ?? 0) / 32 + 1)
      for code in members { words[Int(code) / 32] |= 1 << UInt32(code % 32) }
      return .categories(words)
    }
  }

  /// Adds a constant to every prediction.
  mutating func add(_ constant: Double) {
    for leaf in leaves.indices { leaves[leaf].value += constant }
    for split in splits.indices { splits[split].value += constant }
  }
}
