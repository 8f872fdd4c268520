import Foundation
import Models
import Testing

@Suite struct GrowthTests {
  /// All splits of all numeric features tried one by one, rows added up in doubles.
  @Test func firstSplitIsTheBestOfAll() throws {
    for seed in 1...5 as ClosedRange<UInt64> {
      var draws = Draws(seed)
      let columns = (0..<4).map { feature in
        (name: "x\(feature)", values: (0..<300).map { _ in Float(draws.below(40)) }.map(Double.init))
      }
      let labels = (0..<300).map { columns[1].values[$0] * 0.1 + columns[2].values[$0] * 0.08 + draws.uniform() }
      var settings = settings()
      settings.minSamplesLeaf = 25
      settings.l2Regularization = 1.5
      let fit = try GradientBoosting(settings: settings).fit(features(columns), labels: labels)
      let mean = labels.reduce(0, +) / 300
      func score(_ rows: [Int]) -> Double {
        let sum = rows.reduce(0) { $0 + labels[$1] - mean }
        return sum * sum / (Double(rows.count) + 1.5)
      }
      var best = (gain: 0.0, feature: -1, threshold: 0.0)
      for feature in 0..<4 {
        for threshold in 0..<40 {
          let left = (0..<300).filter { columns[feature].values[$0] <= Double(threshold) }
          let right = (0..<300).filter { columns[feature].values[$0] > Double(threshold) }
          guard left.count >= 25, right.count >= 25 else { continue }
          let gain = score(left) + score(right) - score(Array(0..<300))
          if gain > best.gain + 1e-9 { best = (gain, feature, Double(threshold) + 0.5) }
        }
      }
      let split = fit.model.trees[0].splits[0]
      #expect(split.feature == best.feature)
      #expect(
        split.rule
          == .threshold(best.threshold, missing: .nan, missingGoesLeft: fit.model.trees[0].leaves[0].rows >= 150))
      #expect(abs(split.gain - best.gain) < 1e-4)
    }
  }

  /// Both ways of adding up: exact quanta, and packed words beyond 131,072 rows.
  @Test(arguments: [3000, 140_000]) func theModelDoesNotDependOnThreads(rows: Int) throws {
    let data = try NoisyRows(rows)
    var settings = BoostingSettings(trees: 4, leaves: 15, seed: 7, rowFraction: 0.7, columnFraction: 0.8)
    var texts: [String] = []
    for threads in [1, 2, 3] {
      settings.threads = threads
      texts.append(try GradientBoosting(settings: settings).fit(data.matrix, labels: data.labels).model.lightGBMText)
    }
    #expect(texts[0] == texts[1] && texts[0] == texts[2])
    settings.seed = 8
    #expect(
      try GradientBoosting(settings: settings).fit(data.matrix, labels: data.labels).model.lightGBMText != texts[0])
  }

  /// The counts of the tree are those of the rows sent down it, and the values Newton steps of their labels.
  @Test(arguments: [2000, 140_000]) func leavesHoldWhatFallsIntoThem(rows: Int) throws {
    let data = try NoisyRows(rows, isBinary: false)
    var settings = settings(leaves: 20)
    settings.minSamplesLeaf = 30
    settings.threads = 2
    let fit = try GradientBoosting(settings: settings).fit(data.matrix, labels: data.labels)
    let tree = fit.model.trees[0]
    #expect(tree.leaves.count == 20)
    #expect(tree.leaves.allSatisfy { $0.rows >= 30 })
    #expect(tree.leaves.reduce(0) { $0 + $1.rows } == rows)
    var rowsByValue: [Double: (rows: Int, sum: Double)] = [:]
    for row in 0..<rows {
      rowsByValue[fit.model.rawScore(data.matrix[row]), default: (0, 0)].rows += 1
      rowsByValue[fit.model.rawScore(data.matrix[row]), default: (0, 0)].sum += data.labels[row]
    }
    let categorical = Set(
      tree.splits.filter { if case .categories = $0.rule { true } else { false } }
        .flatMap { [$0.left, $0.right] }.filter { $0 < 0 }.map { ~$0 })
    for (index, leaf) in tree.leaves.enumerated() {
      let inLeaf = try #require(rowsByValue[leaf.value])
      #expect(inLeaf.rows == leaf.rows)
      if !categorical.contains(index) { #expect(abs(inLeaf.sum / Double(inLeaf.rows) - leaf.value) < 1e-4) }
    }
  }

  @Test func weightsCountAsRepeatedRows() throws {
    var draws = Draws(3)
    let a = (0..<80).map { Double($0 % 10) }
    let labels = a.map { $0 * $0 + draws.uniform() }
    let weights = (0..<80).map { _ in Double(draws.below(3)) }
    let repeated = (0..<80).flatMap { row in Array(repeating: row, count: Int(weights[row])) }
    let settings = settings(leaves: 6)
    let weighted = try GradientBoosting(settings: settings).fit(features([("a", a)]), labels: labels, weights: weights)
    let copied = try GradientBoosting(settings: settings).fit(
      features([("a", repeated.map { a[$0] })]), labels: repeated.map { labels[$0] })
    for value in 0..<10 {
      #expect(abs(weighted.model.rawScore([Double(value)]) - copied.model.rawScore([Double(value)])) < 1e-4)
    }
    #expect(abs(weighted.trainingLoss - copied.trainingLoss) < 1e-6)
  }

  @Test func monotoneConstraintsHoldEverywhere() throws {
    var draws = Draws(11)
    let rows = 1500
    let a = (0..<rows).map { _ in draws.uniform() }
    let b = (0..<rows).map { _ in draws.uniform() }
    // Wavy in both: without constraints neither would be monotone.
    let labels = (0..<rows).map { a[$0] + 0.5 * sin(20 * a[$0]) - b[$0] + 0.5 * cos(15 * b[$0]) + draws.uniform() }
    func rises(_ monotone: [String: Int]) throws -> (up: Int, down: Int) {
      let settings = BoostingSettings(trees: 30, leaves: 15, threads: 2, loss: .squared, monotone: monotone)
      let model = try GradientBoosting(settings: settings).fit(features([("a", a), ("b", b)]), labels: labels).model
      var wrong = (up: 0, down: 0)
      for other in stride(from: 0, through: 1, by: 0.1) {
        for step in 0..<200 {
          let (low, high) = (Double(step) / 200, Double(step + 1) / 200)
          if model.rawScore([high, other]) < model.rawScore([low, other]) { wrong.up += 1 }
          if model.rawScore([other, high]) > model.rawScore([other, low]) { wrong.down += 1 }
        }
      }
      return wrong
    }
    let held = try rises(["a": 1, "b": -1])
    #expect(held == (0, 0))
    let free = try rises([:])
    #expect(free.up > 0 && free.down > 0)
  }

  @Test func earlyStoppingKeepsTheBestTrees() throws {
    let training = try NoisyRows(600)
    let validation = try NoisyRows(400, seed: 2)
    var settings = BoostingSettings(trees: 300, leaves: 31, learningRate: 0.3, minSamplesLeaf: 5, threads: 1)
    settings.earlyStopping = 7
    let fit = try GradientBoosting(settings: settings).fit(
      training.matrix, labels: training.labels,
      validation: .init(features: validation.matrix, labels: validation.labels))
    let losses = fit.validationLosses
    let best = try #require(losses.indices.min { losses[$0] < losses[$1] })
    #expect(fit.model.trees.count == best + 1)
    #expect(losses.count == best + 1 + 7)
    let loss = LogisticLoss()
    let mean =
      (0..<400).reduce(0) {
        $0 + loss.value(score: fit.model.rawScore(validation.matrix[$1]), label: validation.labels[$1])
      } / 400
    #expect(abs(mean - losses[best]) < 1e-12)
  }

  @Test func settingsOutOfRangeAreNamed() throws {
    let matrix = try features([("a", [1, 2, 3, 4]), ("c", [0, 1, 0, 1])])
    let changes: [(String, (inout BoostingSettings) -> Void)] = [
      ("trees", { $0.trees = 0 }), ("leaves", { $0.leaves = 1 }), ("learningRate", { $0.learningRate = .nan }),
      ("minSamplesLeaf", { $0.minSamplesLeaf = 0 }), ("bins", { $0.bins = 256 }),
      ("l2Regularization", { $0.l2Regularization = -1 }), ("threads", { $0.threads = 0 }),
      ("rowFraction", { $0.rowFraction = 0 }), ("columnFraction", { $0.columnFraction = 1.5 }),
      ("monotone", { $0.monotone = ["a": 2] }), ("nowhere", { $0.monotone = ["nowhere": 1] }),
      ("'c'", { $0.monotone = ["c": 1] }), ("early", { $0.earlyStopping = 3 }),
    ]
    for (name, change) in changes {
      var settings = settings()
      change(&settings)
      let error = #expect(throws: ModelError.self) {
        try GradientBoosting(settings: settings).fit(matrix, labels: [1, 2, 3, 4])
      }
      #expect(error?.message.contains(name) == true)
    }
  }
}
