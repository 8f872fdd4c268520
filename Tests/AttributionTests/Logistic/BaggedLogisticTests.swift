import Attribution
import Foundation
import Testing

@Suite("Bagged logistic regression") struct BaggedLogisticTests {
  /// Two keys, alone and together.
  private func pair(_ journeys: Double) -> PathTable {
    func path(_ steps: [Int32], _ rate: Double) -> TestPath {
      TestPath(steps, (journeys * rate).rounded(), 10 * rate, nulls: (journeys * (1 - rate)).rounded())
    }
    return PathTable([path([0], 0.3), path([1], 0.2), path([0, 1], 0.5)], keys: 2)
  }

  @Test("Of two keys a bag holds one: shares by the log odds of each on its own", arguments: [4000.0, 40_000, 4e8])
  func limit(_ journeys: Double) throws {
    let sets = pair(journeys)
    let result = try sets.baggedLogistic(seed: 5, bags: 200)
    let (first, second) = (log((0.8 / 1.2) / (0.2 / 0.8)), log((0.7 / 1.3) / (0.3 / 0.7)))
    let expected = journeys * (0.3 + 0.5 * first / (first + second))
    let error = try #require(result.standardErrors)[0].conversions
    #expect(error > 0 && error < 0.01 * journeys)
    #expect(abs(result.credits[0].conversions - expected) <= 4 * error + 1e-3 * expected)
    #expect(close(result.credits[0].revenue, result.credits[0].conversions * 10 / journeys))
    #expect(close(result.credits.sum, sets.total, 1e-12))
  }

  @Test("The standard error is what another seed changes") func standardError() throws {
    var random = TestRandom(9)
    let sets = PathTable.random(60, keys: 5, using: &random).sets
    let results = try (0..<40).map { try sets.baggedLogistic(seed: $0, bags: 30) }
    for key in 0..<5 {
      let values = results.map { $0.credits[key].conversions }
      let mean = values.reduce(0, +) / 40
      let spread = (values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 39).squareRoot()
      let stated = results.map { $0.standardErrors?[key].conversions ?? 0 }.reduce(0, +) / 40
      #expect(stated > 0.5 * spread && stated < 2 * spread, "key \(key): \(stated), \(spread)")
    }
    #expect(try results[3] == sets.baggedLogistic(seed: 3, bags: 30))
    #expect(results[3] != results[4])
  }

  @Test("Fractions of journeys, sets without a journey, keys of no bag") func odd() throws {
    let sets = PathTable(
      [
        TestPath([0], 1.5, 3, nulls: 2.25), TestPath([1, 2], 0.5, 1, nulls: 7.75), TestPath([3], 0),
        TestPath([0, 4], 2.25, 4, nulls: 1),
      ], keys: 6)
    let result = try sets.baggedLogistic(bags: 0)
    #expect(close(result.credits.sum, sets.total, 1e-12))
    #expect(result.credits[3] == .zero && result.credits[5] == .zero)
    #expect(result.credits.allSatisfy { $0.conversions >= 0 })
    #expect(try #require(result.standardErrors).allSatisfy { $0.conversions.isFinite })
  }
}
