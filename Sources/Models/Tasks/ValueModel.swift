import Foundation
import Journeys

/// What customers spend within a horizon and in all their life.
///
/// Within the horizon: scale · (w · trees + (1 - w) · purchases · value), where the trees are boosted on the Tweedie
/// loss, the purchases are BG/NBD's and the value of one Gamma-Gamma's; w is 1 or 0 when only one of the two is used.
/// After it: BG/NBD's discounted purchases to come times their value, times its own scale.
struct ValueModel: Sendable, Equatable {
  enum Candidate: String, Codable, Sendable, CaseIterable {
    case customers = "bg-nbd"
    case boosting, stack
  }

  /// BG/NBD with Gamma-Gamma, times in weeks; nil where the customers did not determine one.
  var customers: CustomerModel?
  var trees: BoostedTrees?
  /// w.
  var treeWeight: Double
  var scale: Double
  /// By which BG/NBD's value within the horizon meets the one that came.
  var customerScale: Double
  /// 0.15 for 15 % a year.
  var discount: Double
  /// The mean spend of a day with a purchase, where Gamma-Gamma has none.
  var meanSpend: Double

  var candidate: Candidate {
    switch treeWeight {
    case 0: .customers
    case 1: .boosting
    default: .stack
    }
  }

  struct Values: Sendable {
    /// Major units, one for each row.
    var horizon: [Double]
    var lifetime: [Double]
  }

  /// Parts of the horizon by which what comes in it is discounted.
  private static let steps = 4

  func predict(
    _ rows: FeatureTable.Rows, _ histories: CustomerTable, horizonDays: Double, threads: Int
  ) async throws -> Values {
    let weeks = horizonDays / PurchaseHistories.Columns.daysPerWeek
    let trees = try await treeValues(rows, threads: threads)
    let customers = try await customerValues(histories, weeks: weeks, threads: threads)
    var values = Values(horizon: [], lifetime: [])
    for row in 0..<rows.count {
      let own = treeWeight * (trees?[row] ?? 0) + (1 - treeWeight) * (customers?.horizon[row] ?? 0)
      let horizon = scale * own
      values.horizon.append(horizon)
      let rest = customerScale * (customers?.rest[row] ?? 0)
      values.lifetime.append(horizon * pow(1 + discount, -horizonDays / 730.5) + rest)
    }
    return values
  }

  /// Of the trees alone; nil without them.
  func treeValues(_ rows: FeatureTable.Rows, threads: Int) async throws -> [Double]? {
    guard let trees, treeWeight > 0 else { return nil }
    return try await trees.predict(FeatureMatrix(rows.table), threads: threads)
  }

  struct CustomerValues {
    /// Within the horizon, undiscounted, and after it, discounted.
    var horizon: [Double]
    var rest: [Double]
  }

  /// Of BG/NBD and Gamma-Gamma alone; nil without them.
  func customerValues(_ histories: CustomerTable, weeks: Double, threads: Int) async throws -> CustomerValues? {
    guard let customers, histories.rows > 0 else { return nil }
    let horizons = (1...Self.steps).map { weeks * Double($0) / Double(Self.steps) }
    let perWeek = log1p(discount) * PurchaseHistories.Columns.daysPerWeek / 365.25
    let predictions = try await customers.predict(
      histories, .init(horizons: horizons, discount: perWeek), threads: threads)
    var values = CustomerValues(horizon: [], rest: [])
    for row in 0..<histories.rows {
      let spend = predictions.expectedValue?[row] ?? meanSpend
      // Too heavy a tail has no mean; see GammaGamma.
      let value = spend.isFinite ? spend : meanSpend
      var (before, discounted) = (0.0, 0.0)
      for (step, purchases) in predictions.expectedPurchases.enumerated() {
        let middle = weeks * (Double(step) + 0.5) / Double(Self.steps)
        discounted += (purchases[row] - before) * exp(-perWeek * middle)
        before = purchases[row]
      }
      values.horizon.append(value * before)
      values.rest.append(value * max(0, (predictions.discountedPurchases?[row] ?? discounted) - discounted))
    }
    return values
  }
}

extension ValueModel: Codable {
  private enum Key: String, CodingKey {
    case learner, boosting, scale, discount
    case customers = "bg_nbd"
    case treeWeight = "boosting_weight"
    case customerScale = "bg_nbd_scale"
    case meanSpend = "mean_spend"
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    customers = try container.decodeIfPresent(CustomerModel.self, forKey: .customers)
    trees = try container.decodeIfPresent(String.self, forKey: .boosting).map { try ModelParts.trees($0, decoder) }
    treeWeight = try container.decode(Double.self, forKey: .treeWeight)
    scale = try container.decode(Double.self, forKey: .scale)
    customerScale = try container.decode(Double.self, forKey: .customerScale)
    discount = try container.decode(Double.self, forKey: .discount)
    meanSpend = try container.decode(Double.self, forKey: .meanSpend)
    guard (0...1).contains(treeWeight), scale >= 0, scale.isFinite, customerScale >= 0, customerScale.isFinite,
      discount > 0, discount.isFinite, meanSpend.isFinite, treeWeight == 0 || trees != nil,
      treeWeight == 1 || customers != nil
    else { throw ModelError(.foreignModel, "its weights are none: train it again") }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(candidate, forKey: .learner)
    try container.encodeIfPresent(customers, forKey: .customers)
    try container.encodeIfPresent(trees.map { _ in ModelParts.boostingFile }, forKey: .boosting)
    try container.encode(treeWeight, forKey: .treeWeight)
    try container.encode(scale, forKey: .scale)
    try container.encode(customerScale, forKey: .customerScale)
    try container.encode(discount, forKey: .discount)
    try container.encode(meanSpend, forKey: .meanSpend)
  }
}
