import Foundation
import Models
import TestSupport
import Testing

/// Nineteen customers of CDNOW under published and under fitted parameters, every formula, to nine digits.
@Suite(.enabled(if: SharedData.exists)) struct CustomerReferenceTests {
  @Test func everyValueOfEveryCustomer() throws {
    let text = try String(contentsOf: SharedData.url("cases/models/CASES.md"), encoding: .utf8)
    let rows = text.split(whereSeparator: \.isNewline).map(fields).filter { row in
      row.count == 17 && (row[0] == "published" || row[0] == "mle_exact7")
    }
    #expect(rows.count == 38)
    for row in rows {
      let published = row[0] == "published"
      let bg = published ? PredictionTests.publishedBG : PredictionTests.bg
      let pareto = published ? PredictionTests.publishedPareto : PredictionTests.pareto
      let spend = published ? PredictionTests.publishedSpend : PredictionTests.spend
      let numbers = row.dropFirst(2).map { Double($0) ?? .nan }
      let (x, last, age, mean) = (numbers[0], numbers[1] / 7, numbers[2] / 7, numbers[3])
      let dert = pareto.discountedPurchases(
        discount: PredictionTests.weekly, x: x, lastPurchase: last, age: age)
      let e39 = bg.expectedPurchases(in: 39, x: x, lastPurchase: last, age: age)
      let value = spend.expectedValue(x: x, meanValue: mean)
      let got = [
        bg.probabilityAlive(x: x, lastPurchase: last, age: age), e39,
        bg.expectedPurchases(in: 52, x: x, lastPurchase: last, age: age),
        pareto.probabilityAlive(x: x, lastPurchase: last, age: age),
        pareto.expectedPurchases(in: 39, x: x, lastPurchase: last, age: age),
        pareto.expectedPurchases(in: 52, x: x, lastPurchase: last, age: age), dert, value, e39 * value, dert * value,
      ]
      for (place, (got, expected)) in zip(got, numbers[5...]).enumerated() {
        #expect(abs(got / expected - 1) < 1e-9, "\(row[0]) \(row[1]), value \(place): \(got), not \(expected)")
      }
    }
  }

  @Test func sumsOverAllCustomers() throws {
    let table = try CustomerTables.cdnow()
    let holdout: [Double] = try CustomerTables.read("data/cdnow_rfm.csv", ["x_holdout"])[0]
    var sums: (Double, Double, Double, Double) = (0.0, 0.0, 0.0, 0.0)
    var error = 0.0
    for i in table.x.indices {
      let (x, last, age) = (table.x[i], table.lastPurchase[i], table.age[i])
      let expected = PredictionTests.bg.expectedPurchases(in: 39, x: x, lastPurchase: last, age: age)
      sums.0 += expected
      error += abs(expected - holdout[i])
      sums.1 += PredictionTests.pareto.expectedPurchases(in: 39, x: x, lastPurchase: last, age: age)
      sums.2 += PredictionTests.publishedBG.expectedPurchases(in: 39, x: x, lastPurchase: last, age: age)
      sums.3 += PredictionTests.publishedPareto.expectedPurchases(in: 39, x: x, lastPurchase: last, age: age)
    }
    #expect(abs(sums.0 - 1653.40869794) < 1e-7)
    #expect(abs(sums.1 - 1665.51310721) < 1e-7)
    #expect(abs(sums.2 - 1653.94125931) < 1e-7)
    #expect(abs(sums.3 - 1665.69316068) < 1e-7)
    #expect(holdout.reduce(0, +) == 1882)
    #expect(abs(error / 2357 - 0.785454237) < 1e-9)
  }

  private func fields(_ line: Substring) -> [String] {
    line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
  }
}
