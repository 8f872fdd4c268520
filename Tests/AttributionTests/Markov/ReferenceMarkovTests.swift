import Attribution
import Foundation
import TestSupport
import Testing

/// `cases/attribution/CASES.md`, sections 3, 4 and 7.
@Suite("Markov reference cases", .enabled(if: SharedData.exists)) struct ReferenceMarkovTests {
  private func json(_ name: String) throws -> [String: Any] {
    let data = try Data(contentsOf: SharedData.url("cases/attribution/\(name)"))
    return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  /// A number, or a fraction such as 7/6 as a string.
  private func number(_ value: Any?) -> Double? {
    guard let text = value as? String else { return value as? Double }
    let parts = text.split(separator: "/").compactMap { Double($0) }
    return parts.count == 2 ? parts[0] / parts[1] : parts.first
  }

  /// - Returns: how many numbers were compared.
  private func check(
    _ effects: RemovalEffects, _ paths: NamedPaths, total: Credit, _ expected: [String: Any], _ name: String
  ) -> Int {
    var compared = 0
    let credits = effects.credits(of: total)
    func compare(_ what: String, _ value: (Int) -> Double) {
      guard let numbers = expected[what] as? [String: Any] else { return }
      #expect(numbers.count == paths.names.count)
      for (key, channel) in paths.names.enumerated() {
        guard let number = number(numbers[channel]) else { continue }
        // The numbers are written with nine decimals.
        #expect(abs(value(key) - number) <= 1e-9 * number + 6e-10, "\(name) \(what) \(channel)")
        compared += 1
      }
    }
    compare("removal_effect_conversion") { effects.conversions[$0] }
    compare("removal_effect_value") { effects.revenue[$0] }
    compare("conversions") { credits[$0].conversions }
    compare("value") { credits[$0].revenue }
    if let probability = number(expected["p_conversion"]) {
      #expect(close(effects.conversionProbability, probability, 1e-13))
    }
    if let states = expected["n_states"] as? Int { #expect(effects.states == states) }
    return compared
  }

  @Test("PathData, in as many orders as there are numbers, dense and sparse") func pathData() throws {
    let paths = try NamedPaths.pathData()
    let cases = try json("pathdata_expected.json")
    var compared = 0
    for order in 1...4 {
      let chain = try MarkovChain(paths.paths, order: order)
      let sparse = try chain.removalEffects(by: .sparse)
      #expect(sparse.states == [12, 120, 933, 3975][order - 1])
      if order <= 3 { #expect(chain.transitionCount == [138, 1173, 5604][order - 1]) }
      #expect(close(sparse.conversionProbability, 19785.0 / 88387, 1e-14) && sparse.residual < 1e-14)
      if order <= 2 {
        let dense = try chain.removalEffects(by: .dense)
        for key in paths.names.indices {
          #expect(close(dense.conversions[key], sparse.conversions[key], 1e-11))
          #expect(close(dense.revenue[key], sparse.revenue[key], 1e-11))
        }
      }
      if let expected = cases["markov_exact_order\(order)"] as? [String: Any] {
        compared += check(sparse, paths, total: paths.paths.total, expected, "order \(order)")
      }
    }
    #expect(compared >= 48)
  }

  @Test("The cases that are worked by hand, in every order, with and without nulls") func tiny() throws {
    var compared = 0
    for (name, value) in try json("tiny_paths.json") {
      let rows = try #require((value as? [String: Any])?["rows"] as? [[String: Any]])
      var paths = NamedPaths()
      for row in rows {
        try paths.add(
          #require(row["path"] as? String), number(row["total_conversions"]) ?? 0,
          number(row["total_conversion_value"]) ?? 0, nulls: number(row["total_null"]) ?? 0)
      }
      let expected = try #require((value as? [String: Any])?["expected"] as? [String: [String: Any]])
      for order in 1...3 {
        for withNulls in [true, false] {
          guard let model = expected["markov_order\(order)" + (withNulls ? "" : "_without_nulls")] else { continue }
          let chain = try MarkovChain(paths.paths, order: order, withNulls: withNulls)
          for method in [ChainSolution.Method.dense, .sparse] {
            compared += check(
              try chain.removalEffects(by: method), paths, total: paths.paths.total, model, "\(name) order \(order)")
          }
        }
      }
    }
    #expect(compared > 100)
  }
}
