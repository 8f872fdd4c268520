import Foundation
import Journeys

/// `fit boosting`: trees on anybody's table, with the figures that are asked for.
public struct TableBoosting: Sendable {
  public var settings: BoostingSettings
  /// Whether categories are split as numbers or as sets.
  public var categories: FeatureEncoding.Categories

  public init(settings: BoostingSettings = BoostingSettings(), categories: FeatureEncoding.Categories = .ordinal) {
    self.settings = settings
    self.categories = categories
  }

  /// Reads `name=value` pairs: trees, leaves, learningRate, minSamplesLeaf, bins, l2Regularization, seed, threads, and
  /// categorical=ordinal or native.
  ///
  /// - Parameter settings: what is not named.
  /// - Throws: `.unknownName` for another name, `.invalidSetting` for a value that it cannot have.
  public init(pairs: [String], settings: BoostingSettings = BoostingSettings()) throws(ModelError) {
    self.init(settings: settings)
    for pair in pairs {
      let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw ModelError(.invalidSetting, "boosting: '\(pair)' is no setting; write name=value, such as trees=200")
      }
      try set(parts[0], to: parts[1])
    }
    try self.settings.check()
  }

  private mutating func set(_ name: String, to value: String) throws(ModelError) {
    switch name {
    case "trees": settings.trees = try Self.number(name, value)
    case "leaves": settings.leaves = try Self.number(name, value)
    case "learningRate": settings.learningRate = try Self.number(name, value)
    case "minSamplesLeaf": settings.minSamplesLeaf = try Self.number(name, value)
    case "bins": settings.bins = try Self.number(name, value)
    case "l2Regularization": settings.l2Regularization = try Self.number(name, value)
    case "seed": settings.seed = try Self.number(name, value)
    case "threads": settings.threads = try Self.number(name, value)
    case "categorical":
      guard let categories = FeatureEncoding.Categories(rawValue: value) else {
        throw ModelError(.invalidSetting, "boosting: categorical is ordinal or native")
      }
      self.categories = categories
    default:
      throw ModelError(
        .unknownName,
        """
        boosting: no setting is called '\(name)'; there are trees, leaves, learningRate, minSamplesLeaf, bins, \
        l2Regularization, seed, threads and categorical
        """)
    }
  }

  private static func number<Number: LosslessStringConvertible>(
    _ name: String, _ value: String
  ) throws(ModelError) -> Number {
    guard let number = Number(value) else {
      throw ModelError(.invalidSetting, "boosting: \(name) is a \(Number.self == Double.self ? "" : "whole ")number")
    }
    return number
  }

  /// Some rows of a table with their labels.
  public struct Side: Sendable {
    public var data: LabelledTable
    public var rows: RowSelection

    /// - Parameter rows: all of them by default.
    public init(_ data: LabelledTable, rows: RowSelection? = nil) {
      self.data = data
      self.rows = rows ?? .all(of: data.table.rows)
    }
  }

  public struct Outcome: Sendable {
    public var model: BoostedTrees
    public var report: BoostingReport
  }

  /// Fits the training rows and, where there are test rows, scores them.
  ///
  /// Levels of categories are those of the whole training table, test rows of the same file included.
  ///
  /// - Throws: what `GradientBoosting.fit`, `BoostedTrees.predict` and `BinaryMetrics` throw.
  public func fit(_ training: Side, test: Side? = nil) async throws -> Outcome {
    let encoding = FeatureEncoding(training.data.table, categories: categories, label: training.data.label)
    let fit = try GradientBoosting(settings: settings).fit(
      FeatureMatrix(training.data.table, encoding: encoding, rows: training.rows),
      labels: training.data.labels.map { Double($0) })
    var report = BoostingReport(fit, settings: settings, rows: training.rows.count)
    if let test {
      let matrix = try FeatureMatrix(test.data.table, encoding: encoding, rows: test.rows)
      let start = ContinuousClock.now
      let probabilities = try await fit.model.predict(matrix, threads: settings.threads)
      report.seconds.predict = (ContinuousClock.now - start) / .seconds(1)
      report.unknownLevels = matrix.unknownLevels
      report.test = try BinaryMetrics(
        probabilities: probabilities, labels: (0..<test.rows.count).map { test.data.labels[test.rows[$0]] })
    }
    return Outcome(model: fit.model, report: report)
  }
}

/// The answer of `fit boosting`.
public struct BoostingReport: Encodable, Sendable {
  public struct Train: Encodable, Sendable {
    public var rows: Int
    public var logLoss: Double

    enum CodingKeys: String, CodingKey {
      case rows
      case logLoss = "log_loss"
    }
  }

  public struct Seconds: Encodable, Sendable {
    /// For the caller, who reads the table.
    public var read: Double?
    public var bin: Double
    public var fit: Double
    public var predict: Double?
  }

  /// What the trees use a feature for.
  public struct Importance: Encodable, Sendable, Equatable {
    public var feature: String
    public var splits: Int
    /// Sum of the gains of its splits.
    public var gain: Double
  }

  public let learner = "boosting"
  public var train: Train
  public var test: BinaryMetrics?
  public var trees: Int
  public var settings: BoostingSettings
  /// The largest gain first.
  public var importances: [Importance]
  public var seconds: Seconds
  /// Values among the test rows that are levels the model was not trained with, and count as missing.
  public var unknownLevels = 0

  enum CodingKeys: String, CodingKey {
    case learner, train, test, trees, settings, importances, seconds
    case unknownLevels = "unknown_levels"
  }

  init(_ fit: GradientBoosting.Fit, settings: BoostingSettings, rows: Int) {
    train = Train(rows: rows, logLoss: fit.trainingLoss)
    trees = fit.model.trees.count
    self.settings = settings
    importances = fit.model.importances
    seconds = Seconds(bin: fit.binSeconds, fit: fit.fitSeconds)
  }
}

extension BoostedTrees {
  /// How often, and with what gain, each feature is split; the largest gain first, features without a split left out.
  public var importances: [BoostingReport.Importance] {
    let names = encoding?.columns.map(\.name) ?? featureNames
    var found = names.map { BoostingReport.Importance(feature: $0, splits: 0, gain: 0) }
    for split in trees.flatMap(\.splits) {
      found[split.feature].splits += 1
      found[split.feature].gain += split.gain
    }
    return found.filter { $0.splits > 0 }.sorted { ($1.gain, $0.feature) < ($0.gain, $1.feature) }
  }
}
