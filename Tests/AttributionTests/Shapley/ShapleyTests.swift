import Attribution
import Foundation
import TestSupport
import Testing

@Suite("Shapley games") struct ShapleyTests {
  @Test("Every game is the mean over all orders of arrival", arguments: ShapleyGame.allCases, 1...12)
  func naive(_ game: ShapleyGame, seed: Int) {
    var random = TestRandom(UInt64(seed))
    let keys = Int.random(in: 1...6, using: &random)
    // Every key occurs, at least alone and in vain.
    var rows = (0..<Int32(keys)).map { TestPath([$0], 0, 0, nulls: 1) }
    let some = PathTable.random(Int.random(in: 1...30, using: &random), keys: keys, using: &random)
    rows += (0..<some.count).map {
      TestPath(
        Array(some[$0]), some.credits[$0].conversions, some.credits[$0].revenue, nulls: some.nulls[$0])
    }
    let sets = PathTable(rows, keys: keys).sets
    let result = sets.shapley(game)
    let expected = naiveShapley(sets, game)
    let scale = 1 + sets.total.conversions + sets.total.revenue
    for key in 0..<keys {
      #expect(close(result.credits[key], expected[key], scale: scale, 1e-13), "\(game) key \(key)")
    }
    #expect(close(result.credits.sum, result.sum ?? sets.total, scale: scale, 1e-13))
    #expect(result.standardErrors == nil)
  }

  @Test("A set is worth more than its parts, less, or nothing at all") func byHand() {
    // A>B converts 2 of 3, B alone 1 of 1.
    let sets = PathTable([TestPath([0, 1], 2, 0, nulls: 1), TestPath([1], 1, 0)], keys: 2).sets
    let expected: [ShapleyGame: [Double]] = [
      .subsetConversions: [1, 2], .exactSet: [0.5, 1.5], .subsetRate: [-0.125, 0.875], .perSetRate: [-0.5, 3.5],
    ]
    for (game, values) in expected {
      let credits = sets.shapley(game).credits
      #expect(zip(credits, values).allSatisfy { close($0.conversions, $1) && $0.revenue == 0 }, "\(game)")
    }
  }

  @Test("No paths, no conversions, keys that never occur: zeros", arguments: ShapleyGame.allCases)
  func nothing(_ game: ShapleyGame) {
    #expect(PathTable(keys: 0).shapley(game).credits.isEmpty)
    #expect(PathTable(keys: 3).shapley(game).credits == [.zero, .zero, .zero])
    for nulls in [0.0, 5] {
      let table = PathTable([TestPath([0, 1], 0, 0, nulls: nulls), TestPath([1], 0)], keys: 3)
      #expect(table.shapley(game).credits.allSatisfy { $0 == .zero })
      #expect(table.shapley(game, largestExact: 0).credits.allSatisfy { $0 == .zero })
    }
    let absent = PathTable([TestPath([0, 2], 3, 6, nulls: 1)], keys: 4).shapley(game).credits
    #expect(absent[1] == .zero && absent[3] == .zero && absent[0].conversions > 0 && absent[0] == absent[2])
  }

  @Test("Revenue of a set without a conversion is not lost") func revenueAlone() {
    let table = PathTable([TestPath([0, 1], 0, 8, nulls: 4), TestPath([1], 1, 2)], keys: 2)
    #expect(table.shapley(.perSetRate).credits.map(\.revenue) == [4, 6])
    #expect(table.shapley(.subsetConversions).credits.map(\.revenue) == [4, 6])
  }

  /// Five keys of which 0 and 1 are interchangeable and 4 changes nothing.
  private func symmetric(_ seed: UInt64) -> [TestPath] {
    var random = TestRandom(seed)
    var rows: [TestPath] = []
    for set: [Int32] in [[0], [2], [3], [0, 2], [0, 3], [2, 3], [0, 2, 3], [0, 1], [0, 1, 2], [0, 1, 2, 3]] {
      let row = TestPath(
        set, Double(Int.random(in: 0...9, using: &random)), Double.random(in: 0...9, using: &random),
        nulls: Double(Int.random(in: 0...9, using: &random)))
      rows.append(row)
      if set.contains(0), !set.contains(1) {
        var twin = row
        twin.steps = set.map { $0 == 0 ? 1 : $0 }.sorted()
        rows.append(twin)
      }
    }
    return rows
  }

  @Test(
    "Symmetry: keys that are interchangeable get the same", arguments: ShapleyGame.allCases,
    1...5 as ClosedRange<UInt64>)
  func symmetry(_ game: ShapleyGame, seed: UInt64) {
    let credits = PathTable(symmetric(seed), keys: 4).shapley(game).credits
    #expect(close(credits[0], credits[1], scale: 100, 1e-13))
  }

  @Test("Null player: a key that changes no worth gets nothing") func nullPlayer() {
    // In these games journeys in vain with a key alone change no worth of a set that converts.
    let rows = symmetric(7).map { row in
      var row = row
      row.nulls = 0
      return row
    }
    let with = PathTable(rows + [TestPath([4], 0, 0, nulls: 3)], keys: 5)
    for game in [ShapleyGame.subsetConversions, .perSetRate] { #expect(with.shapley(game).credits[4] == .zero) }
    // A rate is unmoved by a key that was never paid for in journeys.
    let unseen = PathTable(rows + [TestPath([4], 0)], keys: 5).shapley(.subsetRate)
    #expect(close(unseen.credits[4], .zero, 1e-13))
  }

  @Test("Linearity: the credits of two worths added are added", arguments: [ShapleyGame.subsetConversions, .exactSet])
  func linearity(_ game: ShapleyGame) {
    let (a, b) = (symmetric(11), symmetric(12))
    let together = PathTable(a + b, keys: 4).shapley(game).credits
    let apart = zip(PathTable(a, keys: 4).shapley(game).credits, PathTable(b, keys: 4).shapley(game).credits)
    for (sum, (a, b)) in zip(together, apart) {
      var added = a
      added += b
      #expect(close(sum, added, scale: 100, 1e-13))
    }
  }

  @Test("Rates with the same journeys are linear in the conversions") func rateLinearity() {
    let base = symmetric(13)
    func table(_ conversions: (Int) -> Double) -> PathTable {
      PathTable(
        base.enumerated().map { TestPath($1.steps, conversions($0), 0, nulls: 40 - conversions($0)) }, keys: 4)
    }
    for game in [ShapleyGame.subsetRate, .exactSet] {
      let together = table { Double($0 % 7 + $0 % 3) }.shapley(game).credits
      let first = table { Double($0 % 7) }.shapley(game).credits
      let second = table { Double($0 % 3) }.shapley(game).credits
      for key in 0..<4 {
        #expect(
          close(together[key].conversions, first[key].conversions + second[key].conversions, 1e-12), "\(game) \(key)")
      }
    }
  }

  @Test("Sets within sets, more of them and of keys than the index of subsets takes at once") func nested() {
    var random = TestRandom(23)
    var rows: [TestPath] = []
    for _ in 0..<90 {
      let base = (0..<160).shuffled(using: &random).prefix(5).map { Int32($0) }
      for _ in 0..<16 {
        let part = base.filter { _ in Int.random(in: 0..<5, using: &random) > 0 }
        guard !part.isEmpty else { continue }
        rows.append(TestPath(part, 1, 2, nulls: Double(Int.random(in: 0...5, using: &random))))
      }
    }
    let sets = PathTable(rows, keys: 160).sets
    #expect(sets.count > 600)
    var rates: [[Int32]: Double] = [:]
    for set in 0..<sets.count {
      let conversions = sets.credits[set].conversions
      rates[Array(sets[set])] = conversions / (conversions + sets.nulls[set])
    }
    var expected = Array(repeating: Credit.zero, count: 160)
    for set in 0..<sets.count {
      let keys = Array(sets[set])
      let values = naiveShapley(players: keys.count) { mask in
        let part = keys.indices.filter { mask & 1 << $0 != 0 }.map { keys[$0] }
        return Credit(conversions: rates[part] ?? 0, revenue: 0)
      }
      for (key, value) in zip(keys, values) {
        expected[Int(key)] += sets.credits[set] * (value.conversions / values.sum.conversions)
      }
    }
    for (credit, expected) in zip(sets.shapley(.perSetRate).credits, expected) {
      #expect(close(credit, expected, scale: 10, 1e-12))
    }
  }

  @Test("500 keys", arguments: ShapleyGame.allCases) func manyKeys(_ game: ShapleyGame) {
    var random = TestRandom(17)
    var table = PathTable.random(200, keys: 500, longest: 8, using: &random)
    table.append(0..<500, Credit(conversions: 2, revenue: 3), nulls: 1)
    let sets = table.sets
    let result = sets.shapley(game, permutations: 10)
    #expect(result.credits.count == 500)
    #expect(result.credits.allSatisfy { $0.conversions.isFinite && $0.revenue.isFinite })
    #expect(close(result.credits.sum, result.sum ?? sets.total, scale: sets.total.revenue))
    #expect((result.standardErrors != nil) == (game == .subsetRate))
  }

  @Test("The reference data set", .enabled(if: SharedData.exists)) func pathData() throws {
    let data = try NamedPaths.pathData()
    let sets = data.paths.sets
    #expect(sets.total.conversions == 19785)
    let expected = try ReferenceCredits("cases/attribution/pathdata_expected.json")
    for (game, column, key) in [
      (ShapleyGame.subsetConversions, \Credit.conversions, "shapley_S1_subset_conversions"),
      (.subsetConversions, \.revenue, "shapley_S1_subset_value"),
      (.perSetRate, \.conversions, "shapley_S4_per_set_rate_conversions"),
    ] {
      let credits = sets.shapley(game).credits
      let reference = try #require(expected[key])
      #expect(reference.count == 12)
      for (name, value) in reference {
        let credit = credits[try #require(data.names.firstIndex(of: name))][keyPath: column]
        // Nine decimals are given.
        #expect(abs(credit - value) <= 1e-9 * max(1, abs(value)), "\(key) \(name): \(credit)")
      }
    }
    let exact = sets.shapley(.exactSet)
    #expect(exact.sum == .zero)
    let values = exact.credits.map(\.conversions)
    #expect(abs(values.min()! - -86.7) < 0.05 && abs(values.max()! - 458.5) < 0.05, "\(values)")
    let rates = sets.shapley(.subsetRate)
    #expect(close(rates.credits.sum.conversions, 19785.0 / 88387))
    for name in ["zeta", "delta"] {
      #expect(rates.credits[try #require(data.names.firstIndex(of: name))].conversions < 0)
    }
    let perSet = sets.shapley(.perSetRate).credits.sum
    #expect(close(perSet.conversions, 19785) && close(perSet.revenue, 74802.971587208))
  }
}

/// Tables of numbers by key in a file of reference values.
struct ReferenceCredits {
  private let tables: [String: Any]

  init(_ path: String) throws {
    tables = try JSONSerialization.jsonObject(with: Data(contentsOf: SharedData.url(path))) as? [String: Any] ?? [:]
  }

  subscript(key: String) -> [String: Double]? { tables[key] as? [String: Double] }
}
