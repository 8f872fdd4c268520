import Attribution
import Foundation
import TestSupport
import Testing

/// The reference cases that are worked by hand, for the models on tables of paths and sets.
@Suite("Tables of paths: the cases worked by hand", .enabled(if: SharedData.exists)) struct TinyCaseTests {
  private struct Tiny: Decodable {
    struct Row: Decodable {
      var path: String
      var totalConversions: Double
      var totalConversionValue: String
      var totalNull: Double
    }
    struct Model: Decodable {
      var conversions: [String: String]
      var value: [String: String]?
    }
    struct Expected: Decodable {
      var shapleyS1SubsetConversions: [String: String]
      var shapleyS1SubsetValue: [String: String]
      var shapleyS2ExactSetConversions: [String: String]
      var shapleyS3SubsetRate: [String: String]
      var shapleyS4PerSetRateConversions: [String: String]
      var fractributionLeaveOneOut: Model
      var shaoLi: Model?
    }
    var rows: [Row]
    var expected: Expected
  }

  @Test("Shapley, leave-one-out, Shao and Li") func tiny() throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let cases = try decoder.decode(
      [String: Tiny].self, from: Data(contentsOf: SharedData.url("cases/attribution/tiny_paths.json")))
    #expect(cases.count >= 7)
    for (name, tiny) in cases {
      var data = NamedPaths()
      for row in tiny.rows {
        data.add(row.path, row.totalConversions, Double(row.totalConversionValue) ?? .nan, nulls: row.totalNull)
      }
      let sets = data.paths.sets
      func check(_ result: KeyCredits, _ column: KeyPath<Credit, Double>, _ expected: [String: String]?) throws {
        for (key, value) in expected ?? [:] {
          let credit = result.credits[try #require(data.names.firstIndex(of: key))][keyPath: column]
          let parts = value.split(separator: "/").compactMap { Double($0) }
          #expect(close(credit, parts[0] / (parts.count > 1 ? parts[1] : 1), 1e-14), "\(name) \(key): \(credit)")
        }
      }
      let expected = tiny.expected
      let subset = sets.shapley(.subsetConversions)
      try check(subset, \.conversions, expected.shapleyS1SubsetConversions)
      try check(subset, \.revenue, expected.shapleyS1SubsetValue)
      try check(data.paths.orderedShapley().totals, \.conversions, expected.shapleyS1SubsetConversions)
      try check(sets.shapley(.exactSet), \.conversions, expected.shapleyS2ExactSetConversions)
      try check(sets.shapley(.subsetRate), \.conversions, expected.shapleyS3SubsetRate)
      try check(sets.shapley(.perSetRate), \.conversions, expected.shapleyS4PerSetRateConversions)
      try check(data.paths.leaveOneOut(), \.conversions, expected.fractributionLeaveOneOut.conversions)
      try check(data.paths.leaveOneOut(), \.revenue, expected.fractributionLeaveOneOut.value)
      try check(sets.shaoLi(), \.conversions, expected.shaoLi?.conversions)
    }
  }
}
