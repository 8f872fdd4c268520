import Attribution
import Testing

@Suite("Ordered Shapley") struct OrderedShapleyTests {
  @Test("A share is divided over a key's touches, by position") func byHand() {
    let paths = PathTable(
      [TestPath([0, 1, 0, 2], 3, 9, nulls: 5), TestPath([1], 2, 1), TestPath([2, 2], 1)], keys: 4)
    let credits = paths.orderedShapley().credits
    func credit(_ conversions: Double, _ revenue: Double) -> Credit {
      Credit(conversions: conversions, revenue: revenue)
    }
    #expect(credits[0] == [credit(0.5, 1.5), .zero, credit(0.5, 1.5)])
    #expect(credits[1] == [credit(2, 1), credit(1, 3)])
    #expect(credits[2] == [credit(0.5, 0), credit(0.5, 0), .zero, credit(1, 3)])
    #expect(credits[3].isEmpty)
  }

  @Test("Positions add up to the game without order", arguments: 1...5 as ClosedRange<UInt64>)
  func totals(_ seed: UInt64) {
    var random = TestRandom(seed)
    let paths = PathTable.random(100, keys: 7, longest: 12, using: &random)
    let ordered = paths.orderedShapley()
    let expected = paths.sets.shapley(.subsetConversions).credits
    for (total, expected) in zip(ordered.totals.credits, expected) {
      #expect(close(total, expected, scale: 100, 1e-13))
    }
    #expect(close(ordered.totals.credits.sum, paths.total, 1e-12))
  }
}
