import Foundation
import Journeys

/// What a `CustomerModel` says of each row of a table; what it cannot say is nil.
public struct CustomerPredictions: Sendable {
  public struct Query: Sendable, Equatable {
    /// How far to look ahead, in the unit of the model's times (BG/BB: whole occasions).
    public var horizons: [Double]
    /// δ > 0: what comes after a time s is worth e^(-δ s) of it. 15 % a year with times in weeks is ln(1.15)/52.
    public var discount: Double?

    public init(horizons: [Double] = [], discount: Double? = nil) {
      self.horizons = horizons
      self.discount = discount
    }
  }

  public let rows: Int
  public let horizons: [Double]
  public let probabilityAlive: [Double]?
  /// For each horizon, of each row.
  public let expectedPurchases: [[Double]]
  /// Purchases to come, discounted.
  public let discountedPurchases: [Double]?
  /// The expected mean value of a purchase; infinite where the spend model has no mean.
  public let expectedValue: [Double]?
  /// Value of the purchases to come, discounted: the product of the two.
  public let residualLifetimeValue: [Double]?
  /// The columns of a flat table, in order; `expected_purchases_H` for each horizon H.
  public let columns: [(name: String, values: [Double])]

  init(
    rows: Int, horizons: [Double] = [], probabilityAlive: [Double]? = nil, expectedPurchases: [[Double]] = [],
    discountedPurchases: [Double]? = nil, expectedValue: [Double]?, residualLifetimeValue: [Double]? = nil
  ) {
    self.rows = rows
    self.horizons = horizons
    self.probabilityAlive = probabilityAlive
    self.expectedPurchases = expectedPurchases
    self.discountedPurchases = discountedPurchases
    self.expectedValue = expectedValue
    self.residualLifetimeValue = residualLifetimeValue
    var columns: [(name: String, values: [Double])] = []
    if let probabilityAlive { columns.append(("p_alive", probabilityAlive)) }
    columns += zip(horizons, expectedPurchases).map { ("expected_purchases_" + Self.name($0), $1) }
    if let expectedValue { columns.append(("expected_value", expectedValue)) }
    if let discountedPurchases { columns.append(("discounted_purchases", discountedPurchases)) }
    if let residualLifetimeValue { columns.append(("residual_lifetime_value", residualLifetimeValue)) }
    self.columns = columns
  }
}

extension CustomerModel {
  /// - Parameters:
  ///   - table: read with the model's columns and `per`; without `zbar`, values are those of an average customer.
  ///   - spend: values of purchases come from this model; by default from the one in this file, if there is one.
  /// - Throws: `ModelError` `.unknownName`, `.malformedTable` naming the row, `.invalidSetting`; `CancellationError`.
  public func predict(
    _ table: CustomerTable, _ query: CustomerPredictions.Query = .init(), spend: GammaGamma? = nil,
    threads: Int = defaultThreads
  ) async throws -> CustomerPredictions {
    try check(query)
    let values = try (spend ?? spendModel()).map { try expectedValues($0, table) }
    guard let model = try TransactionModel(learner, fit.parameters) else {
      return CustomerPredictions(rows: table.rows, expectedValue: values)
    }
    let histories = try table.histories(for: learner)
    if case .betaBernoulli = model { try histories.checkOccasions() }
    let (alive, futures) = try await model.values(
      histories, horizons: query.horizons, discount: query.discount, threads: threads)
    func spread(_ column: [Double]) -> [Double] { histories.historyOfRow.map { column[Int($0)] } }
    let discounted = query.discount == nil ? nil : futures.last.map(spread)
    let lifetime = discounted.flatMap { discounted in
      values.map { values in zip(discounted, values).map { $0 == 0 ? 0 : $0 * $1 } }
    }
    return CustomerPredictions(
      rows: table.rows, horizons: query.horizons, probabilityAlive: spread(alive),
      expectedPurchases: futures.prefix(query.horizons.count).map(spread), discountedPurchases: discounted,
      expectedValue: values, residualLifetimeValue: lifetime)
  }

  private func check(_ query: CustomerPredictions.Query) throws(ModelError) {
    for horizon in query.horizons {
      guard horizon >= 0, horizon.isFinite else {
        throw ModelError(.invalidSetting, "predict: a horizon must be 0 or more, in the unit of the model's times")
      }
      guard learner != .betaGeometricBetaBernoulli || (horizon == horizon.rounded() && horizon <= 1e6) else {
        throw ModelError(.invalidSetting, "predict: a horizon of bg-bb is a whole number of occasions")
      }
    }
    guard Set(query.horizons).count == query.horizons.count else {
      throw ModelError(.invalidSetting, "predict: a horizon is named twice")
    }
    if let discount = query.discount, !(discount > 0 && discount.isFinite) {
      throw ModelError(
        .invalidSetting,
        "predict: the discount must be above 0: without one the value of an endless future is infinite")
    }
  }

  private func expectedValues(_ spend: GammaGamma, _ table: CustomerTable) throws(ModelError) -> [Double] {
    let x = try table.column(.x, for: .gammaGamma)
    guard let means = table[.meanValue] else {
      guard learner != .gammaGamma else { return try table.column(.meanValue, for: .gammaGamma) }
      return x.map { _ in spend.expectedValue(x: 0, meanValue: 0) }
    }
    for row in x.indices where !(x[row] >= 0 && x[row].isFinite && means[row] >= 0 && means[row].isFinite) {
      throw ModelError(.malformedTable, "predict: row \(row + 1): x and zbar must be 0 or more")
    }
    // Who has no value of a repeat purchase (not one, or one that was free) is like everybody.
    return zip(x, means).map { spend.expectedValue(x: $1 > 0 ? $0 : 0, meanValue: $1) }
  }
}

extension CustomerPredictions {
  /// Keys, sorted, and JSON text of a row: `expected_purchases` is an object with one number for each horizon; what is
  /// infinite is null.
  public func jsonFields(_ row: Int) -> [(key: String, text: String)] {
    func text(_ value: Double) -> String { value.isFinite ? value.description : "null" }
    var result: [(key: String, text: String)] = []
    if let discountedPurchases { result.append(("discounted_purchases", text(discountedPurchases[row]))) }
    if !horizons.isEmpty {
      let ordered = zip(horizons.map(Self.name), expectedPurchases).sorted { $0.0 < $1.0 }
      let entries = ordered.map { "\"\($0.0)\":\(text($0.1[row]))" }
      result.append(("expected_purchases", "{" + entries.joined(separator: ",") + "}"))
    }
    if let expectedValue { result.append(("expected_value", text(expectedValue[row]))) }
    if let probabilityAlive { result.append(("p_alive", text(probabilityAlive[row]))) }
    if let residualLifetimeValue { result.append(("residual_lifetime_value", text(residualLifetimeValue[row]))) }
    return result
  }

  /// 39 rather than 39.0.
  private static func name(_ horizon: Double) -> String {
    Int(exactly: horizon).map(String.init) ?? horizon.description
  }
}
