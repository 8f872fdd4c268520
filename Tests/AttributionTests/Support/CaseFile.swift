import Foundation
import Journeys
import TestSupport
import Testing

/// A reference case of `cases/funnel`, run as a user runs it: events as JSONL through the import, the query as a file.
struct CaseFile: CustomTestStringConvertible, Sendable {
  let url: URL
  var testDescription: String { url.deletingPathExtension().lastPathComponent }

  /// The cases whose query is of one of some kinds.
  static func all(_ kinds: [String]) -> [CaseFile] {
    let folder = SharedData.url("cases/funnel")
    let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    return files.filter { file in
      guard file.pathExtension == "json", let query = try? CaseFile(url: file).json()["query"] as? [String: Any] else {
        return false
      }
      return kinds.contains(query["kind"] as? String ?? "")
    }
    .sorted { $0.path < $1.path }.map { CaseFile(url: $0) }
  }

  func json() throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
  }

  func query() throws -> Data { try JSONSerialization.data(withJSONObject: #require(json()["query"])) }

  func importEvents(to folder: URL) throws -> JourneyStore {
    let reference = try json()
    let events = try #require(reference["events"] as? [[String: Any]])
    var properties: Set<String> = []
    let lines = try events.map { event in
      let data = event["props"] as? [String: Any] ?? [:]
      properties.formUnion(data.keys)
      return try JSONSerialization.data(withJSONObject: [
        "id": UUID().uuidString, "customer_id": event["user"]!, "timestamp": event["ts"]!,
        "event_type": event["event"]!, "event_data": data,
      ])
    }
    let file = folder.appending(path: "events.jsonl")
    try Data(lines.joined(separator: Data([0x0a]))).write(to: file)
    let run = JourneyImport(.jsonLines, properties: properties.sorted())
    let report = try run.run([file.path], to: folder.appending(path: "journeys"))
    #expect(report.rejections.isEmpty)
    return try JourneyStore(folder.appending(path: "journeys"))
  }
}

/// What of an expected answer another does not have, by place; empty when it agrees. Expected are parts: fields of
/// objects that are named, all elements of lists (of which `null` and `{}` stand for any), numbers to 1e-6.
func differences(_ expected: Any, _ found: Any?, _ place: String = "") -> [String] {
  switch expected {
  case let expected as [String: Any]:
    guard let found = found as? [String: Any] else { return ["\(place): no object"] }
    return expected.flatMap { differences($1, found[$0], "\(place).\($0)") }
  case let expected as [Any]:
    guard let found = found as? [Any], found.count == expected.count else { return ["\(place): another length"] }
    return expected.indices.flatMap { index in
      expected[index] is NSNull || (expected[index] as? [String: Any])?.isEmpty ?? false
        ? [] : differences(expected[index], found[index], "\(place)[\(index)]")
    }
  case is NSNull: return found is NSNull ? [] : ["\(place): expected null"]
  case let expected as NSNumber:
    guard let found = found as? NSNumber else { return ["\(place): no number"] }
    let (a, b) = (expected.doubleValue, found.doubleValue)
    return abs(a - b) <= 1e-6 * max(abs(a), abs(b)) ? [] : ["\(place): \(b), expected \(a)"]
  default:
    let found = found.map { "\($0)" } ?? "nothing"
    return "\(expected)" == found ? [] : ["\(place): \(found), expected \(expected)"]
  }
}
