import Foundation
import Journeys

/// A fitted buy-till-you-die model, with Gamma-Gamma beside it where the table had values: one JSON file, every
/// parameter named.
public struct CustomerModel: Sendable, Equatable {
  /// Parameters by name and how they were found.
  public struct Part: Codable, Sendable, Equatable {
    public var parameters: [String: Double]
    /// Nil for what the rows do not determine; see `LikelihoodFit`.
    public var standardErrors: [String: Double?]
    public var logLikelihood: Double
    /// The largest magnitude in the gradient by the logarithms of the parameters.
    public var gradientNorm: Double
    public var iterations: Int
    /// Parameters that ran towards 0 or infinity: the customers are too few or too much alike.
    public var unidentified: [String]
    /// Sum of the weights of the rows that counted.
    public var customers: Double

    enum CodingKeys: String, CodingKey {
      case parameters, iterations, unidentified, customers
      case standardErrors = "standard_errors"
      case logLikelihood = "log_likelihood"
      case gradientNorm = "gradient_norm"
    }

    init(_ fit: LikelihoodFit, customers: Double) {
      parameters = Dictionary(uniqueKeysWithValues: zip(fit.names, fit.values))
      standardErrors = Dictionary(uniqueKeysWithValues: zip(fit.names, fit.standardErrors))
      logLikelihood = fit.logLikelihood
      gradientNorm = fit.gradientNorm
      iterations = fit.iterations
      unidentified = fit.unidentified
      self.customers = customers
    }
  }

  public var learner: CustomerLearner
  public var fit: Part
  /// Gamma-Gamma, fitted to the same rows; nil where they had no values, and for the learner Gamma-Gamma itself.
  public var spend: Part?
  public var columns: CustomerColumns
  /// What times of the table are divided by; horizons and discounts are in the unit that this gives.
  public var per: Double

  /// - Parameter table: read with the same columns and `per`.
  /// - Throws: `ModelError` `.unknownName` for a missing column, `.malformedTable` naming the row, `.untrainable`,
  ///   `.notConverged`; `CancellationError`.
  public init(
    fitting table: CustomerTable, learner: CustomerLearner, columns: CustomerColumns, per: Double = 1,
    threads: Int = defaultThreads
  ) async throws {
    self.learner = learner
    self.columns = columns
    self.per = per
    guard learner != .gammaGamma else {
      fit = try await Self.spend(table, threads: threads)
      return
    }
    let histories = try table.histories(for: learner)
    let result =
      switch learner {
      case .betaGeometric: try await BetaGeometricNBD.fit(histories, threads: threads)
      case .modifiedBetaGeometric:
        try await BetaGeometricNBD.fit(histories, dropout: .afterEveryPurchase, threads: threads)
      case .pareto: try await ParetoNBD.fit(histories, threads: threads)
      case .betaGeometricBetaBernoulli, .gammaGamma:
        try await BetaGeometricBetaBernoulli.fit(histories, threads: threads)
      }
    fit = Part(result, customers: histories.customers)
    if table[.meanValue] != nil { spend = try await Self.spend(table, threads: threads) }
  }

  private static func spend(_ table: CustomerTable, threads: Int) async throws -> Part {
    let (x, value) = (try table.column(.x, for: .gammaGamma), try table.column(.meanValue, for: .gammaGamma))
    let weight = table[.weight]
    let fit = try await GammaGamma.fit(x: x, meanValue: value, weight: weight, threads: threads)
    let customers = x.indices.reduce(0) { $0 + (x[$1] > 0 && value[$1] > 0 ? weight?[$1] ?? 1 : 0) }
    return Part(fit, customers: customers)
  }

  /// The Gamma-Gamma model of the rows, or the one that this is.
  ///
  /// - Throws: `.foreignModel`.
  public func spendModel() throws(ModelError) -> GammaGamma? {
    guard let named = learner == .gammaGamma ? fit.parameters : spend?.parameters else { return nil }
    return GammaGamma(
      p: try TransactionModel.parameter("p", of: .gammaGamma, named),
      q: try TransactionModel.parameter("q", of: .gammaGamma, named),
      gamma: try TransactionModel.parameter("gamma", of: .gammaGamma, named))
  }
}

extension CustomerModel: Codable {
  private enum Key: String, CodingKey { case learner, format, columns, per, fit, spend }
  private static let format = 1

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let name = try container.decode(String.self, forKey: .learner)
    let format = try container.decode(Int.self, forKey: .format)
    guard let learner = CustomerLearner(rawValue: name), format == Self.format else {
      throw ModelError(
        .foreignModel,
        """
        model file: learner '\(name)' of format \(format), where format \(Self.format) of \
        \(CustomerLearner.allCases.map(\.rawValue).joined(separator: ", ")) is read
        """)
    }
    self.learner = learner
    columns = try container.decode(CustomerColumns.self, forKey: .columns)
    per = try container.decode(Double.self, forKey: .per)
    fit = try container.decode(Part.self, forKey: .fit)
    spend = try container.decodeIfPresent(Part.self, forKey: .spend)
    guard per > 0, per.isFinite else { throw ModelError(.foreignModel, "model file: 'per' is no number above 0") }
    _ = try TransactionModel(learner, fit.parameters)
    _ = try spendModel()
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(learner, forKey: .learner)
    try container.encode(Self.format, forKey: .format)
    try container.encode(columns, forKey: .columns)
    try container.encode(per, forKey: .per)
    try container.encode(fit, forKey: .fit)
    try container.encodeIfPresent(spend, forKey: .spend)
  }
}

/// The answer of `fit bg-nbd` and its siblings.
public struct CustomerFitReport: Encodable, Sendable {
  public struct Seconds: Encodable, Sendable {
    public var read: Double
    public var fit: Double

    public init(read: Double, fit: Double) {
      self.read = read
      self.fit = fit
    }
  }

  public var model: CustomerModel
  public var seconds: Seconds

  public init(_ model: CustomerModel, seconds: Seconds) {
    self.model = model
    self.seconds = seconds
  }

  private enum Key: String, CodingKey { case learner, spend, seconds }

  public func encode(to encoder: any Encoder) throws {
    try model.fit.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(model.learner, forKey: .learner)
    try container.encodeIfPresent(model.spend, forKey: .spend)
    try container.encode(seconds, forKey: .seconds)
  }
}
