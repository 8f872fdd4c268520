import Foundation
import TestSupport
import Testing

/// The cases of `cases/funnel` as a user runs them: import the events, ask the query.
@Suite(.enabled(if: SharedData.exists)) struct ReferenceCaseCommandTests {
  private static let commands = [
    "retention": ["cohort"], "ch_retention": ["cohort"], "ab_test": ["campaigns", "ab"], "ab_srm": ["campaigns", "ab"],
  ]

  /// A test blocks its thread while the program runs, so that no more run at once than there are cores.
  @Test(arguments: try ReferenceCase.all()) func agrees(_ reference: ReferenceCase) throws {
    let program = try Program()
    _ = try program.folder.file("query.json", reference.query)
    let command = Self.commands[reference.kind] ?? ["funnel"]
    var arguments = command + ["--query", "query.json", "--format", "json"]
    if command != ["campaigns", "ab"] {
      _ = try program.folder.file("events.jsonl", reference.events)
      let imported = try program.run(
        ["import", "--output", "journeys", "events.jsonl"] + reference.properties.flatMap { ["--property", $0] })
      #expect(imported.status == 0, "\(imported.errors)")
      arguments += ["--journeys", "journeys"]
    }
    let run = try program.run(arguments)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try reference.differences(from: run.output) == [])
  }
}
