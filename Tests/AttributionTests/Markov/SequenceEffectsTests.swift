import Attribution
import TestSupport
import Testing

@Suite("Removal effects of sequences") struct SequenceEffectsTests {
  @Test("By hand: cutting A → B of the textbook's kind") func byHand() throws {
    // start → A 3/4, → B 1/4; A → B 2/3, conversion 1/3; B → conversion 2/3, null 1/3. p = 3/4.
    let paths = NamedPaths([("A>B", 1, 10, 1), ("A", 1, 1, 0), ("B", 1, 1, 0)])
    let effects = try MarkovChain(paths.paths, order: 1).sequenceEffects(count: 5)
    #expect(effects.count == 1 && effects[0].keys == [0, 1])
    // 3/4 · 2/3 come by it, of those 2/3 convert.
    #expect(close(effects[0].conversions, 0.75 * 2 / 3 * 2 / 3 / 0.75))
    // Of 12 in all, a visitor of B earns 11/3.
    #expect(close(effects[0].revenue, 0.75 * 2 / 3 * (11.0 / 3) / 3))
    // In order 2 the state AB is lost: half of a journey's quarters, of which half convert.
    let second = try MarkovChain(paths.paths, order: 2).sequenceEffects(count: 5)
    #expect(second.map(\.keys) == [[0, 1]])
    #expect(close(second[0].conversions, 1.0 / 3) && close(second[0].revenue, 10.0 / 12))
  }

  /// The same question asked of paths: of a chain that is as long as every path, a sequence loses what came of the
  /// paths that hold it.
  @Test("In an order as long as the paths: what came of the paths that hold it", arguments: [2, 3])
  func wholePaths(length: Int) throws {
    var random = TestRandom(8)
    let table = PathTable.random(60, keys: 4, longest: 6, using: &random)
    let effects = try MarkovChain(table, order: 6).sequenceEffects(length: length, count: 1000)
    var held: [[Int]: Double] = [:]
    for path in 0..<table.count {
      let keys = table[path].map(Int.init)
      guard keys.count >= length else { continue }
      for run in Set((0...keys.count - length).map { Array(keys[$0..<$0 + length]) }) {
        held[run, default: 0] += table.credits[path].conversions
      }
    }
    #expect(Set(effects.map(\.keys)) == Set(held.keys))
    for effect in effects {
      #expect(close(effect.conversions, held[effect.keys]! / table.total.conversions, 1e-12))
    }
    #expect(effects == effects.sorted { $0.conversions > $1.conversions })
  }

  @Test("A cut transition agrees with the chain that has it as a way to null", arguments: [1, 2])
  func cutTransition(order: Int) throws {
    var random = TestRandom(4)
    let table = PathTable.random(80, keys: 4, longest: 8, using: &random)
    let chain = try MarkovChain(table, order: order)
    let effects = try chain.sequenceEffects(length: order + 1, count: 1000, by: .dense)
    #expect(effects.count > 8)
    for effect in effects {
      let naive = cut(table, order: order, effect.keys.map(Int32.init))
      #expect(abs(effect.conversions - naive) < 1e-12)
    }
  }

  /// Walks the chain step by step until nobody is left on the way; loops to the same state are left out.
  private func cut(_ table: PathTable, order: Int, _ sequence: [Int32]) -> Double {
    var out: [[Int32]: [[Int32]: Double]] = [:]
    for path in 0..<table.count {
      let steps = Array(table[path])
      let weight = table.credits[path].conversions + table.nulls[path]
      var states = steps.count < order ? [steps] : (0...steps.count - order).map { Array(steps[$0..<$0 + order]) }
      states = states.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
      for (from, to) in zip([[]] + states, states) { out[from, default: [:]][to, default: 0] += weight }
      out[states.last!, default: [:]][[-1], default: 0] += table.credits[path].conversions
      out[states.last!, default: [:]][[-2], default: 0] += table.nulls[path]
    }
    func converted(_ isCut: ([Int32], [Int32]) -> Bool) -> Double {
      var (people, converted): ([[Int32]: Double], Double) = ([[]: 1], 0)
      while people.values.reduce(0, +) > 1e-16 {
        var next: [[Int32]: Double] = [:]
        for (state, share) in people {
          let sum = out[state]!.values.reduce(0, +)
          for (to, weight) in out[state]! where to != [-2] && !isCut(state, to) {
            if to == [-1] { converted += share * weight / sum } else { next[to, default: 0] += share * weight / sum }
          }
        }
        people = next
      }
      return converted
    }
    let all = converted { _, _ in false }
    return 1 - converted { $0 == Array(sequence.prefix(order)) && $1 == Array(sequence.suffix(order)) } / all
  }

  @Test(
    "The first of many are the first of all, dense and sparse", arguments: [(1, 2), (2, 2), (2, 3), (3, 2), (3, 3)])
  func top(order: Int, length: Int) throws {
    var random = TestRandom(UInt64(order * 10 + length))
    let chain = try MarkovChain(PathTable.random(300, keys: 5, longest: 7, using: &random), order: order)
    let all = try chain.sequenceEffects(length: length, count: .max, by: .sparse)
    let few = try chain.sequenceEffects(length: length, count: 7, by: .sparse)
    let dense = try chain.sequenceEffects(length: length, count: 7, by: .dense)
    #expect(all.count >= 20 && few == Array(all.prefix(7)))
    for (a, b) in zip(few, dense) {
      #expect(a.keys == b.keys && close(a.conversions, b.conversions, 1e-11) && close(a.revenue, b.revenue, 1e-11))
    }
  }

  @Test("What a chain does not know, it refuses") func refusals() throws {
    let paths = NamedPaths([("A>B>C", 1, 1, 1)])
    let chain = try MarkovChain(paths.paths, order: 1)
    for length in [-1, 0, 1, 3] {
      #expect(
        #expect(throws: AttributionError.self) { try chain.sequenceEffects(length: length, count: 1) }?.code
          == .invalidQuery)
    }
    #expect(try chain.sequenceEffects(count: 0).isEmpty)
    let nothing = NamedPaths([("A>B", 0, 0, 1)])
    #expect(try MarkovChain(nothing.paths, order: 1).sequenceEffects(count: 3).isEmpty)
  }

  @Test("PathData: a sequence loses no more than either of its keys", .enabled(if: SharedData.exists))
  func pathData() throws {
    let table = try NamedPaths.pathData().paths
    for order in 2...3 {
      let chain = try MarkovChain(table, order: order)
      let keys = try chain.removalEffects()
      let effects = try chain.sequenceEffects(count: 20)
      #expect(effects.count == 20 && effects[0].conversions > 0.1)
      for effect in effects {
        #expect(effect.conversions <= keys.conversions[effect.keys[0]] + 1e-12)
        #expect(effect.conversions <= keys.conversions[effect.keys[1]] + 1e-12)
      }
    }
  }
}
