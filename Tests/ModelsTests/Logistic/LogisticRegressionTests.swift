import Foundation
import Models
import TestSupport
import Testing

@Suite struct LogisticRegressionTests {
  /// Two rows, x = ±1 and y = (x > 0): by symmetry b = 0, and F'(w) = w - 2C/(1 + eʷ) = 0.
  @Test(arguments: [0.1, 1, 100, 1e6]) func twoSeparatedRowsHaveTheSolutionDoneByHand(c: Double) async throws {
    let fit = try await fit(columns: ["x": [1, -1]], labels: [1, 0], c: c)
    let w = fit.coefficients[0]
    #expect(abs(fit.intercept) < 1e-12)
    #expect(abs(w * (1 + exp(w)) - 2 * c) < 1e-9 * c)
    #expect(abs(fit.objective - (w * w / 2 + 2 * c * log1p(exp(-w)))) < 1e-12 * max(1, c))
    // H = diag(1 + 2C p(1-p), 2C p(1-p)).
    let curvature = 2 * c * exp(w) / pow(1 + exp(w), 2)
    let errors = try #require(fit.standardErrors)
    #expect(abs(errors[0] - (c / (1 + curvature)).squareRoot()) < 1e-8 * errors[0])
    #expect(abs(errors[1] - (c / curvature).squareRoot()) < 1e-8 * errors[1])
  }

  @Test func aConstantColumnSaysNothingAndTheInterceptIsTheLogOdds() async throws {
    let fit = try await fit(columns: ["constant": [7, 7, 7, 7]], labels: [1, 0, 0, 0])
    #expect(fit.coefficients == [0])
    #expect(abs(fit.intercept - log(1.0 / 3)) < 1e-14)
    #expect(fit.iterations == 0)
  }

  @Test func aWeightIsARowRepeated() async throws {
    let x = [0.3, -1.2, 2.2, 0.1, -0.4, 1.0]
    let y: [UInt8] = [1, 0, 1, 0, 0, 1]
    let repeats = [2, 1, 3, 1, 2, 1]
    let table = Table(columns: [TableColumn(name: "x", values: .numbers(x))])
    let long = repeats.indices.flatMap { i in Array(repeating: i, count: repeats[i]) }
    let longTable = Table(columns: [TableColumn(name: "x", values: .numbers(long.map { x[$0] }))])
    let encoding = try Encoding(columns: [.numeric(name: "x", mean: 0.5, standardDeviation: 2)])
    let learner = LogisticRegression()
    let weighted = try await learner.fit(
      DesignMatrix(table, encoding: encoding), labels: y, weights: repeats.map(Double.init))
    let repeated = try await learner.fit(DesignMatrix(longTable, encoding: encoding), labels: long.map { y[$0] })
    #expect(abs(weighted.coefficients[0] - repeated.coefficients[0]) < 1e-12)
    #expect(abs(weighted.intercept - repeated.intercept) < 1e-12)
    #expect(abs(weighted.logLoss - repeated.logLoss) < 1e-14)
  }

  @Test func gradientAndHessianAreTheDerivativesOfTheObjective() async throws {
    let problem = Synthetic(rows: 700, seed: 3)
    let encoding = try await Encoding.fit(problem.table, trainingRows: .training(every: 4, of: 700))
    let design = try DesignMatrix(problem.table, encoding: encoding, rows: .training(every: 4, of: 700))
    let objective = LogisticObjective(
      design: design, labels: problem.labels, weights: problem.weights, inversePenalty: 0.7, threads: 2)
    let point = (0..<design.width).map { 0.4 * cos(Double(3 * $0)) }
    let value = try await objective.value(at: point)
    for j in 0..<design.width {
      let h = 1e-5
      var (up, down) = (point, point)
      up[j] += h
      down[j] -= h
      let (above, below) = (try await objective.value(at: up), try await objective.value(at: down))
      #expect(abs((above.objective - below.objective) / (2 * h) - value.gradient[j]) < 1e-6)
      for k in j..<design.width {
        #expect(abs((above.gradient[k] - below.gradient[k]) / (2 * h) - value.hessian[k, j]) < 1e-6)
      }
    }
  }

  /// More than one chunk of rows, so that there is an order of merging to get wrong.
  @Test func threadsDoNotChangeABit() async throws {
    let problem = Synthetic(rows: 40_000, seed: 5)
    let encoding = try await Encoding.fit(problem.table, trainingRows: .all(of: 40_000), threads: 1)
    let design = try DesignMatrix(problem.table, encoding: encoding)
    let reference = try await LogisticRegression(threads: 1).fit(design, labels: problem.labels)
    #expect(reference.gradientNorm < 1e-9)
    for threads in [2, 5] {
      let fit = try await LogisticRegression(threads: threads).fit(design, labels: problem.labels)
      #expect(fit.coefficients == reference.coefficients)
      #expect(fit.intercept == reference.intercept)
      #expect(fit.standardErrors == reference.standardErrors)
      #expect(fit.objective == reference.objective)
    }
    let model = LogisticModel(
      reference, label: .init(column: "y", positive: nil), encoding: encoding, settings: .init())
    let one = try await model.predictProbability(problem.table, threads: 1)
    #expect(try await model.predictProbability(problem.table, threads: 5) == one)
  }

  @Test(arguments: [1e4, 1e9, 1e13]) func columnsThatRepeatEachOtherShareTheirCoefficientUnderAnyPenalty(
    c: Double
  ) async throws {
    let x = (0..<200).map { sin(Double($0)) }
    let labels = (0..<200).map { UInt8(($0 * 7) % 3 == 0 ? 1 : 0) }
    let fit = try await fit(columns: ["a": x, "b": x, "c": x.map { -$0 }], labels: labels, c: c)
    #expect(abs(fit.coefficients[0] - fit.coefficients[1]) < 1e-4)
    #expect(abs(fit.coefficients[0] + fit.coefficients[2]) < 1e-4)
    let alone = try await self.fit(columns: ["a": x], labels: labels, c: c)
    #expect(abs(fit.coefficients[0] * 3 - alone.coefficients[0]) < 1e-4)
  }

  @Test func scoresFarFromZeroNeitherOverflowNorLoseTheRareProbability() {
    #expect(sigmoid(800) == 1)
    #expect(sigmoid(-700) == exp(-700))
    #expect(sigmoid(-800) == 0)
    #expect(sigmoid(0) == 0.5)
  }

  @Test func oneClassNoRowsAndNonsenseAreRefused() async throws {
    await #expect(throws: ModelError.self) { try await fit(columns: ["x": [1, 2]], labels: [1, 1]) }
    await #expect(throws: ModelError.self) { try await fit(columns: ["x": []], labels: []) }
    await #expect(throws: ModelError.self) { try await fit(columns: ["x": [1, .nan]], labels: [1, 0]) }
    await #expect(throws: ModelError.self) { try await fit(columns: ["x": [1, 2]], labels: [1, 0], c: 0) }
    let oneClass = await #expect(throws: ModelError.self) { try await fit(columns: ["x": [1, 2]], labels: [0, 0]) }
    #expect(oneClass?.code == .untrainable)
    #expect(oneClass?.message.contains("negative") == true)
  }

  private func fit(
    columns: KeyValuePairs<String, [Double]>, labels: [UInt8], c: Double = 1
  ) async throws -> LogisticRegression.Fit {
    let table = Table(columns: columns.map { TableColumn(name: $0, values: .numbers($1)) })
    let encoding = try await Encoding.fit(table, trainingRows: .all(of: table.rows))
    let learner = LogisticRegression(settings: .init(inversePenalty: c))
    return try await learner.fit(DesignMatrix(table, encoding: encoding), labels: labels)
  }
}

/// A table with numbers and categories whose label follows a logistic model; the same for a seed.
struct Synthetic {
  let table: Table
  let labels: [UInt8]
  let weights: [Double]

  init(rows: Int, seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let numbers = (0..<4).map { _ in (0..<rows).map { _ in Double.random(in: -2..<2, using: &random) } }
    let codes = (0..<rows).map { _ in Int32.random(in: 0..<5, using: &random) }
    labels = (0..<rows).map { i in
      let score = 0.8 * numbers[0][i] - 1.1 * numbers[1][i] + 0.3 * Double(codes[i]) - 1
      return Double.random(in: 0..<1, using: &random) < sigmoid(score) ? 1 : 0
    }
    weights = (0..<rows).map { _ in Double.random(in: 0..<2, using: &random) }
    let level = TableColumn(name: "level", values: .categories(codes: codes, levels: ["a", "b", "c", "d", "e"]))
    table = Table(
      columns: numbers.enumerated().map { TableColumn(name: "x\($0)", values: .numbers($1)) } + [level])
  }
}
