import Foundation
import Journeys
import TestSupport
import Testing

/// A case of `cases/funnel`: events, a query and a part of its answer.
struct ReferenceCase {
  let query: Data
  let kind: String
  let expected: [String: Any]
  private let events: [[String: Any]]

  init(_ file: URL) throws {
    let json = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    let query = try #require(json["query"] as? [String: Any])
    self.query = try JSONSerialization.data(withJSONObject: query)
    kind = try #require(query["kind"] as? String)
    expected = try #require(json["expected"] as? [String: Any])
    events = try #require(json["events"] as? [[String: Any]])
  }

  static func files(of kinds: Set<String>) -> [URL] {
    let files = try? FileManager.default.contentsOfDirectory(
      at: SharedData.url("cases/funnel"), includingPropertiesForKeys: nil)
    return (files ?? []).filter { $0.pathExtension == "json" && (try? kinds.contains(ReferenceCase($0).kind)) == true }
      .sorted { $0.path < $1.path }
  }

  /// The events as a user gets them into a store: JSONL through the import, with every property.
  func store(in folder: URL) throws -> JourneyStore {
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
    let report = try JourneyImport(.jsonLines, properties: properties.sorted())
      .run([file.path], to: folder.appending(path: "journeys"))
    #expect(report.rejections.isEmpty)
    return try JourneyStore(folder.appending(path: "journeys"))
  }

  /// Holds an answer against what is expected of it: fields that are not named, and elements that are null or empty,
  /// may be anything.
  func check(_ answer: Data) throws {
    let found = try JSONSerialization.jsonObject(with: answer)
    #expect(!expected.isEmpty)
    Self.compare(found, expected, "")
  }

  /// What tells the elements of a list apart that need not be complete or in order.
  private static let keys = [
    "breakdown": ["value"], "cohort_users": ["cohort", "offset"], "appearances": ["cohort", "user"],
  ]

  private static func compare(_ found: Any?, _ expected: Any, _ place: String) {
    if let fields = expected as? [String: Any] {
      for (name, value) in fields {
        let part = (found as? [String: Any])?[name]
        guard let keys = keys[name], let elements = value as? [[String: Any]] else {
          compare(part, value, "\(place).\(name)")
          continue
        }
        func key(_ element: [String: Any]) -> String { keys.map { "\(element[$0] ?? "")" }.joined(separator: " ") }
        let others = part as? [[String: Any]] ?? []
        if name == "breakdown" { #expect(others.count == elements.count, "\(place).\(name)") }
        for element in elements {
          compare(others.first { key($0) == key(element) }, element, "\(place).\(name)[\(key(element))]")
        }
      }
    } else if let names = expected as? [String] {
      #expect((found as? [String]).map(Set.init) == Set(names), "\(place)")
    } else if let elements = expected as? [Any] {
      let others = found as? [Any] ?? []
      #expect(others.count == elements.count, "\(place)")
      for (number, (other, element)) in zip(others, elements).enumerated() where !(element is NSNull) {
        compare(other, element, "\(place)[\(number)]")
      }
    } else if let number = expected as? Double {
      let other = found as? Double ?? .nan
      #expect(abs(other - number) <= 1e-6 * abs(number), "\(place): \(other), not \(number)")
    } else {
      #expect("\(found ?? "nothing")" == "\(expected)", "\(place)")
    }
  }
}
