import Foundation

/// How well probabilities of a yes-or-no outcome agree with what came.
public struct BinaryMetrics: Codable, Sendable, Equatable {
  public var rows: Int
  public var positives: Int
  /// Area under the ROC curve, Mann-Whitney with ties counted one half; nil when the rows are of one class.
  public var auc: Double?
  /// Average precision, the area under the precision-recall curve; nil without a positive row.
  public var averagePrecision: Double?
  /// Mean of -log of the probability given to what came; probabilities clipped to 1e-15 ... 1 - 1e-15.
  public var logLoss: Double
  /// Mean squared difference of probability and outcome (Brier 1950).
  public var brier: Double
  public var calibration: CalibrationCurve
  /// Ten rows, from the highest predictions to all.
  public var lift: [LiftRow]

  enum CodingKeys: String, CodingKey {
    case rows, positives, auc, brier, calibration, lift
    case averagePrecision = "average_precision"
    case logLoss = "log_loss"
  }

  /// - Parameters:
  ///   - probabilities: of the positive class, one a row.
  ///   - labels: 0 or 1.
  /// - Throws: `.untrainable` without rows, `.malformedTable` when a prediction is not a probability.
  public init(probabilities: [Double], labels: [UInt8]) throws(ModelError) {
    precondition(probabilities.count == labels.count, "one prediction a row")
    guard !labels.isEmpty else {
      throw ModelError(.untrainable, "validation: there are no rows to validate on; widen the data or the split")
    }
    guard probabilities.allSatisfy({ $0 >= 0 && $0 <= 1 }) else {
      throw ModelError(.malformedTable, "validation: a prediction is not a probability between 0 and 1")
    }
    let ranked = RankedPredictions(probabilities, labels: labels)
    rows = labels.count
    positives = ranked.positives
    auc = ranked.auc
    averagePrecision = ranked.averagePrecision
    (logLoss, brier) = Self.losses(probabilities, labels)
    calibration = CalibrationCurve(ranked, bins: 10)
    lift = LiftRow.table(ranked, steps: 10)
  }

  private static func losses(_ probabilities: [Double], _ labels: [UInt8]) -> (logLoss: Double, brier: Double) {
    let squares = zip(probabilities, labels).reduce(0.0) { sum, pair in
      let difference = pair.0 - (pair.1 != 0 ? 1 : 0)
      return sum + difference * difference
    }
    let count = Double(labels.count)
    return (logLosses(probabilities, labels).reduce(0, +) / count, squares / count)
  }

  /// Of each row.
  static func logLosses(_ probabilities: [Double], _ labels: [UInt8]) -> [Double] {
    zip(probabilities, labels).map { probability, label in
      let clipped = min(max(probability, 1e-15), 1 - 1e-15)
      return label != 0 ? -log(clipped) : -log1p(-clipped)
    }
  }
}
