import Attribution
import Foundation
import TestSupport
import Testing

@Suite("The order of a chain, by held-out likelihood") struct MarkovOrdersTests {
  /// What comes next depends on the last `order` keys, by a table drawn at random.
  private func drawn(order: Int, journeys: Int, seed: UInt64) -> PathTable {
    var random = TestRandom(seed)
    var rows: [[Int32]: [Double]] = [:]
    return PathTable.drawn(journeys, keys: 3, &random) { steps, random in
      let context = Array(steps.suffix(order))
      let row = rows[context] ?? (0..<5).map { $0 < 3 ? Double.random(in: 0.05...1, using: &random) : 0.3 }
      rows[context] = row
      if steps.isEmpty { return (Int32.random(in: 0..<3, using: &random), false) }
      var at = Double.random(in: 0..<row.reduce(0, +), using: &random)
      for (next, weight) in row.enumerated() {
        if at < weight { return next < 3 ? (Int32(next), false) : (nil, next == 3) }
        at -= weight
      }
      return (nil, false)
    }
  }

  @Test("Journeys of order 1, 2 and 3 are known as such", arguments: 1...3) func findsTheOrder(order: Int) throws {
    for seed in 1...3 as ClosedRange<UInt64> {
      let orders = try drawn(order: order, journeys: 10_000, seed: seed).bestOrder(maximum: 4, seed: seed)
      #expect(orders.scores.map(\.order) == [1, 2, 3, 4])
      #expect(orders.best == order, "\(orders.scores)")
    }
  }

  @Test("Of orders that say the same, the lowest") func ties() throws {
    // No path is longer than one touch: all orders know the same of it.
    let paths = NamedPaths([("A", 50, 1, 70), ("B", 20, 1, 10), ("C", 0, 0, 3)])
    let orders = try paths.paths.bestOrder(maximum: 3)
    #expect(orders.best == 1 && Set(orders.scores.map(\.negativeLogLikelihood)).count == 1)
  }

  @Test("By hand: two folds of a journey each") func byHand() throws {
    // Whichever journeys fall together, what is left out is foretold by what is not. With seeds that divide two
    // journeys A → conversion one to a fold: P(A | start) and P(conversion | A) from one journey of two events are
    // ((1 + 1/3) / 3 + 1) / 2 each, at an alphabet of A, conversion, null.
    let paths = NamedPaths([("A", 2, 0, 0)])
    let scores = try (0..<20 as Range<UInt64>).map {
      try paths.paths.bestOrder(maximum: 1, folds: 2, seed: $0).scores[0].negativeLogLikelihood
    }
    // Both in one fold: nothing is known of them but that there are three events: P = 1/3 each.
    let apart = -2 * log(((1 + 1.0 / 3) / 3 + 1) / 2)
    let together = -2 * log(1.0 / 3)
    #expect(scores.contains { close($0, apart) } && scores.contains { close($0, together) })
    #expect(scores.allSatisfy { close($0, apart) || close($0, together) })
  }

  @Test("The same of the same seed, almost the same of another; large counts are divided alike") func seeds() throws {
    let table = drawn(order: 2, journeys: 5000, seed: 4)
    let one = try table.bestOrder(maximum: 3, seed: 1)
    #expect(try one == table.bestOrder(maximum: 3, seed: 1))
    let other = try table.bestOrder(maximum: 3, seed: 2)
    #expect(one != other)
    for (a, b) in zip(one.scores, other.scores) {
      #expect(abs(a.negativeLogLikelihood - b.negativeLogLikelihood) < 0.02)
    }
    var large = PathTable(keys: table.keyCount)
    for path in 0..<table.count {
      large.append(table[path], table.credits[path] * 1e6, nulls: table.nulls[path] * 1e6)
    }
    // A million times as much of everything: all is known that there is, and more of a context says more.
    let scores = try large.bestOrder(maximum: 3).scores.map(\.negativeLogLikelihood)
    #expect(scores[0] > scores[1] && scores[1] > scores[2] && scores[2] < one.scores[2].negativeLogLikelihood)
  }

  @Test("Without nulls, only conversions end a journey") func withoutNulls() throws {
    let paths = NamedPaths([("A>B", 30, 1, 900), ("B", 20, 1, 500), ("A", 0, 0, 800)])
    let with = try paths.paths.bestOrder(maximum: 2)
    let without = try paths.paths.bestOrder(maximum: 2, withNulls: false)
    let converting = NamedPaths([("A>B", 30, 1, 0), ("B", 20, 1, 0)])
    #expect(with != without)
    #expect(try without == converting.paths.bestOrder(maximum: 2))
  }

  @Test("Refuses what cannot be divided") func refusals() throws {
    let table = NamedPaths([("A>B", 30, 1, 900)]).paths
    func code(_ table: PathTable, _ maximum: Int, _ folds: Int) -> AttributionError.Code? {
      #expect(throws: AttributionError.self) { try table.bestOrder(maximum: maximum, folds: folds) }?.code
    }
    #expect(code(table, 0, 5) == .invalidQuery)
    #expect(code(table, 1, 1) == .invalidQuery)
    #expect(code(table, 40, 5) == .invalidQuery)
    #expect(code(PathTable(keys: 2), 1, 5) == .invalidQuery)
  }
}
