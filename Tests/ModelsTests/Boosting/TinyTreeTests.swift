import Foundation
import Models
import Testing

/// Trees that can be checked by hand: squared loss, learning rate 1, so that leaves hold means.
@Suite struct TinyTreeTests {
  @Test func oneSplitBetweenTwoGroups() throws {
    let matrix = try features([("a", [1, 1, 1, 2, 2, 2, 5, 5, 5]), ("b", [7, 8, 9, 7, 8, 9, 7, 8, 9])])
    let fit = try GradientBoosting(settings: settings()).fit(matrix, labels: [0, 0, 0, 0, 0, 0, 9, 9, 9])
    let tree = fit.model.trees[0]
    #expect(tree.splits.count == 1)
    #expect(tree.splits[0].feature == 0)
    #expect(tree.splits[0].rule == .threshold(3.5, missing: .nan, missingGoesLeft: true))
    // Σg² / n of both sides, the mean of all being 3: 6 · 3² + 3 · 6² = 162.
    #expect(abs(tree.splits[0].gain - 162) < 1e-6)
    #expect(tree.leaves.map(\.rows) == [6, 3])
    #expect(abs(tree.leaves[0].value) < 1e-6 && abs(tree.leaves[1].value - 9) < 1e-6)
    #expect(abs(fit.trainingLoss) < 1e-10)
  }

  @Test func regularisationAndLearningRateShrink() throws {
    let matrix = try features([("a", [1, 1, 1, 2, 2, 2])])
    var settings = settings()
    settings.l2Regularization = 3
    settings.learningRate = 0.5
    let fit = try GradientBoosting(settings: settings).fit(matrix, labels: [0, 0, 0, 4, 4, 4])
    // 2 ± ½ · 3 · 2 / (3 + 3).
    #expect(abs(fit.model.rawScore([1]) - 1.5) < 1e-6)
    #expect(abs(fit.model.rawScore([2]) - 2.5) < 1e-6)
  }

  @Test func logisticLeafIsANewtonStep() throws {
    let matrix = try features([("a", [0, 0, 0, 0, 1, 1, 1, 1])])
    let fit = try GradientBoosting(settings: settings(loss: .logistic)).fit(matrix, labels: [0, 0, 0, 1, 1, 1, 1, 0])
    // p = ½ everywhere: Σg = 4 · ½ - 1 = 1 on the left, Σh = 4 · ¼ = 1.
    #expect(abs(fit.model.rawScore([0]) - -1) < 1e-6)
    #expect(abs(fit.model.link(fit.model.rawScore([1])) - 1 / (1 + exp(-1))) < 1e-6)
  }

  @Test func missingValuesGoWhereTheyHelp() throws {
    let missing = Double.nan
    for (label, goesLeft) in [(0.0, true), (8.0, false)] {
      let matrix = try features([("a", [1, 1, 1, 2, 2, 2, missing, missing, missing])])
      let fit = try GradientBoosting(settings: settings()).fit(
        matrix, labels: [0, 0, 0, 8, 8, 8, label, label, label])
      #expect(fit.model.trees[0].splits[0].rule == .threshold(1.5, missing: .nan, missingGoesLeft: goesLeft))
      #expect(abs(fit.model.rawScore([missing]) - label) < 1e-6)
    }
  }

  @Test func missingValuesAloneCanBeSplitOff() throws {
    let matrix = try features([("a", [1, 1, 1, 2, 2, 2, .nan, .nan, .nan])])
    let fit = try GradientBoosting(settings: settings()).fit(matrix, labels: [0, 0, 0, 0, 0, 0, 5, 5, 5])
    #expect(abs(fit.model.rawScore([2]) - 0) < 1e-6 && abs(fit.model.rawScore([1e9]) - 0) < 1e-6)
    #expect(abs(fit.model.rawScore([.nan]) - 5) < 1e-6)
  }

  @Test func aFewCategoriesAreSplitOffOneByOne() throws {
    let codes: [Double] = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    let matrix = try features([("c", codes)])
    let labels = codes.map { $0 == 1 ? 6.0 : 0 }
    let fit = try GradientBoosting(settings: settings()).fit(matrix, labels: labels)
    #expect(fit.model.trees[0].splits[0].rule == .categories([1 << 1]))
    #expect(abs(fit.model.rawScore([1]) - 6) < 1e-6)
    // Unknown and missing categories are with the others.
    for value in [0, 2, 3, 17, 1e12, -1, .nan] { #expect(abs(fit.model.rawScore([value])) < 1e-6) }
  }

  @Test func manyCategoriesAreSplitIntoSets() throws {
    let codes = (0..<600).map { Double($0 % 6) }
    let high: Set<Double> = [0, 3, 5]
    let matrix = try features([("c", codes)])
    let fit = try GradientBoosting(settings: settings()).fit(matrix, labels: codes.map { high.contains($0) ? 2 : -2 })
    guard case .categories(let words) = fit.model.trees[0].splits[0].rule else {
      Issue.record("not a categorical split")
      return
    }
    #expect(words == [0b101001] || words == [0b010110])
    // Mean 0; ten more in the denominator: ± 2 · 300 / (300 + 10).
    #expect(abs(fit.model.rawScore([3]) - 600.0 / 310) < 1e-6)
    #expect(abs(fit.model.rawScore([4]) + 600.0 / 310) < 1e-6)
  }

  @Test func quantileLeavesHoldQuantiles() throws {
    let values = (0..<100).map { Double($0 / 50) }
    let labels = (0..<100).map { Double($0 % 50) + ($0 < 50 ? 0 : 1000) }
    let fit = try GradientBoosting(settings: settings(loss: .quantile(0.9))).fit(
      features([("a", values)]), labels: labels)
    // The 45th of 50.
    #expect(abs(fit.model.rawScore([0]) - 44) < 1e-9)
    #expect(abs(fit.model.rawScore([1]) - 1044) < 1e-9)
  }

  @Test func nothingToSplitGivesTheConstant() throws {
    let matrix = try features([("a", [3, 3, 3, 3]), ("b", [1, 2, 3, 4])])
    var settings = settings()
    settings.minSamplesLeaf = 3
    let fit = try GradientBoosting(settings: settings).fit(matrix, labels: [1, 2, 3, 6])
    #expect(fit.model.trees.count == 1 && fit.model.trees[0].splits.isEmpty)
    #expect(fit.model.rawScore([3, 1]) == 3)
    let reread = try BoostedTrees(lightGBMText: fit.model.lightGBMText)
    #expect(reread.rawScore([0, 0]) == 3)
  }

  @Test func infiniteValuesAreLargeOnes() throws {
    let matrix = try features([("a", [-.infinity, -.infinity, -.infinity, 1, 1, 1, .infinity, .infinity, .infinity])])
    let labels = [-5.0, -5, -5, 0, 0, 0, 7, 7, 7]
    let fit = try GradientBoosting(settings: settings(leaves: 3)).fit(matrix, labels: labels)
    let model = try BoostedTrees(lightGBMText: fit.model.lightGBMText)
    for (value, label) in [(-Double.infinity, -5.0), (-1e300, 0), (1, 0), (1e300, 0), (.infinity, 7)] {
      #expect(abs(model.rawScore([value]) - label) < 1e-5)
    }
  }
}
