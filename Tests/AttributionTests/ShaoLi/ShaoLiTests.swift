import Attribution
import TestSupport
import Testing

@Suite("Shao and Li's probabilistic model") struct ShaoLiTests {
  @Test("By hand") func byHand() {
    // p(A) = p(A,B) = 2/3, p(B) = 3/4: C(A) = 2/3 + (2/3 - 2/3 - 3/4)/2 = 7/24, C(B) = 3/4 - 3/8 = 3/8, alone 3/4.
    let credits = PathTable([TestPath([0, 1], 2, 10, nulls: 1), TestPath([1], 1, 2)], keys: 2).shaoLi().credits
    #expect(close(credits[0].conversions, 21.0 / 25) && close(credits[1].conversions, 54.0 / 25))
    // Revenue: 10 · 7/24 = 70/24 against 10 · 3/8 + 2 · 3/4 = 126/24, of 12.
    #expect(close(credits[0].revenue, 30.0 / 7) && close(credits[1].revenue, 54.0 / 7))
  }

  @Test("A score below 0 stays so") func negative() {
    // A fails without B, B alone converts always.
    let credits = PathTable(
      [TestPath([0, 1], 1, nulls: 9), TestPath([0], 0, nulls: 90), TestPath([1], 90)], keys: 2
    ).shaoLi().credits
    #expect(credits[0].conversions < 0)
    #expect(close(credits.sum.conversions, 91))
  }

  @Test("Zeros without conversions; revenue that no score divides is divided equally") func degenerate() {
    #expect(PathTable([TestPath([0, 1], 0, nulls: 5)], keys: 3).shaoLi().credits == [.zero, .zero, .zero])
    #expect(PathTable(keys: 0).shaoLi().credits.isEmpty)
    #expect(PathTable([TestPath([0, 1], 0, 8, nulls: 5)], keys: 2).shaoLi().credits.map(\.revenue) == [4, 4])
    #expect(PathTable([TestPath([0, 1], 1, 0, nulls: 5)], keys: 2).shaoLi().credits.map(\.revenue) == [0, 0])
  }

  private func naive(_ sets: PathTable) -> [Credit] {
    func rate(_ keys: [Int32]) -> Double {
      var (conversions, journeys) = (0.0, 0.0)
      for set in 0..<sets.count where keys.allSatisfy({ sets[set].contains($0) }) {
        conversions += sets.credits[set].conversions
        journeys += sets.credits[set].conversions + sets.nulls[set]
      }
      return journeys > 0 ? conversions / journeys : 0
    }
    let keys = 0..<Int32(sets.keyCount)
    let single = keys.map { rate([$0]) }
    let joint = keys.map { x in keys.map { rate([x, $0]) } }
    var scores = Array(repeating: Credit.zero, count: sets.keyCount)
    for set in 0..<sets.count {
      for x in sets[set].map({ Int($0) }) {
        var worth = single[x]
        for y in sets[set].map({ Int($0) }) where y != x {
          worth += (joint[x][y] - single[x] - single[y]) / Double(2 * (sets[set].count - 1))
        }
        scores[x] += sets.credits[set] * worth
      }
    }
    let (sum, total) = (scores.sum, sets.total)
    return scores.map {
      Credit(
        conversions: $0.conversions / sum.conversions * total.conversions,
        revenue: $0.revenue / sum.revenue * total.revenue)
    }
  }

  @Test("Like the definition set by set; many keys in the hash table of pairs", arguments: [6, 40, 2500])
  func naive(_ keys: Int) {
    var random = TestRandom(UInt64(keys))
    // Few of many keys, far apart.
    let few = PathTable.random(80, keys: min(keys, 40), using: &random)
    var paths = PathTable(keys: keys)
    for path in 0..<few.count {
      paths.append(few[path].map { $0 * Int32(keys / min(keys, 40)) }, few.credits[path], nulls: few.nulls[path])
    }
    let sets = paths.sets
    let compact = naive(few.sets)
    for (key, credit) in sets.shaoLi().credits.enumerated() {
      let spread = keys / min(keys, 40)
      let expected = key % spread == 0 && key / spread < compact.count ? compact[key / spread] : .zero
      #expect(close(credit, expected, scale: 10))
    }
  }

  @Test("The reference data set", .enabled(if: SharedData.exists)) func pathData() throws {
    let data = try NamedPaths.pathData()
    let credits = data.paths.sets.shaoLi().credits
    for (credit, expected) in zip(credits, naive(data.paths.sets)) { #expect(close(credit, expected, scale: 1)) }
    #expect(close(credits.sum, Credit(conversions: 19785, revenue: 74802.971587208)))
    // From an implementation in another language.
    let alpha = credits[try #require(data.names.firstIndex(of: "alpha"))]
    #expect(close(alpha.conversions, 6766.7933748428995))
  }
}
