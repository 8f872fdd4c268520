import Attribution
import Testing

@Suite("Sampled Shapley") struct SubsetRateSampleTests {
  private func sets(_ seed: UInt64) -> PathTable {
    var random = TestRandom(seed)
    return PathTable.random(60, keys: 9, longest: 5, using: &random).sets
  }

  @Test("Within three standard errors of the exact values", arguments: 1...6 as ClosedRange<UInt64>)
  func coverage(_ seed: UInt64) throws {
    let sets = sets(seed)
    let exact = sets.shapley(.subsetRate)
    let sampled = sets.shapley(.subsetRate, seed: seed, permutations: 2000, largestExact: 0)
    let errors = try #require(sampled.standardErrors)
    for key in 0..<9 {
      for column in [\Credit.conversions, \.revenue] {
        let error = errors[key][keyPath: column]
        #expect(error > 0 && error < 0.1 * abs(exact.credits[key][keyPath: column]) + 0.05)
        let miss = abs(sampled.credits[key][keyPath: column] - exact.credits[key][keyPath: column])
        #expect(miss <= 3 * error, "seed \(seed) key \(key): \(miss / error) standard errors")
      }
    }
    #expect(close(sampled.credits.sum, try #require(exact.sum), 1e-12))
  }

  @Test("The same seed gives the same, another another; four times the orders halve the error") func seeds() throws {
    let sets = sets(3)
    func sample(_ seed: UInt64, _ permutations: Int) -> KeyCredits {
      sets.shapley(.subsetRate, seed: seed, permutations: permutations, largestExact: 0)
    }
    #expect(sample(1, 100) == sample(1, 100))
    #expect(sample(1, 100) != sample(2, 100))
    let (few, many) = (try #require(sample(1, 500).standardErrors), try #require(sample(1, 2000).standardErrors))
    let ratio = many.sum.conversions / few.sum.conversions
    #expect(abs(ratio - 0.5) < 0.1)
  }

  @Test("Two players have one pair of orders: exact, without error") func certain() throws {
    let table = PathTable([TestPath([0, 1], 2, 4, nulls: 1), TestPath([1], 1, 3)], keys: 2)
    let exact = table.shapley(.subsetRate)
    let sampled = table.shapley(.subsetRate, permutations: 0, largestExact: 0)
    #expect(zip(sampled.credits, exact.credits).allSatisfy { close($0, $1, 1e-15) })
    #expect(try #require(sampled.standardErrors) == [.zero, .zero])
  }
}
