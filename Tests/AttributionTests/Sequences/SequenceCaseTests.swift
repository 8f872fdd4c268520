import Attribution
import Foundation
import Journeys
import TestSupport
import Testing

@Suite("Sequence reference cases", .enabled(if: SharedData.exists)) struct SequenceCaseTests {
  private static let cases = CaseFile.all(
    ["window_funnel", "sequence_match", "sequence_count", "sequence_next_node"])

  @Test("There are such cases") func enough() { #expect(Self.cases.count >= 40) }

  @Test("Agree exactly", arguments: cases) func agrees(_ file: CaseFile) async throws {
    let folder = try TemporaryDirectory()
    let store = try file.importEvents(to: folder.url)
    let result = try await AnalysisQuery(json: file.query()).run(over: store)
    let answer = try JSONSerialization.jsonObject(with: JSONEncoder().encode(result))
    #expect(differences(try #require(file.json()["expected"]), answer) == [])
  }
}
