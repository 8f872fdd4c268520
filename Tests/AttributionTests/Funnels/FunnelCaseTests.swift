import Attribution
import Foundation
import Journeys
import TestSupport
import Testing

/// The ordered funnels of `cases/funnel` that need no property filter, breakdown or exclusion, as a user runs them:
/// events as JSONL through the import, the query as a file.
@Suite("Funnel reference cases", .enabled(if: SharedData.exists)) struct FunnelCaseTests {
  private static func json(_ url: URL) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
  }

  private static func isAnswered(_ query: [String: Any]) -> Bool {
    let steps = query["steps"] as? [[String: Any]] ?? []
    let matchers = steps.flatMap { $0["match"] as? [[String: Any]] ?? [] }
    return query["kind"] as? String == "funnel" && query["mode"] as? String ?? "ordered" == "ordered"
      && query["breakdown"] == nil && query["exclusions"] == nil && query["where"] == nil
      && matchers.allSatisfy { $0["where"] == nil }
  }

  private static let cases: [URL] = {
    let folder = SharedData.url("cases/funnel")
    let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return files.filter { file in
      file.pathExtension == "json" && (try? isAnswered(json(file)["query"] as? [String: Any] ?? [:])) == true
    }
    .sorted { $0.path < $1.path }
  }()

  private static func importEvents(_ events: [[String: Any]], to folder: URL) throws -> JourneyStore {
    let lines = try events.map { event in
      try JSONSerialization.data(withJSONObject: [
        "id": UUID().uuidString, "customer_id": event["user"]!, "timestamp": event["ts"]!,
        "event_type": event["event"]!,
        "event_data": event["props"] ?? [:],
      ])
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: "events.jsonl")
    try Data(lines.joined(separator: Data([0x0a]))).write(to: file)
    let report = try JourneyImport(.jsonLines).run([file.path], to: folder.appending(path: "journeys"))
    #expect(report.rejections.isEmpty)
    return try JourneyStore(folder.appending(path: "journeys"))
  }

  @Test("There are such cases") func enough() { #expect(Self.cases.count >= 8) }

  @Test("Agree exactly", arguments: cases) func agrees(_ file: URL) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "funnel-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let reference = try Self.json(file)
    let store = try Self.importEvents(try #require(reference["events"] as? [[String: Any]]), to: folder)
    let query = try FunnelQuery(json: JSONSerialization.data(withJSONObject: #require(reference["query"])))
    let result = try await Funnel(query, of: store, listingCustomers: true).run(over: store)
    let answer = FunnelQueryResult(result, of: store)

    let expected = try #require(reference["expected"] as? [String: Any])
    let steps = expected["steps"] as? [[String: Any]] ?? []
    #expect(steps.isEmpty || steps.count == answer.steps.count)
    for (step, expected) in zip(answer.steps, steps) {
      if let count = expected["count"] as? Int { #expect(step.count == count) }
      if let users = expected["users"] as? [String] { #expect(Set(step.users) == Set(users)) }
      func check(_ seconds: Double?, _ name: String) {
        guard let value = expected[name] else { return }
        #expect(seconds == value as? Double, "\(name)")
      }
      check(step.avgSeconds, "avg_seconds")
      check(step.medianSeconds, "median_seconds")
    }
    for expected in expected["users_at"] as? [[String: Any]] ?? [] {
      let users = Set(try #require(expected["users"] as? [String]))
      if let levels = expected["exactly"] as? [Int] {
        let exactly = Set(levels).flatMap { result.furthest[$0 - 1] }.map { store.customerID(Int($0)) }
        #expect(Set(exactly) == users)
      } else {
        #expect(Set(try #require(answer.usersAt.first { $0.step == expected["step"] as? Int }).users) == users)
      }
    }
  }
}

@Suite("Funnel queries in JSON") struct FunnelQueryTests {
  private func query(_ further: String = "", match: String = #"{"event": "a"}"#) throws -> FunnelQuery {
    try FunnelQuery(
      json: Data(
        #"{"kind": "funnel", "window_seconds": 0.5, "steps": [{"name": "A", "match": [\#(match)]}] \#(further)}"#.utf8))
  }

  @Test("Steps, window and dates") func reads() throws {
    let query = try query(#", "date_from": "2024-01-01", "date_to": "2024-01-02T00:00:00.5Z", "mode": "ordered""#)
    #expect(query.steps == [.init("A", events: ["a"])])
    #expect(query.window == 500_000)
    #expect(query.period == 1_704_067_200_000_000...1_704_153_600_500_000)
    #expect(try self.query(match: #"{"event": null}, {"event": "b"}"#).steps[0].events == [nil, "b"])
  }

  @Test(
    "What is not answered is named instead of left out",
    arguments: [
      (#", "mode": "strict""#, "mode 'strict'"), (#", "breakdown": {"props": ["x"]}"#, "'breakdown'"),
      (#", "exclusions": [{"match": []}]"#, "'exclusions'"), (#", "where": [{"prop": "x"}]"#, "'where'"),
    ])
  func unsupported(_ further: String, _ named: String) throws {
    let error = #expect(throws: AttributionError.self) { try query(further) }
    #expect(error?.code == .unsupported && error?.message.contains(named) ?? false)
    let filter = #expect(throws: AttributionError.self) {
      try query(match: #"{"event": "a", "where": [{"prop": "x"}]}"#)
    }
    #expect(filter?.code == .unsupported)
  }

  @Test("Empty lists and nulls ask for nothing") func empty() throws {
    #expect(try query(#", "exclusions": [], "where": [], "breakdown": null, "timezone": "US/Pacific""#) == query())
  }

  @Test(
    "Malformed queries say where",
    arguments: [
      (#"{"kind": "funnel"}"#, "lacks 'window_seconds'"), ("[1]", "the query has another type"), ("{", "no JSON"),
      (#"{"kind": "funnel", "window_seconds": "x", "steps": []}"#, "'window_seconds' has another type"),
      (#"{"kind": "funnel", "widow": 1}"#, "no field 'widow'"), (#"{"kind": "retention"}"#, "kind 'retention'"),
      (#"{"kind": "funnel", "window_seconds": -1, "steps": []}"#, "negative"),
      (#"{"kind": "funnel", "window_seconds": 1, "steps": [{"name": "a"}]}"#, "'steps.0' lacks 'match'"),
      (#"{"kind": "funnel", "window_seconds": 1, "steps": [], "date_from": "soon"}"#, "is no date"),
    ])
  func malformed(_ json: String, _ problem: String) {
    let error = #expect(throws: AttributionError.self) { try FunnelQuery(json: Data(json.utf8)) }
    #expect(error?.message.contains(problem) ?? false, "\(error?.message ?? "")")
  }
}
