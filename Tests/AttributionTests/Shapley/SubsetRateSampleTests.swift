import Attribution
import Testing

@Suite("Sampled Shapley") struct SubsetRateSampleTests {
  private func sets(_ seed: UInt64) -> PathTable {
    var random = TestRandom(seed)
    return PathTable.random(40, keys: 7, longest: 4, using: &random).sets
  }

  @Test("Misses the exact values by as much as the standard errors say") func calibration() throws {
    // Of 20 · 7 values a hundred or so are independent: mean squares near 1, and no tail that is not normal.
    var squares: [Double] = []
    for seed in 1...20 as ClosedRange<UInt64> {
      let sets = sets(seed)
      let exact = sets.shapley(.subsetRate)
      let sampled = sets.shapley(.subsetRate, seed: seed, permutations: 1000, largestExact: 0)
      let errors = try #require(sampled.standardErrors)
      for key in 0..<7 {
        #expect(errors[key].conversions > 0 && errors[key].revenue > 0)
        let miss = sampled.credits[key].conversions - exact.credits[key].conversions
        squares.append((miss / errors[key].conversions) * (miss / errors[key].conversions))
      }
      #expect(close(sampled.credits.sum, try #require(exact.sum), 1e-12))
    }
    let mean = squares.reduce(0, +) / Double(squares.count)
    #expect(mean > 0.7 && mean < 1.4, "mean square of the misses in standard errors: \(mean)")
    #expect(squares.filter { $0 > 9 }.count <= 3 && squares.max()! < 20, "\(squares.max()!)")
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
