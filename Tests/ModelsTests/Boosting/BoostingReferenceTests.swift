import Foundation
import Models
import TestSupport
import Testing

/// Public churn and bank marketing data at fixed settings: 200 trees of 31 leaves, learning rate 0.05, every fifth row
/// for the test. Trees are not unique, so the area under the curve is held against the best of LightGBM, XGBoost and
/// scikit-learn on the same rows.
@Suite(.enabled(if: SharedData.exists)) struct BoostingReferenceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let file: String
    let layout: TableLayout
    let categories: FeatureEncoding.Categories
    /// Of LightGBM, XGBoost and scikit-learn with codes taken as numbers, or as categories.
    let bestPeer: Double

    var testDescription: String { "\(file) \(categories.rawValue)" }
  }

  static let telco = TableLayout(
    label: "Churn", positive: "Yes", drop: ["customerID"],
    numeric: ["SeniorCitizen", "tenure", "MonthlyCharges", "TotalCharges"])
  static let bank = TableLayout(
    label: "y", positive: "yes",
    numeric: ["age", "balance", "day", "duration", "campaign", "pdays", "previous"], delimiter: UInt8(ascii: ";"))

  @Test(arguments: [
    Case(file: "telco.csv", layout: telco, categories: .ordinal, bestPeer: 0.822332),
    Case(file: "telco.csv", layout: telco, categories: .native, bestPeer: 0.822332),
    Case(file: "bank_full.csv", layout: bank, categories: .ordinal, bestPeer: 0.933850),
    Case(file: "bank_full.csv", layout: bank, categories: .native, bestPeer: 0.933850),
  ]) func isAsGoodAsTheBestPeer(_ reference: Case) async throws {
    let read = try TableReader.csv(SharedData.url("data/" + reference.file).path, layout: reference.layout)
    let rows = read.table.rows
    let training = RowSelection.training(every: 5, of: rows)
    let test = RowSelection.test(every: 5, of: rows)
    let encoding = FeatureEncoding(read.table, categories: reference.categories, label: read.label)
    let settings = BoostingSettings(trees: 200, leaves: 31, learningRate: 0.05)
    let fit = try GradientBoosting(settings: settings).fit(
      FeatureMatrix(read.table, encoding: encoding, rows: training), labels: read.labels.map { Double($0) })

    let model = try BoostedTrees(lightGBMText: fit.model.lightGBMText)
    let probabilities = try await model.predict(read.table, rows: test)
    let metrics = try BinaryMetrics(
      probabilities: probabilities, labels: (0..<test.count).map { read.labels[test[$0]] })
    let auc = try #require(metrics.auc)
    #expect(auc >= reference.bestPeer - 0.002)
    #expect(auc <= reference.bestPeer + 0.01)
    let matrix = try FeatureMatrix(read.table, encoding: encoding, rows: test)
    for row in stride(from: 0, to: test.count, by: 37) {
      #expect(model.link(fit.model.rawScore(matrix[row])) == probabilities[row])
    }
  }
}
