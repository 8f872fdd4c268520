import Foundation
import Models
import TestSupport
import Testing

/// From a file to parameters, a model file and predictions, as `fit` and `predict` do it.
@Suite struct CustomerModelTests {
  private func table(of customers: SimulatedCustomers) -> CustomerTable {
    CustomerTable([
      .x: customers.x, .lastPurchase: customers.lastPurchase, .age: customers.age, .meanValue: customers.meanValue,
    ])
  }

  @Test(.enabled(if: SharedData.exists)) func cdnowFromItsFile() async throws {
    let path = SharedData.url("data/cdnow_rfm.csv").path
    let columns = try CustomerColumns(parsing: "x=x,t_x=tx_days,T=T_days,zbar=zbar")
    let table = try CustomerTable(path, columns: columns, per: 7)
    let model = try await CustomerModel(fitting: table, learner: .pareto, columns: columns, per: 7)
    #expect(model.fit.customers == 2357 && model.spend?.customers == 946)
    let directory = try TemporaryDirectory()
    let file = directory.url.appending(path: "pareto.json")
    try ModelFile.write(model, to: file)
    #expect(try ModelFile.learner(file) == "pareto-nbd")
    let reread = try ModelFile.customerModel(file)
    #expect(reread == model)

    let query = CustomerPredictions.Query(horizons: [39, 52], discount: PredictionTests.weekly)
    let predictions = try await reread.predict(
      CustomerTable(path, columns: reread.columns.forPrediction, per: reread.per), query)
    // Customer 0001 under the maximum likelihood.
    let expected = [0.8691342636, 1.455201702, 1.850890592, 24.6539187, 6.500351834, 160.2591456]
    #expect(
      predictions.columns.map(\.name) == [
        "p_alive", "expected_purchases_39", "expected_purchases_52", "expected_value", "discounted_purchases",
        "residual_lifetime_value",
      ])
    for (column, value) in zip(predictions.columns, expected) { #expect(abs(column.values[0] / value - 1) < 1e-8) }
    #expect(abs(predictions.expectedPurchases[0].reduce(0, +) - 1665.51310721) < 1e-5)

    let report = CustomerFitReport(model, seconds: .init(read: 1, fit: 2))
    let json = try JSONDecoder().decode(Report.self, from: JSONEncoder().encode(report))
    #expect(json.learner == "pareto-nbd" && json.customers == 2357)
    #expect(json.parameters == model.fit.parameters && json.parameters.keys.sorted() == ["alpha", "beta", "r", "s"])
    #expect(json.standard_errors.keys.sorted() == ["alpha", "beta", "r", "s"])
    #expect(json.log_likelihood == model.fit.logLikelihood)
    #expect(json.seconds == ["read": 1, "fit": 2])
    #expect(json.spend.parameters.keys.sorted() == ["gamma", "p", "q"])
  }

  /// The answer's fields, by the names that the contract gives them.
  private struct Report: Decodable {
    struct Spend: Decodable { var parameters: [String: Double] }
    var learner: String
    var customers: Int
    var parameters: [String: Double]
    var standard_errors: [String: Double]
    var log_likelihood: Double
    var seconds: [String: Double]
    var spend: Spend
  }

  /// Every learner's predictions of a whole table are those of its formulas, one row at a time.
  @Test func tablesAreScoredAsRowsAre() async throws {
    var customers = SimulatedCustomers.geometric(600, r: 0.5, alpha: 20, a: 0.8, b: 2.5, seed: 2)
    customers.addValues(p: 6, q: 4, gamma: 15)
    let (horizon, discount) = (30.0, 0.003)
    for learner in [CustomerLearner.betaGeometric, .modifiedBetaGeometric, .pareto] {
      let table = table(of: customers)
      let model = try await CustomerModel(fitting: table, learner: learner, columns: CustomerColumns([:]))
      let got = try await model.predict(table, .init(horizons: [horizon], discount: discount), threads: 2)
      let single = try await model.predict(table, .init(horizons: [horizon], discount: discount), threads: 1)
      let parameters = model.fit.parameters
      let spend = try #require(try model.spendModel())
      func parameter(_ name: String) -> Double { parameters[name] ?? .nan }
      for row in stride(from: 0, to: 600, by: 11) {
        let (x, last, age) = (customers.x[row], customers.lastPurchase[row], customers.age[row])
        let expected: [Double]
        if learner == .pareto {
          let pareto = ParetoNBD(
            r: parameter("r"), alpha: parameter("alpha"), s: parameter("s"), beta: parameter("beta"))
          expected = [
            pareto.probabilityAlive(x: x, lastPurchase: last, age: age),
            pareto.expectedPurchases(in: horizon, x: x, lastPurchase: last, age: age),
            spend.expectedValue(x: x, meanValue: customers.meanValue[row]),
            pareto.discountedPurchases(discount: discount, x: x, lastPurchase: last, age: age),
          ]
        } else {
          let bg = BetaGeometricNBD(
            dropout: learner == .betaGeometric ? .afterRepeatPurchase : .afterEveryPurchase, r: parameter("r"),
            alpha: parameter("alpha"), a: parameter("a"), b: parameter("b"))
          expected = [
            bg.probabilityAlive(x: x, lastPurchase: last, age: age),
            bg.expectedPurchases(in: horizon, x: x, lastPurchase: last, age: age),
            spend.expectedValue(x: x, meanValue: customers.meanValue[row]),
            bg.discountedPurchases(discount: discount, x: x, lastPurchase: last, age: age),
          ]
        }
        for (column, value) in zip(got.columns, expected + [expected[2] * expected[3]]) {
          #expect(abs(column.values[row] - value) <= 1e-10 * abs(value), "\(learner) \(column.name) row \(row)")
        }
      }
      for (a, b) in zip(got.columns, single.columns) { #expect(a.values == b.values) }
    }
  }

  @Test func betaBernoulliWithWeightsAndOccasions() async throws {
    let table = CustomerTable([
      .x: [0, 1, 1, 2, 2, 3], .lastPurchase: [0, 1, 3, 2, 3, 3], .occasions: [3, 3, 3, 3, 3, 3],
      .weight: [300, 50, 40, 30, 45, 60],
    ])
    let model = try await CustomerModel(
      fitting: table, learner: .betaGeometricBetaBernoulli, columns: CustomerColumns([:]))
    #expect(model.fit.customers == 525 && model.spend == nil)
    let got = try await model.predict(table, .init(horizons: [5], discount: 0.1))
    #expect(got.columns.map(\.name) == ["p_alive", "expected_purchases_5", "discounted_purchases"])
    #expect(got.probabilityAlive?.allSatisfy { (0...1).contains($0) } == true)
    await #expect(throws: ModelError.self) { try await model.predict(table, .init(horizons: [2.5])) }
    let between = CustomerTable([.x: [1], .lastPurchase: [1.5], .occasions: [3]])
    await #expect(throws: ModelError.self) { try await model.predict(between, .init(horizons: [2])) }
  }

  @Test func gammaGammaAlone() async throws {
    let table = CustomerTable([.x: [1, 2, 0, 5, 3], .meanValue: [10, 30, 0, 18, 25]])
    let model = try await CustomerModel(fitting: table, learner: .gammaGamma, columns: CustomerColumns([:]))
    #expect(model.fit.customers == 4)
    let got = try await model.predict(table)
    #expect(got.columns.map(\.name) == ["expected_value"])
    let spend = try #require(try model.spendModel())
    #expect(got.expectedValue?[1] == spend.expectedValue(x: 2, meanValue: 30))
    #expect(got.jsonFields(1).map(\.key) == ["expected_value"])
  }

  @Test func rowsAsJSON() async throws {
    let customers = SimulatedCustomers.geometric(500, r: 0.5, alpha: 20, a: 0.8, b: 2.5, seed: 2)
    let table = CustomerTable([.x: customers.x, .lastPurchase: customers.lastPurchase, .age: customers.age])
    let model = try await CustomerModel(fitting: table, learner: .betaGeometric, columns: CustomerColumns([:]))
    let heavy = GammaGamma(p: 2, q: 0.5, gamma: 10)
    let got = try await model.predict(table, .init(horizons: [52, 0.5], discount: 0.01), spend: heavy)
    let fields = got.jsonFields(3)
    #expect(
      fields.map(\.key) == [
        "discounted_purchases", "expected_purchases", "expected_value", "p_alive", "residual_lifetime_value",
      ])
    // No mean value without a purchase's value: infinite, which JSON has no word for.
    #expect(fields[2].text == "null")
    let text = "{" + fields.map { "\"\($0.key)\":\($0.text)" }.joined(separator: ",") + "}"
    struct Row: Decodable { var expected_purchases: [String: Double] }
    let expected = try JSONDecoder().decode(Row.self, from: Data(text.utf8)).expected_purchases
    #expect(expected == ["52": got.expectedPurchases[0][3], "0.5": got.expectedPurchases[1][3]])
  }

  @Test func columnsAndNumbersOfFiles() throws {
    let directory = try TemporaryDirectory()
    let columns = try CustomerColumns(parsing: "x=frequency, t_x=recency,T")
    let path = try directory.file("c.csv", "recency,name,T,frequency\n14,ann,28,2\n,bob,35,0\n")
    let table = try CustomerTable(path, columns: columns, per: 7)
    #expect(table.values == [.x: [2, 0], .lastPurchase: [2, 0], .age: [4, 5]])
    let blank = try directory.file("d.csv", "recency,T,frequency\n14,28,2\n0,,0\n")
    let error = #expect(throws: ModelError.self) { try CustomerTable(blank, columns: columns) }
    #expect(error?.message.contains("line 3, column 'T'") == true)
    let missing = try directory.file("e.csv", "recency,T\n1,2\n")
    #expect(throws: ModelError.self) { try CustomerTable(missing, columns: columns) }
    for text in ["y=a", "x=a,x=b", "=a"] {
      #expect(throws: ModelError.self, "\(text)") { try CustomerColumns(parsing: text) }
    }
    #expect(throws: ModelError.self) { try CustomerTable(path, columns: columns, per: 0) }
  }

  @Test func foreignFilesAreRefused() async throws {
    let directory = try TemporaryDirectory()
    let other = try directory.file("o.json", "{\"learner\":\"logistic\",\"format\":1}")
    let error = #expect(throws: ModelError.self) { try ModelFile.customerModel(URL(filePath: other)) }
    #expect(error?.code == .foreignModel)
    #expect(throws: ModelError.self) { try ModelFile.kMeans(URL(filePath: other)) }
    #expect(try ModelFile.learner(URL(filePath: directory.file("t.txt", "tree"))) == nil)
    let absent = #expect(throws: ModelError.self) { try ModelFile.learner(directory.url.appending(path: "none")) }
    #expect(absent?.code == .unreadable)
    var model = try await CustomerModel(
      fitting: CustomerTable([.x: [1, 2, 0, 5, 3], .meanValue: [10, 30, 0, 18, 25]]), learner: .gammaGamma,
      columns: CustomerColumns([:]))
    model.fit.parameters["q"] = -1
    let negative = directory.url.appending(path: "negative.json")
    try ModelFile.write(model, to: negative)
    #expect(throws: ModelError.self) { try ModelFile.customerModel(negative) }
  }
}
