import Journeys

extension BoostedTrees {
  /// What each feature adds to one raw score.
  public struct Contributions: Sendable, Equatable {
    /// Shapley value of each feature.
    public var features: [Double]
    /// The mean raw score of the training rows, by the trees' own counts.
    public var base: Double
  }

  /// Exact Shapley values of the features of one row: base + Σ features = F(row).
  ///
  /// The game's value of a set of features is the expectation of F given them, taken along the trees: where a split's
  /// feature is not in the set, both sides count, by their shares of training rows (Lundberg et al. 2018, "Consistent
  /// individualized feature attribution for tree ensembles", algorithm 2; LightGBM's `pred_contrib`). Cost: leaves x
  /// depth² for each tree.
  ///
  /// - Precondition: `row` has as many numbers as the model has features.
  public func contributions(_ row: [Double]) -> Contributions {
    precondition(row.count == featureNames.count, "a row has one number for each feature")
    var result = Contributions(features: Array(repeating: 0, count: row.count), base: 0)
    row.withUnsafeBufferPointer { row in
      result.features.withUnsafeMutableBufferPointer { features in
        guard let row = row.baseAddress, let features = features.baseAddress else { return }
        for tree in trees {
          result.base += tree.expectation
          TreePaths(tree, row: row).add(to: features)
        }
      }
    }
    return Contributions(features: result.features.map(finish), base: finish(result.base))
  }

  /// Shapley values of many rows, row after row: one number for each feature and, last, the base.
  ///
  /// - Throws: `.malformedTable` when the rows have another number of features than the model; `CancellationError`.
  public func contributions(_ rows: FeatureMatrix, threads: Int = defaultThreads) async throws -> [Double] {
    guard rows.width == featureNames.count else {
      throw ModelError(
        .malformedTable, "table: \(rows.width) features where the model was trained with \(featureNames.count)")
    }
    var result: [Double] = []
    result.reserveCapacity(rows.rows * (rows.width + 1))
    let chunk = 256
    try await inOrder(chunks: (rows.rows + chunk - 1) / chunk, threads: threads) { index -> [Double] in
      (index * chunk..<min((index + 1) * chunk, rows.rows)).flatMap { row in
        let values = contributions(rows[row])
        return values.features + [values.base]
      }
    } take: {
      result += $0
    }
    return result
  }
}

extension BoostedTree {
  /// Training rows under a child.
  fileprivate func rows(_ child: Int) -> Int { child < 0 ? leaves[~child].rows : splits[child].rows }

  /// The shares of a split's training rows that go left and right; halves where the file does not tell.
  fileprivate func shares(_ split: Int) -> (left: Double, right: Double) {
    let (left, right) = (Double(rows(splits[split].left)), Double(rows(splits[split].right)))
    return left + right > 0 ? (left / (left + right), right / (left + right)) : (0.5, 0.5)
  }

  /// The mean value over the training rows.
  fileprivate var expectation: Double {
    guard !splits.isEmpty else { return leaves[0].value }
    var means = [Double](repeating: 0, count: splits.count)
    // A child comes after its parent.
    for split in splits.indices.reversed() {
      let (left, right) = shares(split)
      func mean(_ child: Int) -> Double { child < 0 ? leaves[~child].value : means[child] }
      means[split] = left * mean(splits[split].left) + right * mean(splits[split].right)
    }
    return means[0]
  }
}

/// The walk down all paths of one tree for one row.
private struct TreePaths {
  private let tree: BoostedTree
  private let row: UnsafePointer<Double>

  init(_ tree: BoostedTree, row: UnsafePointer<Double>) {
    self.tree = tree
    self.row = row
  }

  /// A feature on the path: the share of training rows that go on without knowing it, whether the row itself goes on
  /// (1 or 0), and the weight of the sets of its size.
  private struct Step {
    var feature: Int
    var zero: Double
    var one: Double
    var weight: Double
  }

  func add(to features: UnsafeMutablePointer<Double>) {
    guard !tree.splits.isEmpty else { return }
    descend(0, path: [], zero: 1, one: 1, feature: -1, into: features)
  }

  private func descend(
    _ node: Int, path parent: [Step], zero: Double, one: Double, feature: Int,
    into features: UnsafeMutablePointer<Double>
  ) {
    // No training row ever came here: no set of features gives this way any weight.
    if zero == 0 && one == 0 { return }
    var path = parent
    Self.extend(&path, zero: zero, one: one, feature: feature)
    if node < 0 {
      let value = tree.leaves[~node].value
      for index in path.indices.dropFirst() {
        let step = path[index]
        features[step.feature] += Self.unwoundWeight(path, index) * (step.one - step.zero) * value
      }
      return
    }
    let split = tree.splits[node]
    let goesLeft = split.rule.goesLeft(row[split.feature])
    let (left, right) = tree.shares(node)
    var (zeroSoFar, oneSoFar) = (1.0, 1.0)
    if let known = path.indices.dropFirst().first(where: { path[$0].feature == split.feature }) {
      (zeroSoFar, oneSoFar) = (path[known].zero, path[known].one)
      Self.unwind(&path, known)
    }
    descend(
      split.left, path: path, zero: left * zeroSoFar, one: goesLeft ? oneSoFar : 0, feature: split.feature,
      into: features)
    descend(
      split.right, path: path, zero: right * zeroSoFar, one: goesLeft ? 0 : oneSoFar, feature: split.feature,
      into: features)
  }

  private static func extend(_ path: inout [Step], zero: Double, one: Double, feature: Int) {
    let depth = path.count
    path.append(Step(feature: feature, zero: zero, one: one, weight: depth == 0 ? 1 : 0))
    for i in stride(from: depth - 1, through: 0, by: -1) {
      path[i + 1].weight += one * path[i].weight * Double(i + 1) / Double(depth + 1)
      path[i].weight *= zero * Double(depth - i) / Double(depth + 1)
    }
  }

  /// Undoes `extend` for one step.
  private static func unwind(_ path: inout [Step], _ index: Int) {
    let depth = path.count - 1
    let (zero, one) = (path[index].zero, path[index].one)
    var next = path[depth].weight
    for i in stride(from: depth - 1, through: 0, by: -1) {
      if one != 0 {
        let weight = path[i].weight
        path[i].weight = next * Double(depth + 1) / (Double(i + 1) * one)
        next = weight - path[i].weight * zero * Double(depth - i) / Double(depth + 1)
      } else {
        path[i].weight *= Double(depth + 1) / (zero * Double(depth - i))
      }
    }
    for i in index..<depth {
      (path[i].feature, path[i].zero, path[i].one) = (path[i + 1].feature, path[i + 1].zero, path[i + 1].one)
    }
    path.removeLast()
  }

  /// The total weight of the path with one step undone.
  private static func unwoundWeight(_ path: [Step], _ index: Int) -> Double {
    let depth = path.count - 1
    let (zero, one) = (path[index].zero, path[index].one)
    var next = path[depth].weight
    var total = 0.0
    for i in stride(from: depth - 1, through: 0, by: -1) {
      if one != 0 {
        let weight = next * Double(depth + 1) / (Double(i + 1) * one)
        total += weight
        next = path[i].weight - weight * zero * Double(depth - i) / Double(depth + 1)
      } else {
        total += path[i].weight * Double(depth + 1) / (zero * Double(depth - i))
      }
    }
    return total
  }
}
