import Attribution
import TestSupport
import Testing

@Suite("Leave one out") struct LeaveOneOutTests {
  private func conversions(_ rows: [TestPath], keys: Int) -> [Double] {
    PathTable(rows, keys: keys).leaveOneOut().credits.map(\.conversions)
  }

  @Test("Loops and returns: every touch counts, repeats of it too") func loops() {
    let rows = [
      TestPath([0, 0, 1, 0], 1, 8, nulls: 1), TestPath([1, 0], 1, 4, nulls: 2), TestPath([1, 1], 0, nulls: 3),
    ]
    let credits = PathTable(rows, keys: 2).leaveOneOut().credits
    #expect(close(credits[0], Credit(conversions: 1.25, revenue: 8), 1e-15))
    #expect(close(credits[1], Credit(conversions: 0.75, revenue: 4), 1e-15))
  }

  @Test("A touch without which the path converts as often or more is worth nothing") func harmful() {
    // A>B 2/3, B 1: without A it is better, so B gets all.
    #expect(conversions([TestPath([0, 1], 2, nulls: 1), TestPath([1], 1)], keys: 2) == [0, 3])
    // A>B 1/2 against A 1/4 and B 1/3: 1/6 and 1/4.
    let partial = conversions(
      [TestPath([0, 1], 1, nulls: 1), TestPath([0], 1, nulls: 3), TestPath([1], 1, nulls: 2)], keys: 2)
    #expect(close(partial[0], 1 + 0.4) && close(partial[1], 1 + 0.6))
  }

  @Test("Where no touch is worth anything the last one gets the path") func fallback() {
    let rows = [[0, 1, 2], [0, 1], [1, 2], [0, 2], [0], [1], [2]].map { TestPath($0, 1, $0.count == 3 ? 7 : 0) }
    let credits = PathTable(rows, keys: 3).leaveOneOut().credits
    #expect(credits.map(\.conversions) == [1, 2, 4])
    #expect(credits[2].revenue == 7)
  }

  @Test("Revenue without a conversion goes to the last touch; nothing in, nothing out") func degenerate() {
    #expect(PathTable([TestPath([0, 1], 0, 5, nulls: 2)], keys: 2).leaveOneOut().credits[1].revenue == 5)
    #expect(conversions([TestPath([0, 1], 0, nulls: 5), TestPath([1], 0)], keys: 3) == [0, 0, 0])
    #expect(conversions([], keys: 2) == [0, 0])
  }

  private func naive(_ paths: PathTable) -> [Credit] {
    var rates: [[Int32]: Double] = [:]
    for path in 0..<paths.count where paths.credits[path].conversions > 0 {
      rates[Array(paths[path])] =
        paths.credits[path].conversions / (paths.credits[path].conversions + paths.nulls[path])
    }
    var credits = Array(repeating: Credit.zero, count: paths.keyCount)
    for path in 0..<paths.count {
      let steps = Array(paths[path])
      var worths = steps.indices.map { j in
        var rest = steps
        rest.remove(at: j)
        return max(0, rates[steps, default: 0] - rates[rest, default: 0])
      }
      if worths.reduce(0, +) == 0 || steps.count == 1 { worths = steps.indices.map { $0 == steps.count - 1 ? 1 : 0 } }
      let sum = worths.reduce(0, +)
      for (step, worth) in zip(steps, worths) { credits[Int(step)] += paths.credits[path] * (worth / sum) }
    }
    return credits
  }

  @Test("Like every path written out without each of its touches", arguments: 1...8 as ClosedRange<UInt64>)
  func naive(_ seed: UInt64) {
    var random = TestRandom(seed)
    let paths = PathTable.random(400, keys: 3, longest: 7, using: &random)
    let result = paths.leaveOneOut()
    for (credit, expected) in zip(result.credits, naive(paths)) { #expect(close(credit, expected, scale: 100, 1e-13)) }
    #expect(close(result.credits.sum, paths.total, 1e-12))
  }

  @Test("A path of 10,000 touches") func long() {
    var rows = (1...3).map { TestPath(Array(repeating: 0, count: 9_997 + $0), 1, nulls: Double(4 - $0)) }
    rows.append(TestPath((0..<10_000).map { Int32($0 % 2) }, 5))
    let credits = PathTable(rows, keys: 2).leaveOneOut().credits
    #expect(close(credits[0].conversions, 5.5) && close(credits[1].conversions, 2.5))
  }

  @Test("The reference data set", .enabled(if: SharedData.exists)) func pathData() throws {
    let data = try NamedPaths.pathData()
    let result = data.paths.leaveOneOut()
    for (credit, expected) in zip(result.credits, naive(data.paths)) { #expect(close(credit, expected, scale: 1)) }
    #expect(close(result.credits.sum, Credit(conversions: 19785, revenue: 74802.971587208)))
    // From an implementation in another language.
    let eta = result.credits[try #require(data.names.firstIndex(of: "eta"))]
    #expect(close(eta, Credit(conversions: 3810.754830914, revenue: 14874.97009477364)))
  }
}
