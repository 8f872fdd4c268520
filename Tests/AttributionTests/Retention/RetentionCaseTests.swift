import Attribution
import Foundation
import TestSupport
import Testing

/// The retention cases of PostHog and ClickHouse, as a user runs them.
@Suite("Retention reference cases", .enabled(if: SharedData.exists)) struct RetentionCaseTests {
  private static let cases = ReferenceCase.files(of: ["retention", "ch_retention"])

  @Test("There are such cases") func enough() { #expect(Self.cases.count >= 19) }

  @Test("Agree exactly", arguments: cases) func agrees(_ file: URL) async throws {
    let directory = try TemporaryDirectory()
    let reference = try ReferenceCase(file)
    let store = try reference.store(in: directory.url)
    let query = try AnalysisQuery(json: reference.query)
    #expect(query.warnings(of: store).isEmpty)
    try reference.check(JSONEncoder().encode(try await query.run(over: store)))
  }
}
