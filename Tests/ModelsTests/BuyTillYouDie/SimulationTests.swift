import Foundation
import Models
import TestSupport
import Testing

/// Fits of customers whose truth is known, and of data that hold none.
@Suite struct SimulationTests {
  private func histories(_ customers: SimulatedCustomers) throws -> CustomerHistories {
    try CustomerHistories(x: customers.x, lastPurchase: customers.lastPurchase, age: customers.age)
  }

  private func expect(_ fit: LikelihoodFit, near truth: [String: Double]) throws {
    for ((name, value), error) in zip(zip(fit.names, fit.values), fit.standardErrors) {
      let expected = try #require(truth[name])
      // Times rounded to whole units move the truth a little.
      #expect(abs(value - expected) < 4 * (try #require(error)) + 0.03 * expected, "\(name): \(value), not \(expected)")
    }
  }

  @Test func theTruthIsFoundWithinItsError() async throws {
    let bg = SimulatedCustomers.geometric(20_000, r: 0.5, alpha: 20, a: 0.8, b: 2.5, seed: 1)
    try expect(
      try await BetaGeometricNBD.fit(histories(bg), threads: 2), near: ["r": 0.5, "alpha": 20, "a": 0.8, "b": 2.5])
    let mbg = SimulatedCustomers.geometric(20_000, r: 0.5, alpha: 20, a: 0.8, b: 2.5, dropsOutAtOnce: true, seed: 2)
    try expect(
      try await BetaGeometricNBD.fit(histories(mbg), dropout: .afterEveryPurchase, threads: 2),
      near: ["r": 0.5, "alpha": 20, "a": 0.8, "b": 2.5])
    let pareto = SimulatedCustomers.pareto(3000, r: 0.6, alpha: 20, s: 0.7, beta: 60, seed: 3)
    try expect(
      try await ParetoNBD.fit(histories(pareto), threads: 2), near: ["r": 0.6, "alpha": 20, "s": 0.7, "beta": 60])
    var values = bg
    values.addValues(p: 6, q: 4, gamma: 15)
    try expect(
      try await GammaGamma.fit(x: values.x, meanValue: values.meanValue, threads: 2),
      near: ["p": 6, "q": 4, "gamma": 15])
  }

  /// Whatever few customers there are: a fit or a refusal, and no value of any of them that is none.
  @Test(arguments: [2, 10, 50]) func smallTablesGiveAnswers(count: Int) async throws {
    for seed in 0..<4 {
      let all = [
        SimulatedCustomers.geometric(count, r: 0.5, alpha: 20, a: 0.8, b: 2.5, seed: UInt64(seed)),
        SimulatedCustomers.pareto(count, r: 2, alpha: 90, s: 3, beta: 900, seed: UInt64(seed)),
      ]
      for customers in all where customers.x.contains(where: { $0 > 0 }) {
        let table = CustomerTable([.x: customers.x, .lastPurchase: customers.lastPurchase, .age: customers.age])
        for learner in [CustomerLearner.betaGeometric, .modifiedBetaGeometric, .pareto] {
          let model = try await CustomerModel(fitting: table, learner: learner, columns: CustomerColumns([:]))
          #expect(model.fit.logLikelihood.isFinite)
          #expect(model.fit.unidentified.allSatisfy { model.fit.standardErrors[$0] == .some(nil) })
          let got = try await model.predict(table, .init(horizons: [100], discount: 0.01))
          #expect(got.probabilityAlive?.allSatisfy { (0...1).contains($0) } == true)
          #expect(got.expectedPurchases[0].allSatisfy { $0 >= 0 && $0.isFinite })
          #expect(got.discountedPurchases?.allSatisfy { $0 >= 0 && $0.isFinite } == true)
        }
      }
    }
  }

  /// One kind of customer has no spread to estimate: r and α run off together, their ratio is the rate.
  @Test func customersWhoAreAllAlike() async throws {
    let histories = try CustomerHistories(x: [4, 5, 5, 6], lastPurchase: [90, 95, 98, 99], age: [100, 100, 100, 100])
    let fit = try await ParetoNBD.fit(histories, threads: 1)
    #expect(fit.unidentified.contains("r") && fit.unidentified.contains("alpha"))
    #expect(fit.standardErrors[0] == nil)
    #expect(abs(fit.values[0] / fit.values[1] - 0.05) < 0.003)
  }

  @Test func histories() throws {
    let weighted = try CustomerHistories(
      x: [2, 0, 2, 0], lastPurchase: [3, 0, 3, -0.0], age: [9, 4, 9, 4], weight: [1, 2, 0.5, 1])
    #expect(weighted.count == 2 && weighted.customers == 4.5)
    #expect(weighted.purchases == [0, 2] && weighted.weight == [3, 1.5])
    #expect(weighted.historyOfRow == [1, 0, 1, 0])
  }

  @Test(arguments: [
    ([1.0, -1], [1.0, 0], [2.0, 2], "whole number"), ([1, 1.5], [1, 1], [2, 2], "whole number"),
    ([1, .nan], [1, 0], [2, 2], "whole number"), ([1, 1], [1, 3], [2, 2], "t_x > T"),
    ([1, 1], [1, 0], [2, 2], "t_x is 0"), ([1, 0], [1, 1], [2, 2], "t_x must be 0"),
    ([1, 0], [1, 0], [2, -2], "T must be"), ([1, 0], [1, -1], [2, 2], "t_x must be 0 or more"),
  ]) func impossibleRowsAreNamed(x: [Double], lastPurchase: [Double], age: [Double], reason: String) {
    let error = #expect(throws: ModelError.self) {
      try CustomerHistories(x: x, lastPurchase: lastPurchase, age: age)
    }
    #expect(error?.code == .malformedTable)
    let message = error?.message ?? ""
    #expect(message.contains("row 2") && message.contains(reason), "\(message)")
  }

  @Test func nothingToLearnFrom() async throws {
    let nobody = try CustomerHistories(x: [], lastPurchase: [], age: [])
    let noRepeat = try CustomerHistories(x: [0, 0], lastPurchase: [0, 0], age: [10, 20])
    for histories in [nobody, noRepeat] {
      let errors = [
        await #expect(throws: ModelError.self) { try await BetaGeometricNBD.fit(histories, threads: 1) },
        await #expect(throws: ModelError.self) { try await ParetoNBD.fit(histories, threads: 1) },
        await #expect(throws: ModelError.self) { try await BetaGeometricBetaBernoulli.fit(histories, threads: 1) },
      ]
      #expect(errors.allSatisfy { $0?.code == .untrainable })
    }
    await #expect(throws: ModelError.self) { try await GammaGamma.fit(x: [1, 0], meanValue: [5, 0], threads: 1) }
    let negative = await #expect(throws: ModelError.self) {
      try await GammaGamma.fit(x: [1, 2], meanValue: [5, -3], threads: 1)
    }
    #expect(negative?.message.contains("row 2") == true)
  }

  /// More histories than one piece of work.
  @Test func threadsDoNotChangeABit() async throws {
    var customers = SimulatedCustomers.geometric(20_000, r: 0.8, alpha: 10, a: 0.8, b: 4, seed: 8)
    customers.addValues(p: 6, q: 4, gamma: 15)
    let all = try histories(customers)
    #expect(all.count > 8192)
    #expect(
      try await BetaGeometricNBD.fit(all, threads: 1) == (try await BetaGeometricNBD.fit(all, threads: 5)))
    #expect(
      try await GammaGamma.fit(x: customers.x, meanValue: customers.meanValue, threads: 1)
        == (try await GammaGamma.fit(x: customers.x, meanValue: customers.meanValue, threads: 3)))
    let some = try CustomerHistories(
      x: Array(customers.x[..<3000]), lastPurchase: Array(customers.lastPurchase[..<3000]),
      age: Array(customers.age[..<3000]))
    #expect(some.count > 1024)
    #expect(try await ParetoNBD.fit(some, threads: 1) == (try await ParetoNBD.fit(some, threads: 5)))
  }
}
