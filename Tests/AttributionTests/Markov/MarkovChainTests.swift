import Attribution
import Testing

@Suite("Markov chains of any order") struct MarkovChainTests {
  private func effects(
    _ rows: [(String, Double, Double, Double)], order: Int, withNulls: Bool = true
  ) throws -> RemovalEffects {
    let paths = NamedPaths(rows.map { (path: $0.0, conversions: $0.1, revenue: $0.2, nulls: $0.3) })
    let chain = try MarkovChain(paths.paths, order: order, withNulls: withNulls)
    let dense = try chain.removalEffects(by: .dense)
    let sparse = try chain.removalEffects(by: .sparse)
    for (a, b) in zip(dense.conversions + dense.revenue, sparse.conversions + sparse.revenue) {
      #expect(close(a, b, 1e-12))
    }
    return sparse
  }

  private let textbook = [("C1>C2>C3", 1.0, 1.0, 0.0), ("C1", 0, 0, 1), ("C2>C3", 0, 0, 1)]
  private let loops = [("A>A>B>A", 1.0, 8.0, 1.0), ("B>A", 1, 4, 2), ("B>B", 0, 0, 3)]

  @Test("The textbook's three paths", arguments: [(1, [0.5, 1, 1]), (2, [0.5, 1, 1]), (3, [1, 1, 1])])
  func textbook(order: Int, expected: [Double]) throws {
    let effects = try effects(textbook, order: order)
    #expect(close(effects.conversionProbability, 1.0 / 3))
    for (effect, value) in zip(effects.conversions, expected) { #expect(close(effect, value)) }
    for (effect, value) in zip(effects.revenue, expected) { #expect(close(effect, value)) }
    let credits = effects.credits(of: Credit(conversions: 1, revenue: 1))
    #expect(close(credits[1].conversions, expected[1] / expected.reduce(0, +)))
    #expect(try self.effects(textbook, order: order, withNulls: false).conversions == [1, 1, 1])
  }

  @Test("Loops and returns") func loopsAndReturns() throws {
    let first = try effects(loops, order: 1)
    #expect(close(first.conversionProbability, 0.25))
    #expect(close(first.conversions[0], 1) && close(first.conversions[1], 5.0 / 7))
    #expect(close(first.revenue[0], 1) && close(first.revenue[1], 5.0 / 7))
    #expect(try close(effects(loops, order: 2).conversions[1], 1))
    #expect(try close(effects(loops, order: 1, withNulls: false).conversions[1], 2.0 / 3))
  }

  @Test("No value: effects on revenue are 0, never NaN") func zeroValue() throws {
    let rows = [("A>B", 2.0, 0.0, 1.0), ("B", 1, 0, 0)]
    #expect(try close(effects(rows, order: 1).conversions[0], 0.75))
    #expect(try close(effects(rows, order: 2).conversions[0], 2.0 / 3))
    #expect(try effects(rows, order: 2).revenue == [0, 0])
  }

  @Test("No conversion, and no path at all: all zeros", arguments: 1...3) func nothing(order: Int) throws {
    for rows in [[("A>B", 0.0, 0.0, 5.0), ("B", 0, 0, 2)], [], [("A", 0, 9, 0)]] {
      let effects = try effects(rows, order: order)
      #expect(effects.conversions.allSatisfy { $0 == 0 } && effects.revenue.allSatisfy { $0 == 0 })
      #expect(effects.conversionProbability == 0)
    }
    #expect(try effects([("A>B", 0, 0, 5)], order: order, withNulls: false).states == 0)
  }

  @Test("States are windows and short paths; consecutive identical ones are one") func states() throws {
    func chain(_ order: Int) throws -> MarkovChain {
      try MarkovChain(NamedPaths([("A>A>A>B", 1, 1, 1), ("A", 1, 1, 0)]).paths, order: order)
    }
    // A B; AA AB A; AAA AAB A; AAAB A.
    #expect(try (1...4).map { try chain($0).stateCount } == [2, 3, 3, 2])
    // start → A, A → B, A and B → conversion, B → null.
    #expect(try chain(1).transitionCount == 5)
    // start → AA, AA → AB, AB → conversion and null; start → A → conversion.
    #expect(try chain(2).transitionCount == 6)
  }

  private func random(_ seed: UInt64, repeats: Int = 1) -> NamedPaths {
    var random = TestRandom(seed)
    var paths = NamedPaths()
    for _ in 0..<50 {
      let steps = (0..<Int.random(in: 1...7, using: &random)).flatMap { _ in
        let step = String("abcd".randomElement(using: &random)!)
        return Array(repeating: step, count: Int.random(in: 1...repeats, using: &random))
      }
      let conversions = Double(Int.random(in: 0...3, using: &random)) * 0.75
      paths.add(
        steps.joined(separator: ">"), conversions, conversions * Double.random(in: 0...9, using: &random),
        nulls: Double(Int.random(in: 0...4, using: &random)))
    }
    return paths
  }

  @Test("Agrees with one fixed point for each key; dense and sparse agree", arguments: 1...4)
  func naive(order: Int) throws {
    for seed in 1...4 as ClosedRange<UInt64> {
      let paths = random(seed, repeats: seed > 2 ? 3 : 1)
      for withNulls in [true, false] {
        let chain = try MarkovChain(paths.paths, order: order, withNulls: withNulls)
        let naive = NaiveMarkov(paths, order: order, withNulls: withNulls)
        let dense = try chain.removalEffects(by: .dense)
        let sparse = try chain.removalEffects(by: .sparse)
        let total = paths.paths.total.conversions
        let nulls = withNulls ? paths.paths.nulls.reduce(0, +) : 0
        #expect(close(sparse.conversionProbability, total / (total + nulls), 1e-14))
        #expect(close(naive.probability, total / (total + nulls), 1e-12))
        #expect(dense.residual < 1e-14 && sparse.residual < 1e-14)
        for key in paths.names.indices {
          #expect(abs(sparse.conversions[key] - naive.conversions[key]) < 1e-12)
          #expect(abs(sparse.revenue[key] - naive.revenue[key]) < 1e-12)
          #expect(abs(sparse.conversions[key] - dense.conversions[key]) < 1e-13)
          #expect(abs(sparse.revenue[key] - dense.revenue[key]) < 1e-13)
        }
      }
    }
  }

  @Test("A population whose counts are those of an order-1 chain has the same effects at every order")
  func exactlyOrderOne() throws {
    // Of two keys either comes first; after it half of the journeys end, the others go on with either, twice at most.
    // Of those that end behind A three quarters convert, behind B a quarter. Keys carry their place, so that what
    // comes next depends on nothing else.
    var paths = NamedPaths()
    for length in 1...3 {
      for bits in 0..<(1 << length) {
        let steps = (0..<length).map { bits >> $0 & 1 == 0 ? "\($0)A" : "\($0)B" }
        let weight = Double(1 << (2 * (3 - length))) * (length == 3 ? 2 : 1)
        let converting = weight * (steps[length - 1].hasSuffix("A") ? 3 : 1)
        paths.add(steps.joined(separator: ">"), converting, converting * 5, nulls: weight * 4 - converting)
      }
    }
    let first = try MarkovChain(paths.paths, order: 1).removalEffects()
    for order in 2...4 {
      let other = try MarkovChain(paths.paths, order: order).removalEffects()
      for key in paths.names.indices { #expect(close(first.conversions[key], other.conversions[key], 1e-13)) }
    }
  }

  @Test("On journeys drawn from an order-1 chain, order 2 comes near order 1") func drawnFromOrderOne() throws {
    var random = TestRandom(3)
    let paths = PathTable.drawn(60_000, keys: 4, &random) { steps, random in
      // Key 3 leads on to key 0, the others to any; a fifth of the journeys end behind each touch.
      if !steps.isEmpty, Int.random(in: 0..<5, using: &random) == 0 {
        return (nil, Int32.random(in: 0..<6, using: &random) < steps.last!)
      }
      return (steps.last == 3 ? 0 : Int32.random(in: 0..<4, using: &random), false)
    }
    let first = try MarkovChain(paths, order: 1).removalEffects()
    let second = try MarkovChain(paths, order: 2).removalEffects()
    for key in 0..<4 { #expect(abs(first.conversions[key] - second.conversions[key]) < 0.01) }
    #expect((first.conversions.max() ?? 0) - (first.conversions.min() ?? 0) > 0.02)
  }

  @Test("Refuses an order below 1, and one that does not fit") func orders() throws {
    let table = random(1).paths
    for order in [0, -1, 22, Int.max] {
      #expect(
        #expect(throws: AttributionError.self) { try MarkovChain(table, order: order) }?.code == .invalidQuery)
    }
    // Longer than every path: each path is a state of its own, and what a removal loses is what came of its paths.
    let chain = try MarkovChain(table, order: 21)
    #expect(chain.stateCount <= table.count)
    let effects = try chain.removalEffects()
    for key in 0..<table.keyCount {
      let held = (0..<table.count).filter { table[$0].contains(Int32(key)) }
      let lost = held.reduce(0) { $0 + table.credits[$1].conversions } / table.total.conversions
      #expect(close(effects.conversions[key], lost, 1e-13))
    }
  }

  @Test("A journey of 20,000 touches to and fro, and one of 300 different keys") func longPaths() throws {
    var paths = NamedPaths()
    paths.add(Array(repeating: "A>B", count: 10_000).joined(separator: ">"), 1, 10, nulls: 0)
    paths.add("A>C", 1, 1, nulls: 1)
    for order in [1, 3] {
      let effects = try MarkovChain(paths.paths, order: order).removalEffects(by: .sparse)
      #expect(effects.residual < 1e-12 && close(effects.conversionProbability, 2.0 / 3))
    }
    // A walk to and fro among 40 neighbours in a ring, which forgets slowly.
    var random = TestRandom(6)
    var ring = PathTable(keys: 40)
    for row in 0..<20 {
      var at = Int32(row * 2)
      let steps = (0..<500).map { _ in
        at = (at + (Bool.random(using: &random) ? 1 : 39)) % 40
        return at
      }
      ring.append(steps, Credit(conversions: Double(row % 3), revenue: 1), nulls: 1)
    }
    let chain = try MarkovChain(ring, order: 1)
    let dense = try chain.removalEffects(by: .dense)
    for (a, b) in zip(dense.conversions, try chain.removalEffects(by: .sparse).conversions) {
      #expect(close(a, b, 1e-11))
    }
    #expect(try close(dense.conversions[7], chain.removalEffects().conversions[7], 1e-11))
    let many = NamedPaths([((0..<300).map(String.init).joined(separator: ">"), 1, 1, 1), ("7", 0, 0, 1)])
    let effects = try MarkovChain(many.paths, order: 2).removalEffects(by: .sparse)
    #expect(effects.conversions.allSatisfy { close($0, 1) })
  }
}
