import Attribution
import Foundation
import TestSupport
import Testing

/// `cases/attribution/CASES.md`, sections 2 to 7, each model by the settings that a user gives.
@Suite("Attribution reference paths", .enabled(if: SharedData.exists)) struct ReferencePathTests {
  /// What the expected numbers call a model with its settings.
  private static let names:
    [(name: String, model: AttributionModel, set: @Sendable (inout ModelSettings) throws -> Void)] = [
      ("first", .first, { _ in }), ("last", .last, { _ in }), ("linear_touch", .linear, { _ in }),
      ("decay_steps_half", .decaySteps, { _ in }), ("decay_geom_half", .decaySteps, { _ in }),
      ("linear_unique_equals_shapley_S1", .linearUnique, { _ in }), ("linear_unique", .linearUnique, { _ in }),
      ("participation", .participation, { _ in }),
      ("position_U_40_20_40", .position, { $0.weights = try PositionWeights("0.4,0.2,0.4") }),
      ("position_U_40_40", .position, { $0.weights = .u }),
      ("position_J_20_20_60", .position, { $0.weights = try PositionWeights("J") }),
      ("position_J_20_60", .position, { $0.weights = .j }),
      ("position_inverse_J_60_20_20", .position, { $0.weights = .inverseJ }),
      ("markov_order1", .markov, { _ in }), ("markov_exact_order1", .markov, { _ in }),
      ("markov_order2", .markov, { $0.order = .fixed(2) }), ("markov_order3", .markov, { $0.order = .fixed(3) }),
      ("markov_order1_without_nulls", .markov, { $0.withNulls = false }),
      ("fractribution_leave_one_out", .leaveOneOut, { _ in }), ("shao_li", .shaoLi, { _ in }),
      ("shapley_S1_subset_conversions", .shapley, { _ in }),
      ("shapley_S1_subset_conversions", .orderedShapley, { _ in }),
      ("shapley_S2_exact_set_conversions", .shapley, { $0.game = .exactSet }),
      ("shapley_S3_subset_rate", .shapley, { $0.game = .subsetRate }),
      ("shapley_S4_per_set_rate_conversions", .shapley, { $0.game = .perSetRate }),
    ]

  /// What is expected of one model: numbers, or fractions such as 7/6 as texts.
  private struct Expected {
    var conversions: [String: Double] = [:]
    var value: [String: Double]?
    var effects: [String: Double]?
    var valueEffects: [String: Double]?
    var probability: Double?

    init(_ json: Any) throws {
      let fields = try #require(json as? [String: Any])
      // The games' credits stand bare.
      conversions = try #require(Self.numbers(fields["conversions"] ?? fields))
      value = Self.numbers(fields["value"])
      effects = Self.numbers(fields["removal_effect_conversion"])
      valueEffects = Self.numbers(fields["removal_effect_value"])
      probability = Self.number(fields["p_conversion"])
    }

    private static func numbers(_ json: Any?) -> [String: Double]? {
      (json as? [String: Any])?.compactMapValues(number)
    }

    private static func number(_ json: Any?) -> Double? {
      if let number = json as? Double { return number }
      let parts = (json as? String)?.split(separator: "/").compactMap { Double($0) } ?? []
      return parts.isEmpty ? nil : parts.count == 1 ? parts[0] : parts[0] / parts[1]
    }
  }

  private func check(_ file: String, _ cases: [String: Any], prefix: String = "", rounding: Double) async throws -> Int
  {
    var checked = 0
    for (name, model, set) in Self.names {
      guard let json = cases[prefix + name] ?? cases[name] else { continue }
      let expected = try Expected(json)
      var settings = ModelSettings()
      try set(&settings)
      let result = try await PathFile(file).attribute([model], settings).results[0]
      #expect(Set(result.rows.map { $0.key.names[0]! }) == Set(expected.conversions.keys), "\(name)")
      for row in result.rows {
        let key = row.key.names[0]!
        func agrees(_ a: Double?, _ b: Double?) -> Bool {
          guard let b else { return true }
          return a.map { abs($0 - b) <= 1e-9 * abs(b) + rounding } ?? false
        }
        #expect(agrees(row.conversions, expected.conversions[key]), "\(name) \(key)")
        #expect(agrees(row.revenue, expected.value?[key]), "\(name) \(key)")
        #expect(agrees(row.removalEffect, expected.effects?[key]), "\(name) \(key)")
        #expect(agrees(row.removalEffectRevenue, expected.valueEffects?[key]), "\(name) \(key)")
      }
      if let probability = expected.probability { #expect(close(result.conversionProbability!, probability)) }
      checked += 1
    }
    return checked
  }

  private func cases(_ file: String) throws -> [String: Any] {
    let data = try Data(contentsOf: SharedData.url("cases/attribution/\(file)"))
    return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test("10,000 paths of PathData") func pathData() async throws {
    let file = SharedData.url("cases/attribution/pathdata.csv").path
    // The numbers are written with nine decimals.
    let checked = try await check(file, try cases("pathdata_expected.json"), prefix: "heuristic_", rounding: 6e-10)
    #expect(checked >= 11)
    let report = try await PathFile(file).attribute([.first])
    #expect(report.rows == 10_000 && report.rejections.isEmpty)
    #expect(report.results[0].totals.conversions == 19_785 && report.results[0].totals.journeys == 88_387)
  }

  @Test("The cases that are worked by hand") func tiny() async throws {
    let cases = try cases("tiny_paths.json")
    #expect(cases.count >= 7)
    let directory = try TemporaryDirectory()
    for (name, json) in cases {
      let tiny = try #require(json as? [String: Any])
      let rows = try #require(tiny["rows"] as? [[String: Any]])
      let columns = ["path", "total_conversions", "total_conversion_value", "total_null"]
      let lines = rows.map { row in columns.map { "\"\(row[$0] ?? "")\"" }.joined(separator: ",") }
      let file = try directory.file("\(name).csv", ([columns.joined(separator: ",")] + lines).joined(separator: "\n"))
      let checked = try await check(file, try #require(tiny["expected"] as? [String: Any]), rounding: 1e-12)
      #expect(checked >= 15, "\(name)")
    }
  }
}
