import Foundation
import Journeys
import LinearAlgebra

/// A fitted logistic regression with all it takes to score another table: one JSON file, every parameter named.
public struct LogisticModel: Sendable, Equatable {
  public var label: LabelledTable.Label
  public var encoding: Encoding
  public var settings: LogisticRegression.Settings
  public var intercept: Double
  /// In the order of `encoding.features`.
  public var coefficients: [Double]
  /// Those of the coefficients and, last, of the intercept; see `LogisticRegression.Fit`.
  public var standardErrors: [Double]?
  public var objective: Double
  public var gradientNorm: Double

  public init(
    _ fit: LogisticRegression.Fit, label: LabelledTable.Label, encoding: Encoding, settings: LogisticRegression.Settings
  ) {
    self.label = label
    self.encoding = encoding
    self.settings = settings
    intercept = fit.intercept
    coefficients = fit.coefficients
    standardErrors = fit.standardErrors
    objective = fit.objective
    gradientNorm = fit.gradientNorm
  }

  /// Learns encoding and parameters on the training rows of a table; all of them by default.
  ///
  /// - Throws: what `Encoding.fit` and `LogisticRegression.fit` throw.
  public init(
    fitting data: LabelledTable, rows: RowSelection? = nil, settings: LogisticRegression.Settings = .init(),
    threads: Int = defaultThreads
  ) async throws {
    let rows = rows ?? .all(of: data.table.rows)
    let encoding = try await Encoding.fit(data.table, trainingRows: rows, threads: threads)
    let fit = try await LogisticRegression(settings: settings, threads: threads).fit(
      DesignMatrix(data.table, encoding: encoding, rows: rows), labels: data.labels)
    self.init(fit, label: data.label, encoding: encoding, settings: settings)
  }

  /// P(positive) of every selected row of a table, in order.
  ///
  /// - Throws: `ModelError` when the table lacks a column; `CancellationError`.
  public func predictProbability(
    _ table: Table, rows: RowSelection? = nil, threads: Int = defaultThreads
  ) async throws -> [Double] {
    try await predictProbability(DesignMatrix(table, encoding: encoding, rows: rows), threads: threads)
  }

  /// P(positive) of every row of a design that this model's encoding made.
  ///
  /// - Precondition: the design has the model's features.
  public func predictProbability(_ design: DesignMatrix, threads: Int = defaultThreads) async throws -> [Double] {
    precondition(design.features.count == coefficients.count, "the design has other features than the model")
    BLASThreads.set(1)
    let point = coefficients + [intercept]
    var result: [Double] = []
    result.reserveCapacity(design.rows)
    try await inOrder(chunks: RowChunks.count(design.rows), threads: threads) { chunk in
      let rows = RowChunks.range(chunk, of: design.rows)
      var block = [Double](repeating: 0, count: rows.count * design.width)
      var span = block.mutableSpan
      design.fill(rows, into: &span)
      var scores = [Double](repeating: 0, count: rows.count)
      var out = scores.mutableSpan
      BLAS.multiply(rows: rows.count, columns: design.width, span.span, point.span, into: &out)
      for i in 0..<out.count { out[i] = sigmoid(out[i]) }
      return scores
    } take: {
      result += $0
    }
    return result
  }
}

/// 1 / (1 + exp(-x)), without overflow and with full relative precision at both ends.
package func sigmoid(_ x: Double) -> Double {
  let e = exp(-abs(x))
  return (x >= 0 ? 1 : e) / (1 + e)
}

extension LogisticModel: Codable {
  private enum Key: String, CodingKey {
    case learner, format, label, encoding, settings, intercept, coefficients, objective
    case standardErrors = "standard_errors"
    case gradientNorm = "gradient_norm"
  }

  /// What the file says it is, so that another model's file is refused.
  package static let learner = "logistic"
  private static let format = 1

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let learner = try container.decode(String.self, forKey: .learner)
    let format = try container.decode(Int.self, forKey: .format)
    guard learner == Self.learner, format == Self.format else {
      throw ModelError(
        .foreignModel,
        "model file: learner '\(learner)' of format \(format), where '\(Self.learner)' of \(Self.format) is read")
    }
    label = try container.decode(LabelledTable.Label.self, forKey: .label)
    encoding = try container.decode(Encoding.self, forKey: .encoding)
    settings = try container.decode(LogisticRegression.Settings.self, forKey: .settings)
    intercept = try container.decode(Double.self, forKey: .intercept)
    objective = try container.decode(Double.self, forKey: .objective)
    gradientNorm = try container.decode(Double.self, forKey: .gradientNorm)
    let named = try container.decode([String: Double].self, forKey: .coefficients)
    coefficients = try Self.ordered(named, as: encoding.features, what: "coefficients")
    let errors = try container.decodeIfPresent([String: Double].self, forKey: .standardErrors)
    standardErrors = try errors.map {
      try Self.ordered($0, as: encoding.features + [Encoding.interceptName], what: "standard_errors")
    }
  }

  private static func ordered(
    _ named: [String: Double], as names: [String], what: String
  ) throws(ModelError) -> [Double] {
    let values = names.compactMap { named[$0] }
    guard values.count == names.count, named.count == names.count else {
      throw ModelError(
        .foreignModel,
        "model file: \(what) names \(named.count) values, but \(values.count) of the \(names.count) of its encoding")
    }
    return values
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(Self.learner, forKey: .learner)
    try container.encode(Self.format, forKey: .format)
    try container.encode(label, forKey: .label)
    try container.encode(encoding, forKey: .encoding)
    try container.encode(settings, forKey: .settings)
    try container.encode(intercept, forKey: .intercept)
    try container.encode(objective, forKey: .objective)
    try container.encode(gradientNorm, forKey: .gradientNorm)
    try container.encode(namedCoefficients, forKey: .coefficients)
    try container.encodeIfPresent(namedStandardErrors, forKey: .standardErrors)
  }

  /// Coefficients by the name of their feature.
  public var namedCoefficients: [String: Double] {
    Dictionary(uniqueKeysWithValues: zip(encoding.features, coefficients))
  }

  /// Standard errors by the name of their feature, and `(intercept)`.
  public var namedStandardErrors: [String: Double]? {
    standardErrors.map { Dictionary(uniqueKeysWithValues: zip(encoding.features + [Encoding.interceptName], $0)) }
  }
}
