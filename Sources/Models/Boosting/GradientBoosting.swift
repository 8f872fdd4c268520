import Foundation

/// Gradient-boosted trees on histograms.
///
/// F₀ is the best constant; each tree is grown leaf by leaf on the gradients and hessians of the loss at the scores so
/// far, and its values, times the learning rate, are added (Friedman 2001; Ke et al. 2017, "LightGBM"). Missing values
/// have a bin of their own and go to the side where they help most; where training saw none, to the larger side.
///
/// The same data, settings and seed give the same model, bit for bit, on any number of threads: see `GradientBuffer`.
///
/// A fit keeps the calling thread and `threads` - 1 others busy until it is done; cancelling its task ends it after the
/// tree at hand.
///
/// Memory: two to three bytes a value and some sixty a row; a histogram of 20 bytes a bin for each leaf.
public struct GradientBoosting: Sendable {
  public var settings: BoostingSettings

  public init(settings: BoostingSettings = BoostingSettings()) { self.settings = settings }

  /// Rows that early stopping watches.
  public struct Validation: Sendable {
    public var features: FeatureMatrix
    /// One for every row of the *table* that the features select from.
    public var labels: [Double]

    public init(features: FeatureMatrix, labels: [Double]) {
      self.features = features
      self.labels = labels
    }
  }

  public struct Fit: Sendable {
    public var model: BoostedTrees
    /// Weighted mean of the loss over the training rows.
    public var trainingLoss: Double
    /// Mean loss over the validation rows after each tree that was grown, those beyond the best one too.
    public var validationLosses: [Double]
    public var binSeconds: Double
    public var fitSeconds: Double
  }

  /// - Parameters:
  ///   - labels: one for every row of the *table* that the features select from; what the loss asks for.
  ///   - weights: 0 or more, for every row of the table; 1 by default.
  /// - Throws: `ModelError` `.invalidSetting`, `.unknownName` (a constrained column), `.untrainable` (no rows or
  ///   columns, one class, a label the loss has no use for); `CancellationError`.
  public func fit(
    _ features: FeatureMatrix, labels: [Double], weights: [Double]? = nil, validation: Validation? = nil
  ) throws -> Fit {
    try settings.check()
    let loss = try settings.loss.loss()
    guard features.rows > 0, features.width > 0 else {
      throw ModelError(.untrainable, "boosting: there are no training rows, or no columns to learn from")
    }
    guard features.rows <= Self.maximumRows else {
      throw ModelError(
        .untrainable, "boosting: \(features.rows) training rows, more than \(Self.maximumRows); fit on a sample of them"
      )
    }
    let targets = try Targets(features, labels: labels, weights: weights, loss: loss)
    let monotone = try monotone(features.encoding)
    let watched = try validation.map { validation in
      guard validation.features.encoding.columns == features.encoding.columns else {
        throw ModelError(.malformedTable, "boosting: the validation rows have other columns than the training rows")
      }
      return (
        validation.features, try Targets(validation.features, labels: validation.labels, weights: nil, loss: loss)
      )
    }
    if settings.earlyStopping != nil, watched?.0.rows ?? 0 == 0 {
      throw ModelError(.invalidSetting, "boosting: early stopping needs validation rows; name some")
    }
    return try ThreadTeam.with(threads: settings.threads) { team in
      let start = ContinuousClock.now
      let table = BinnedTable(features, settings: settings, team: team)
      let binned = ContinuousClock.now
      var run = try BoostingRun(table, targets: targets, loss: loss, settings: settings, monotone: monotone, team: team)
      if let (rows, targets) = watched {
        run.watch(BinnedTable(rows, binnedAs: table, team: team), targets: targets)
      }
      try run.growTrees()
      var model = try BoostedTrees(
        trees: run.trees, featureNames: LightGBMNames.features(features.encoding.columns.map(\.name)),
        featureInfos: table.features.map(\.info), objective: loss.objective, encoding: features.encoding)
      model.parameters = settings.lightGBMParameters(features.encoding)
      return Fit(
        model: model, trainingLoss: run.trainingLoss, validationLosses: run.validationLosses,
        binSeconds: (binned - start) / .seconds(1), fitSeconds: (ContinuousClock.now - binned) / .seconds(1))
    }
  }

  /// Twice as many are still a 32-bit count.
  private static let maximumRows = 1_000_000_000

  private func monotone(_ encoding: FeatureEncoding) throws(ModelError) -> [Int] {
    let names = encoding.columns.map(\.name)
    for name in settings.monotone.keys.sorted() {
      guard let place = names.firstIndex(of: name) else {
        throw ModelError(.unknownName, "boosting: there is no column '\(name)' to hold monotone")
      }
      guard !encoding.isCategorical(place) else {
        throw ModelError(.invalidSetting, "boosting: column '\(name)' is split as a category, which has no direction")
      }
    }
    return names.map { settings.monotone[$0] ?? 0 }
  }
}

/// Labels and weights of the rows of a fit, one after the other.
struct Targets: Sendable {
  let labels: [Double]
  let weights: [Double]?

  init(_ features: FeatureMatrix, labels: [Double], weights: [Double]?, loss: any Loss) throws(ModelError) {
    let selection = features.selection
    let selected = (0..<selection.count).map { labels[selection[$0]] }
    guard selected.allSatisfy(loss.accepts) else {
      throw ModelError(.untrainable, "boosting: a label is not \(loss.labelRule), which this loss asks for")
    }
    self.labels = selected
    self.weights = weights.map { weights in (0..<selection.count).map { weights[selection[$0]] } }
    guard self.weights?.allSatisfy({ $0 >= 0 && $0.isFinite }) ?? true else {
      throw ModelError(.untrainable, "boosting: a sample weight is negative or not finite")
    }
  }

  /// Weighted mean of the loss.
  func loss(_ loss: any Loss, scores: UnsafePointer<Double>) -> Double {
    var sum = 0.0
    var total = 0.0
    for row in labels.indices {
      let weight = weights.map { $0[row] } ?? 1
      sum += weight * loss.value(score: scores[row], label: labels[row])
      total += weight
    }
    return total > 0 ? sum / total : 0
  }
}

extension FeatureBins {
  /// As LightGBM's files describe a feature.
  fileprivate var info: String {
    if case .categorical(let codes) = kind {
      return codes.isEmpty ? "none" : codes.map(String.init).joined(separator: ":")
    }
    guard count > 1 || hasMissing, let extremes else { return "none" }
    return "[\(extremes.lowerBound):\(extremes.upperBound)]"
  }
}
