import Foundation
import Models
import Testing

/// Bins as they show in the thresholds of many trees.
@Suite struct BinningTests {
  private func thresholds(_ values: [Double], bins: Int, labels: [Double]? = nil) throws -> [Double] {
    var draws = Draws(4)
    let settings = BoostingSettings(
      trees: 40, leaves: 16, learningRate: 0.5, minSamplesLeaf: 1, bins: bins, threads: 2, loss: .squared)
    let fit = try GradientBoosting(settings: settings).fit(
      features([("a", values)]), labels: labels ?? values.map { _ in draws.uniform() })
    let found = fit.model.trees.flatMap(\.splits).compactMap { split -> Double? in
      if case .threshold(let threshold, _, _) = split.rule { threshold } else { nil }
    }
    return Set(found).sorted()
  }

  /// Noise for labels: every boundary between bins is split by some tree.
  @Test func continuousValuesFallIntoBinsOfEqualCounts() throws {
    var draws = Draws(8)
    let values = (0..<5000).map { _ in Double(Float(exp(3 * draws.uniform()))) }
    let cuts = try thresholds(values, bins: 11)
    #expect(cuts.count == 9)
    for (low, high) in zip([-.infinity] + cuts, cuts + [.infinity]) {
      let count = values.count { $0 > low && $0 <= high }
      #expect(abs(count - 500) <= 1)
    }
  }

  @Test func aValueThatIsAThirdOfAllHasABinToItself() throws {
    var draws = Draws(8)
    let values = (0..<6000).map { $0 % 3 == 0 ? 0 : Double(Float(draws.uniform() - 0.5)) }
    let cuts = try thresholds(values, bins: 21)
    let below = try #require(cuts.last { $0 < 0 })
    let above = try #require(cuts.first { $0 >= 0 })
    #expect(values.allSatisfy { $0 <= below || $0 == 0 || $0 > above })
    #expect(cuts.count <= 19)
  }

  @Test func fewValuesAreParted() throws {
    let values = (0..<300).map { [-2.5, 0, 1, 7][$0 % 4] }
    #expect(try thresholds(values, bins: 255) == [-1.25, 0.5, 4])
  }

  /// More rows than bins are found from: a value that only the last row has still falls on the right side.
  @Test func rowsBeyondTheSampleAreBinned() throws {
    let rows = 210_000
    var values = (0..<rows).map { Double($0 % 7) }
    values[rows - 1] = 1e6
    let labels = values.map { $0 >= 4 ? 1.0 : 0 }
    let cuts = try thresholds(values, bins: 255, labels: labels)
    #expect(cuts == [3.5])
  }
}
