import Attribution
import Foundation
import TestSupport
import Testing

private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

private func fit(_ sets: PathTable, keys: [Int], penalty: Double = 1) throws -> RidgeLogistic {
  try RidgeLogistic(sets, conversions: sets.credits.map(\.conversions), nulls: sets.nulls, keys: keys, penalty: penalty)
}

@Suite("Ridge logistic regression") struct RidgeLogisticTests {
  @Test("One key without a penalty: the log odds") func odds() throws {
    let sets = PathTable([TestPath([0], 30, nulls: 10), TestPath([1], 20, nulls: 60)], keys: 2)
    let model = try fit(sets, keys: [0], penalty: 0)
    #expect(close(model.intercept, log(1.0 / 3), 1e-13) && close(model.coefficients[0], log(9), 1e-13))
    #expect(model.coefficients[1] == 0)
  }

  @Test("No step goes down from the optimum", arguments: 1...6 as ClosedRange<UInt64>)
  func optimum(_ seed: UInt64) throws {
    var random = TestRandom(seed)
    let sets = PathTable.random(300, keys: 8, using: &random).sets
    let keys = [0, 1, 3, 4, 7]
    let model = try fit(sets, keys: keys)
    var gradient = model.coefficients + [0]
    var weight = 0.0
    for set in 0..<sets.count {
      let score = sets[set].reduce(model.intercept) { $0 + model.coefficients[Int($1)] }
      let journeys = sets.credits[set].conversions + sets.nulls[set]
      let residual = journeys * sigmoid(score) - sets.credits[set].conversions
      weight += journeys
      gradient[8] += residual
      for key in sets[set] where keys.contains(Int(key)) { gradient[Int(key)] += residual }
    }
    #expect(gradient.allSatisfy { abs($0) < 1e-13 * weight }, "\(gradient)")
    #expect([2, 5, 6].allSatisfy { model.coefficients[$0] == 0 })
  }

  @Test("Keys that part the outcomes, huge weights, one outcome: finite") func extremes() throws {
    let parted = PathTable([TestPath([0], 1e9), TestPath([1], 0, nulls: 1e9), TestPath([0, 1], 5, nulls: 1)], keys: 2)
    let model = try fit(parted, keys: [0, 1])
    #expect(model.coefficients[0] > 5 && model.coefficients[1] < -5 && model.intercept.isFinite)
    for table in [PathTable([TestPath([0], 4)], keys: 1), PathTable([TestPath([0], 0, nulls: 4)], keys: 1)] {
      #expect(try fit(table, keys: [0]).coefficients == [0])
    }
  }

  @Test("More keys than fit in memory are refused with the remedy") func tooMany() {
    let keys = RidgeLogistic.mostKeys + 1
    let sets = PathTable((0..<Int32(keys)).map { TestPath([$0], 1, nulls: 1) }, keys: keys)
    let error = #expect(throws: AttributionError.self) { try sets.logisticCounterfactual() }
    #expect(error?.code == .unsolvable && error?.message.contains("ask by channel") == true)
  }
}

@Suite("Logistic counterfactual") struct LogisticCounterfactualTests {
  @Test("Conversions are divided as the probability falls without each key") func byDefinition() throws {
    var random = TestRandom(3)
    let sets = PathTable.random(200, keys: 6, using: &random).sets
    let model = try fit(sets, keys: Array(0..<6))
    #expect(model.coefficients.contains { $0 > 0 } && model.coefficients.contains { $0 < 0 })
    var expected = Array(repeating: Credit.zero, count: 6)
    for set in 0..<sets.count {
      let score = sets[set].reduce(model.intercept) { $0 + model.coefficients[Int($1)] }
      let drops = sets[set].map { max(0, sigmoid(score) - sigmoid(score - model.coefficients[Int($0)])) }
      let sum = drops.reduce(0, +)
      for (key, drop) in zip(sets[set], drops) {
        expected[Int(key)] += sets.credits[set] * (sum > 0 ? drop / sum : 1 / Double(drops.count))
      }
    }
    let result = try sets.logisticCounterfactual()
    for (credit, expected) in zip(result.credits, expected) { #expect(close(credit, expected, scale: 1)) }
    #expect(close(result.credits.sum, sets.total, 1e-12))
    #expect(result.credits.allSatisfy { $0.conversions >= 0 })
  }

  @Test("Nothing to learn from: equal shares; nothing to divide: zeros") func degenerate() throws {
    let credits = try PathTable([TestPath([0, 1], 4, 8), TestPath([1], 2)], keys: 3).logisticCounterfactual().credits
    #expect(credits.map(\.conversions) == [2, 4, 0] && credits[0].revenue == 4)
    let none = PathTable([TestPath([0, 1], 0, nulls: 4)], keys: 2)
    #expect(try none.logisticCounterfactual().credits == [.zero, .zero])
    #expect(try PathTable(keys: 0).logisticCounterfactual().credits.isEmpty)
    #expect(try PathTable(keys: 0).baggedLogistic().credits.isEmpty)
    #expect(try none.baggedLogistic().credits == [.zero, .zero])
  }

  @Test("The reference data set", .enabled(if: SharedData.exists)) func pathData() throws {
    let data = try NamedPaths.pathData()
    let credits = try data.paths.sets.logisticCounterfactual().credits
    #expect(close(credits.sum, Credit(conversions: 19785, revenue: 74802.971587208)))
    // From an implementation in another language.
    for (name, expected) in ["alpha": 7670.31248204893, "delta": 0, "theta": 3, "zeta": 215.8908098097367] {
      #expect(close(credits[try #require(data.names.firstIndex(of: name))].conversions, expected, 1e-9), "\(name)")
    }
  }
}
