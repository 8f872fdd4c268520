import Foundation
import Models
import TestSupport
import Testing

@Suite(.enabled(if: SharedData.exists)) struct LogisticReferenceTests {
  @Test func telcoAgreesWithThePublishedOptimum() async throws {
    let layout = TableLayout(
      label: "Churn", positive: "Yes", drop: ["customerID"],
      numeric: ["SeniorCitizen", "tenure", "MonthlyCharges", "TotalCharges"])
    let read = try TableReader.csv(SharedData.url("data/telco.csv").path, layout: layout)
    let rows = read.table.rows
    #expect(rows == 7043)
    let training = RowSelection.training(every: 5, of: rows)
    let encoding = try await Encoding.fit(read.table, trainingRows: training)
    let settings = LogisticRegression.Settings()
    let fit = try await LogisticRegression(settings: settings).fit(
      DesignMatrix(read.table, encoding: encoding, rows: training), labels: read.labels)
    #expect(fit.gradientNorm <= 1e-10)
    #expect(abs(fit.objective - TelcoReference.objective) < 1e-9)
    #expect(abs(fit.logLoss - TelcoReference.trainLogLoss) < 1e-12)
    #expect(abs(fit.intercept - (TelcoReference.coefficients["(intercept)"] ?? .nan)) < 1e-11)
    #expect(fit.coefficients.count == 30)
    for (name, coefficient) in zip(encoding.features, fit.coefficients) {
      let expected = try #require(TelcoReference.coefficients[name])
      #expect(abs(coefficient - expected) < 1e-11, "\(name)")
    }

    let model = LogisticModel(fit, label: read.label, encoding: encoding, settings: settings)
    let reread = try JSONDecoder().decode(LogisticModel.self, from: JSONEncoder().encode(model))
    #expect(reread == model)
    let test = RowSelection.test(every: 5, of: rows)
    let probabilities = try await reread.predictProbability(read.table, rows: test)
    for (got, expected) in zip(probabilities, TelcoReference.firstTestProbabilities) {
      #expect(abs(got - expected) < 1e-12)
    }
    let metrics = try BinaryMetrics(
      probabilities: probabilities, labels: (0..<test.count).map { read.labels[test[$0]] })
    #expect(metrics.rows == 1409 && metrics.positives == 372)
    #expect(abs(try #require(metrics.auc) - TelcoReference.testAUC) < 1e-12)
    #expect(abs(metrics.logLoss - TelcoReference.testLogLoss) < 1e-12)
    #expect(abs(metrics.brier - TelcoReference.testBrier) < 1e-12)
  }

  /// Another delimiter and quoted text; the optimum is unique, so a vanishing gradient is the whole proof.
  @Test func bankReachesAVanishingGradient() async throws {
    let layout = TableLayout(
      label: "y", positive: "yes",
      numeric: ["age", "balance", "day", "duration", "campaign", "pdays", "previous"], delimiter: UInt8(ascii: ";"))
    let read = try TableReader.csv(SharedData.url("data/bank_full.csv").path, layout: layout)
    let training = RowSelection.training(every: 5, of: read.table.rows)
    let encoding = try await Encoding.fit(read.table, trainingRows: training)
    let fit = try await LogisticRegression().fit(
      DesignMatrix(read.table, encoding: encoding, rows: training), labels: read.labels)
    #expect(read.labels.reduce(0) { $0 + Int($1) } == 5289)
    #expect(encoding.features.count == 42)
    #expect(fit.gradientNorm < 1e-9)
  }
}
