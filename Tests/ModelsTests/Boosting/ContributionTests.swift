import Foundation
import Models
import Testing

@Suite struct ContributionTests {
  /// E[F | the features of `known`] along one tree.
  private func expectation(_ tree: BoostedTree, _ node: Int, _ row: [Double], _ known: Set<Int>) -> Double {
    if node < 0 { return tree.leaves[~node].value }
    let split = tree.splits[node]
    if known.contains(split.feature) {
      var goesLeft: Bool
      switch split.rule {
      case .threshold(let threshold, _, let missingGoesLeft):
        goesLeft = row[split.feature].isNaN ? missingGoesLeft : row[split.feature] <= threshold
      case .categories(let words):
        let code = Int(row[split.feature])
        goesLeft = code / 32 < words.count && words[code / 32] >> UInt32(code % 32) & 1 == 1
      }
      return expectation(tree, goesLeft ? split.left : split.right, row, known)
    }
    func rows(_ child: Int) -> Double { Double(child < 0 ? tree.leaves[~child].rows : tree.splits[child].rows) }
    let (left, right) = (rows(split.left), rows(split.right))
    return
      (left * expectation(tree, split.left, row, known) + right * expectation(tree, split.right, row, known))
      / (left + right)
  }

  /// Shapley's formula over all sets of the other features.
  private func shapley(_ model: BoostedTrees, _ row: [Double], _ feature: Int) -> Double {
    let count = row.count
    let others = (0..<count).filter { $0 != feature }
    func factorial(_ n: Int) -> Double { n < 2 ? 1 : Double(n) * factorial(n - 1) }
    func value(_ known: Set<Int>) -> Double {
      model.trees.reduce(0) { $0 + expectation($1, $1.splits.isEmpty ? ~0 : 0, row, known) }
    }
    return (0..<(1 << others.count)).reduce(0) { sum, bits in
      let known = Set(others.indices.filter { bits >> $0 & 1 == 1 }.map { others[$0] })
      let weight = factorial(known.count) * factorial(count - known.count - 1) / factorial(count)
      return sum + weight * (value(known.union([feature])) - value(known))
    }
  }

  @Test func agreeWithTheDefinition() async throws {
    let data = try NoisyRows(400)
    let settings = BoostingSettings(trees: 5, leaves: 12, learningRate: 0.5, minSamplesLeaf: 5, threads: 1)
    let model = try GradientBoosting(settings: settings).fit(data.matrix, labels: data.labels).model
    let all = try await model.contributions(data.matrix, threads: 2)
    #expect(all.count == 400 * 6)
    for row in 0..<25 {
      let values = data.matrix[row]
      let contributions = model.contributions(values)
      for feature in 0..<5 {
        #expect(abs(contributions.features[feature] - shapley(model, values, feature)) < 1e-9)
      }
      #expect(Array(all[(row * 6)..<(row * 6 + 6)]) == contributions.features + [contributions.base])
    }
  }

  @Test func addUpToTheRawScore() async throws {
    let data = try NoisyRows(1000, isBinary: false)
    let settings = BoostingSettings(trees: 40, leaves: 31, minSamplesLeaf: 3, threads: 1, loss: .tweedie(power: 1.4))
    let model = try GradientBoosting(settings: settings).fit(data.matrix, labels: data.labels).model
    for row in 0..<200 {
      let contributions = model.contributions(data.matrix[row])
      let sum = contributions.features.reduce(contributions.base, +)
      #expect(abs(sum - model.rawScore(data.matrix[row])) < 1e-9)
    }
  }
}
