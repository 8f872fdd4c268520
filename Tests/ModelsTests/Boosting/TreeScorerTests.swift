import Foundation
import Models
import Testing

/// Many rows at a time give what one row at a time gives, bit by bit.
@Suite struct TreeScorerTests {
  @Test(arguments: [FeatureEncoding.Categories.ordinal, .native])
  func blocksAgreeWithSingleRows(_ categories: FeatureEncoding.Categories) async throws {
    let data = try NoisyRows(1003, categories: categories)
    let settings = BoostingSettings(trees: 30, leaves: 25, minSamplesLeaf: 3, threads: 1)
    let model = try GradientBoosting(settings: settings).fit(data.matrix, labels: data.labels).model
    let scores = try await model.rawScores(data.matrix, threads: 2)
    #expect(scores == (0..<1003).map { model.rawScore(data.matrix[$0]) })
    let predictions = try await model.predict(data.matrix, threads: 1)
    #expect(predictions == scores.map { 1 / (1 + exp(-$0)) })
  }

  /// All kinds of splits and of odd values, values that are thresholds among them.
  @Test func everyKindOfSplitAgrees() async throws {
    let model = try BoostedTrees(lightGBMText: LightGBMTextTests.text)
    let numbers = [
      -.infinity, -1e300, -1, -0.5, -1e-36, -0.0, 0, 1e-36, 1e-35, 0.25, 0.3, 2.5000000000000004, 40, 70_000, 1e300,
      .infinity, .nan,
    ]
    var draws = Draws(2)
    let rows = (0..<2000).map { _ in (0..<4).map { _ in numbers[draws.below(numbers.count)] } }
    // As float32, which is how a table's numbers reach the trees.
    let matrix = try features(
      ["w", "x", "y", "z"].enumerated().map { place, name in (name, rows.map { $0[place] }) })
    let scores = try await model.rawScores(matrix, threads: 1)
    for (row, score) in scores.enumerated() { #expect(score == model.rawScore(matrix[row])) }
  }

  /// Sets of categories beyond 16 bits go the slow way.
  @Test func modelsTooLargeToCompactAgree() async throws {
    let words = Array(repeating: "0", count: 2999) + ["2"]
    let text = LightGBMTextTests.text.replacing("cat_boundaries=0 2", with: "cat_boundaries=0 3000")
      .replacing("cat_threshold=1 256", with: "cat_threshold=" + words.joined(separator: " "))
    let model = try BoostedTrees(lightGBMText: text)
    let matrix = try features([("w", [95_969, 95_970]), ("x", [-1, -1]), ("y", [3, 3]), ("z", [0, 0])])
    #expect(try await model.rawScores(matrix) == [1.25, 8.25])
  }

  @Test func otherColumnsAreRefused() async throws {
    let model = try BoostedTrees(lightGBMText: LightGBMTextTests.text)
    await #expect(throws: ModelError.self) { try await model.predict(features([("w", [1])])) }
    await #expect(throws: ModelError.self) { try await model.contributions(features([("w", [1])])) }
    let table = Table(columns: [TableColumn(name: "w", values: .numbers([1]))])
    await #expect(throws: ModelError.self) { try await model.predict(table) }
  }
}
