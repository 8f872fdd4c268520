import Journeys

/// How boosting grows its trees; the names are those of `--set`.
public struct BoostingSettings: Codable, Sendable, Equatable {
  public var trees: Int
  /// Leaves of a tree, at most; the leaf whose split gains most is split first.
  public var leaves: Int
  public var learningRate: Double
  /// Training rows in a leaf, at least; counted, not estimated.
  public var minSamplesLeaf: Int
  /// Bins of a feature, at most 255; one of them is kept for missing values.
  public var bins: Int
  /// λ, added to Σh of every leaf.
  public var l2Regularization: Double
  /// For the sampling of rows and columns, and for the rounding of gradients of large tables.
  public var seed: UInt64
  public var threads: Int
  public var loss: BoostingLoss
  /// Σh of a leaf, at least.
  public var minHessianLeaf: Double
  /// The share of rows that each tree sees, drawn anew for each tree.
  public var rowFraction: Double
  /// The share of columns that each tree may split, drawn anew for each tree.
  public var columnFraction: Double
  /// +1: the prediction may not fall where this column rises; -1: not rise. Numeric columns only.
  public var monotone: [String: Int]
  /// Ends the fit when so many trees have not improved the loss on the validation rows, and keeps the best.
  public var earlyStopping: Int?

  public init(
    trees: Int = 100, leaves: Int = 31, learningRate: Double = 0.1, minSamplesLeaf: Int = 20, bins: Int = 255,
    l2Regularization: Double = 0, seed: UInt64 = 0, threads: Int = defaultThreads, loss: BoostingLoss = .logistic,
    minHessianLeaf: Double = 1e-3, rowFraction: Double = 1, columnFraction: Double = 1, monotone: [String: Int] = [:],
    earlyStopping: Int? = nil
  ) {
    self.trees = trees
    self.leaves = leaves
    self.learningRate = learningRate
    self.minSamplesLeaf = minSamplesLeaf
    self.bins = bins
    self.l2Regularization = l2Regularization
    self.seed = seed
    self.threads = threads
    self.loss = loss
    self.minHessianLeaf = minHessianLeaf
    self.rowFraction = rowFraction
    self.columnFraction = columnFraction
    self.monotone = monotone
    self.earlyStopping = earlyStopping
  }

  /// - Throws: `.invalidSetting` naming the setting and its range.
  func check() throws(ModelError) {
    let rules: [(name: String, rule: String, holds: Bool)] = [
      ("trees", "1 or more", trees >= 1),
      ("leaves", "between 2 and \(Self.maximumLeaves)", (2...Self.maximumLeaves).contains(leaves)),
      ("learningRate", "positive", learningRate > 0 && learningRate.isFinite),
      ("minSamplesLeaf", "between 1 and 1,000,000,000", (1...1_000_000_000).contains(minSamplesLeaf)),
      ("bins", "between 2 and 255", (2...255).contains(bins)),
      ("l2Regularization", "0 or more", l2Regularization >= 0 && l2Regularization.isFinite),
      ("threads", "1 or more", threads >= 1),
      ("minHessianLeaf", "0 or more", minHessianLeaf >= 0 && minHessianLeaf.isFinite),
      ("rowFraction", "above 0 and at most 1", rowFraction > 0 && rowFraction <= 1),
      ("columnFraction", "above 0 and at most 1", columnFraction > 0 && columnFraction <= 1),
      ("monotone", "1 or -1 for each column", monotone.values.allSatisfy { $0 == 1 || $0 == -1 }),
      ("earlyStopping", "1 or more", earlyStopping.map { $0 >= 1 } ?? true),
    ]
    if let broken = rules.first(where: { !$0.holds }) {
      throw ModelError(.invalidSetting, "boosting: \(broken.name) must be \(broken.rule)")
    }
  }

  /// A histogram is kept for each leaf.
  static let maximumLeaves = 4096
}

extension BoostingSettings {
  /// The settings as LightGBM's files keep them, so that its readers show them.
  func lightGBMParameters(_ encoding: FeatureEncoding) -> [String] {
    let columns = encoding.columns.indices
    let parameters: [(String, String)] = [
      ("boosting", "gbdt"), ("num_iterations", "\(trees)"), ("learning_rate", "\(learningRate)"),
      ("num_leaves", "\(leaves)"), ("min_data_in_leaf", "\(minSamplesLeaf)"),
      ("min_sum_hessian_in_leaf", "\(minHessianLeaf)"), ("bagging_fraction", "\(rowFraction)"),
      ("bagging_freq", rowFraction < 1 ? "1" : "0"), ("feature_fraction", "\(columnFraction)"),
      ("lambda_l2", "\(l2Regularization)"), ("max_bin", "\(bins)"), ("seed", "\(seed)"),
      ("early_stopping_round", "\(earlyStopping ?? 0)"),
      (
        "monotone_constraints",
        monotone.isEmpty ? "" : columns.map { "\(monotone[encoding.columns[$0].name] ?? 0)" }.joined(separator: ",")
      ),
      ("categorical_feature", columns.filter(encoding.isCategorical).map(String.init).joined(separator: ",")),
    ]
    return parameters.map { "[\($0.0): \($0.1)]" }
  }
}
