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
    if reference.kind == "ch_retention" {
      let query = try JSONDecoder().decode(ConditionRetentionQuery.self, from: reference.query)
      let tally = try await ConditionRetention(query, of: store, listingCustomers: true).run(over: store)
      try reference.check(JSONEncoder().encode(ConditionRetentionAnswer(tally, of: store)))
    } else {
      let query = try JSONDecoder().decode(RetentionQuery.self, from: reference.query)
      let result = try await query.run(over: store, listingCustomers: true)
      let answer = RetentionAnswer(result, of: store, listingCustomers: true)
      try reference.check(JSONEncoder().encode(answer))
    }
  }
}
