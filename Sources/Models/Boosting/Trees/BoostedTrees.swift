import Foundation
import Journeys

/// A sum of trees: F(x) = Σ leaf values, over which the objective puts a link.
///
/// The file format is LightGBM's text (version 4), see `lightGBMText` and `init(lightGBMText:)`.
public struct BoostedTrees: Sendable, Equatable {
  public var trees: [BoostedTree]
  public var featureNames: [String]
  /// For each feature what LightGBM calls its info: `[smallest:largest]`, the categories `1:2:5`, or `none`.
  public var featureInfos: [String]
  /// LightGBM's name of the loss, with its parameters.
  public var objective: String
  public let link: Link
  /// Whether the raw score is the mean over the trees, not the sum (random forests).
  public var isAverage: Bool
  /// How a table becomes features; nil for models that were not trained here.
  public var encoding: FeatureEncoding?
  /// The lines of the file that tell how the model was trained, `[name: value]`.
  public var parameters: [String] = []

  init(
    trees: [BoostedTree], featureNames: [String], featureInfos: [String], objective: String, isAverage: Bool = false,
    encoding: FeatureEncoding? = nil
  ) throws(ModelError) {
    self.trees = trees
    self.featureNames = featureNames
    self.featureInfos = featureInfos
    self.objective = objective
    link = try Link(objective: objective)
    self.isAverage = isAverage
    self.encoding = encoding
  }

  /// What a prediction is of the raw score F.
  public enum Link: Sendable, Equatable {
    case identity
    /// 1 / (1 + exp(-k F)): a probability.
    case sigmoid(Double)
    case exponential
    /// log(1 + exp(F)).
    case softplus
    /// sign(F) F².
    case signedSquare

    init(objective: String) throws(ModelError) {
      let words = objective.split(separator: " ").map(String.init)
      func parameter(_ name: String) -> Double? {
        words.first { $0.hasPrefix(name + ":") }.flatMap { Double($0.dropFirst(name.count + 1)) }
      }
      switch words.first {
      case "binary": self = .sigmoid(parameter("sigmoid") ?? 1)
      case "cross_entropy": self = .sigmoid(1)
      case "cross_entropy_lambda": self = .softplus
      case "poisson", "tweedie", "gamma": self = .exponential
      case "regression", "regression_l1", "huber", "fair", "quantile", "mape":
        self = words.contains("sqrt") ? .signedSquare : .identity
      case "lambdarank", "rank_xendcg", "custom", nil: self = .identity
      default:
        throw ModelError(
          .foreignModel, "model file: objective '\(words[0])' is not one that is scored here (one score a row is)")
      }
    }

    public func callAsFunction(_ score: Double) -> Double {
      switch self {
      case .identity: score
      case .sigmoid(let k): 1 / (1 + exp(-k * score))
      case .exponential: exp(score)
      case .softplus: log1p(exp(score))
      case .signedSquare: score < 0 ? -score * score : score * score
      }
    }
  }

  /// Whether predictions are probabilities.
  public var predictsProbability: Bool {
    if case .sigmoid = link { true } else { false }
  }

  /// F of one row of features.
  ///
  /// - Precondition: `row` has as many numbers as the model has features.
  public func rawScore(_ row: [Double]) -> Double {
    precondition(row.count == featureNames.count, "a row has one number for each feature")
    return row.withUnsafeBufferPointer { row in
      guard let row = row.baseAddress else { return trees.reduce(0) { $0 + $1.leaves[0].value } }
      return finish(trees.reduce(0) { $0 + $1.leaves[$1.leaf(row)].value })
    }
  }

  /// The sum, or the mean.
  func finish(_ sum: Double) -> Double { isAverage && !trees.isEmpty ? sum / Double(trees.count) : sum }

  /// F of every row.
  ///
  /// - Throws: `.malformedTable` when the rows have another number of features than the model; `CancellationError`.
  public func rawScores(_ rows: FeatureMatrix, threads: Int = defaultThreads) async throws -> [Double] {
    guard rows.width == featureNames.count else {
      throw ModelError(
        .malformedTable, "table: \(rows.width) features where the model was trained with \(featureNames.count)")
    }
    let scorer = TreeScorer(self)
    var result: [Double] = []
    result.reserveCapacity(rows.rows)
    try await inOrder(chunks: RowChunks.count(rows.rows), threads: threads) { chunk in
      scorer.scores(rows, RowChunks.range(chunk, of: rows.rows))
    } take: {
      result += $0
    }
    return result
  }

  /// The prediction for every row: a probability for logistic losses, a mean for squared, Poisson and Tweedie ones.
  ///
  /// - Throws: as `rawScores`.
  public func predict(_ rows: FeatureMatrix, threads: Int = defaultThreads) async throws -> [Double] {
    try await rawScores(rows, threads: threads).map { link($0) }
  }

  /// The prediction for every selected row of a table, by the encoding that the model was trained with.
  ///
  /// - Throws: `ModelError` when the model has no encoding or the table lacks a column; `CancellationError`.
  public func predict(
    _ table: Table, rows: RowSelection? = nil, threads: Int = defaultThreads
  ) async throws -> [Double] {
    guard let encoding else {
      throw ModelError(
        .foreignModel, "model file: it does not say how columns become features; give it the features themselves")
    }
    return try await predict(FeatureMatrix(table, encoding: encoding, rows: rows), threads: threads)
  }
}
