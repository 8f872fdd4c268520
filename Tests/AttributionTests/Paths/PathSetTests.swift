import Attribution
import Testing

@Suite("Sets of paths") struct PathSetTests {
  @Test("Order and repeats vanish, sets come in the order of their first path") func byHand() {
    let sets = PathTable(
      [
        TestPath([2, 0, 2], 1, 5, nulls: 3), TestPath([1], 2, 1), TestPath([0, 2], 0, 0, nulls: 4),
        TestPath([0, 0, 2, 2], 3, 2), TestPath([1, 1], 0, 0, nulls: 1),
      ], keys: 4
    ).sets
    #expect((0..<sets.count).map { Array(sets[$0]) } == [[0, 2], [1]])
    #expect(sets.credits == [Credit(conversions: 4, revenue: 7), Credit(conversions: 2, revenue: 1)])
    #expect(sets.nulls == [7, 1])
    #expect(sets.keyCount == 4)
  }

  @Test("Sets of sets are the same; no path, no set") func laws() {
    var random = TestRandom(5)
    let sets = PathTable.random(3000, keys: 9, longest: 9, using: &random).sets
    var distinct: Set<[Int32]> = []
    for set in 0..<sets.count {
      #expect(Array(sets[set]) == Set(sets[set]).sorted())
      distinct.insert(Array(sets[set]))
    }
    #expect(distinct.count == sets.count && sets.count > 300)
    let again = sets.sets
    #expect(again.steps == sets.steps && again.credits == sets.credits && again.nulls == sets.nulls)
    #expect(PathTable(keys: 3).sets.count == 0)
  }
}
