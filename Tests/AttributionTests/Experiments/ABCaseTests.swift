import Attribution
import Foundation
import TestSupport
import Testing

/// The read-outs of PostHog's and GrowthBook's own tests, from sufficient statistics.
@Suite("A/B reference cases", .enabled(if: SharedData.exists)) struct ABCaseTests {
  private static func json(_ url: URL) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
  }

  private static let cases: [URL] = {
    let files = try? FileManager.default.contentsOfDirectory(
      at: SharedData.url("cases/funnel"), includingPropertiesForKeys: nil)
    return (files ?? []).filter { $0.lastPathComponent.hasPrefix("ab_") }.sorted { $0.path < $1.path }
  }()

  private static func numbers(_ json: Any?) throws -> [Double] {
    if let list = json as? [Double] { return list }
    return [try #require(json as? Double)]
  }

  @Test("There are such cases") func enough() { #expect(Self.cases.count >= 25) }

  @Test("Agree within their tolerance", arguments: cases) func agrees(_ file: URL) throws {
    let reference = try Self.json(file)
    let form = try #require(reference["query"] as? [String: Any])
    let query = try JSONSerialization.data(withJSONObject: form)
    let answer = try JSONEncoder().encode(ExperimentQuery(json: query).result())
    let found = try #require(JSONSerialization.jsonObject(with: answer) as? [String: Any])
    let tolerance = try #require(reference["tolerance"] as? Double)
    for (name, expected) in try #require(reference["expected"] as? [String: Any]) {
      let wanted = try Self.numbers(expected)
      let numbers = try Self.numbers(found[name])
      #expect(wanted.count == numbers.count)
      for (number, value) in zip(numbers, wanted) { #expect(abs(number - value) <= tolerance, "\(name)") }
    }
  }
}
