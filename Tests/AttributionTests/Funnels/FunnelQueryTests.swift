import Attribution
import Foundation
import Testing

@Suite("Funnel queries in JSON") struct FunnelQueryTests {
  private func query(_ further: String = "", match: String = #"{"event": "a"}"#) throws -> FunnelQuery {
    try FunnelQuery(
      json: Data(
        #"{"kind": "funnel", "window_seconds": 0.5, "steps": [{"name": "A", "match": [\#(match)]}] \#(further)}"#.utf8))
  }

  @Test("Steps, window and dates") func reads() throws {
    let query = try query(#", "date_from": "2024-01-01", "date_to": "2024-01-02T00:00:00.5Z", "mode": "strict""#)
    #expect(query.steps == [.init("A", events: ["a"])])
    #expect(query.window == 500_000)
    #expect(query.mode == .strict)
    #expect(query.period == 1_704_067_200_000_000...1_704_153_600_500_000)
    #expect(try self.query(match: #"{"event": null}, {"event": "b"}"#).steps[0].match.map(\.event) == [nil, "b"])
  }

  @Test("Empty lists and nulls ask for nothing") func empty() throws {
    #expect(try query(#", "exclusions": [], "where": [], "breakdown": null, "timezone": null"#) == query())
  }

  @Test(
    "Malformed queries say where, and what to do",
    arguments: [
      (#"{"kind": "funnel"}"#, "lacks the field 'steps'"), ("[1]", "has another type"), ("{", "no JSON"),
      (#"{"kind": "funnel", "window_seconds": "x", "steps": [{"match": [{}]}]}"#, "'window_seconds' has another type"),
      (#"{"kind": "funnel", "widow_seconds": 1}"#, "no field 'widow_seconds'. Did you mean 'window_seconds'?"),
      (#"{"kind": "funel"}"#, "'kind' is 'funel'. Did you mean 'funnel'?"),
      (#"{"kind": "funnel", "window_seconds": -1, "steps": [{"match": [{}]}]}"#, "'window_seconds' is negative"),
      (#"{"kind": "funnel", "window_seconds": 1, "steps": []}"#, "'steps' is empty"),
      (#"{"kind": "funnel", "window_seconds": 1, "steps": [{"name": "a"}]}"#, "'steps[0]' lacks the field 'match'"),
      (#"{"kind": "funnel", "window_seconds": 1, "steps": [{"match": []}]}"#, "'steps[0].match' is empty"),
      (#"{"kind": "funnel", "window_seconds": 1, "steps": [{"match": [{}]}], "date_from": "soon"}"#, "is no date"),
      (#"{"kind": "funnel", "window_seconds": 1, "steps": [{"match": [{}]}], "mode": "any"}"#, "'mode' is 'any'"),
      (
        #"{"kind": "funnel", "window_seconds": 1, "steps": [{"match": [{}]}, {"match": [{}]}], "#
          + #""exclusions": [{"match": [{}], "from_step": 0, "to_step": 2}]}"#, "'exclusions[0].to_step' is 2"
      ),
      (
        #"{"kind": "funnel", "window_seconds": 1, "steps": [{"match": [{}]}, {"match": [{}]}], "#
          + #""exclusions": [{"match": [{}], "from_step": 1, "to_step": 1}]}"#, "the first below the second"
      ),
      (
        #"{"kind": "funnel", "window_seconds": 1, "steps": [{"match": [{}], "optional": true}]}"#,
        "the first step cannot be optional"
      ),
    ])
  func malformed(_ json: String, _ problem: String) {
    let error = #expect(throws: AttributionError.self) { try AnalysisQuery(json: Data(json.utf8)) }
    #expect(error?.message.contains(problem) ?? false, "\(error?.message ?? "")")
  }
}
