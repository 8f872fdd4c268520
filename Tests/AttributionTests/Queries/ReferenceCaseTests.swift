import Attribution
import Foundation
import Journeys
import TestSupport
import Testing

/// The tests of PostHog, ClickHouse and GrowthBook, whose answers nobody here chose.
@Suite("Reference cases", .enabled(if: SharedData.exists)) struct ReferenceCaseTests {
  @Test("There are cases of every kind") func kinds() throws {
    let counts = Dictionary(grouping: try ReferenceCase.all(), by: \.kind).mapValues(\.count)
    #expect(Set(counts.keys) == Set(AnalysisQuery.kinds + ExperimentQuery.kinds))
    #expect(counts.values.reduce(0, +) >= 146)
  }

  @Test("Agree", arguments: try ReferenceCase.all()) func agrees(_ reference: ReferenceCase) async throws {
    if ExperimentQuery.kinds.contains(reference.kind) {
      let result = try ExperimentQuery(json: reference.query).result()
      #expect(try reference.differences(from: JSONEncoder().encode(result)) == [])
      return
    }
    let folder = try TemporaryDirectory()
    let file = try folder.file("events.jsonl", reference.events)
    let directory = folder.url.appending(path: "journeys")
    let report = try JourneyImport(.jsonLines, properties: reference.properties).run([file], to: directory)
    #expect(report.rejections.isEmpty)
    let (store, query) = (try JourneyStore(directory), try AnalysisQuery(json: reference.query))
    #expect(try reference.differences(from: JSONEncoder().encode(try await query.run(over: store))) == [])
  }
}
