import Foundation

/// A case of `cases/funnel`: events, a query, and what is known of the answer.
public struct ReferenceCase: Sendable, CustomStringConvertible {
  public struct Malformed: Error { public let file: String }

  public let name: String
  public let kind: String
  /// The JSON of the query.
  public let query: Data
  /// A JSONL event a line, with an id each, and the names of all properties.
  public let events: Data
  public let properties: [String]
  /// JSON; see `differences`.
  private let expected: Data
  private let tolerance: Double?

  public var description: String { name }

  /// The cases of some kinds, or all, by name; none where there are no shared data.
  public static func all(_ kinds: Set<String>? = nil) throws -> [ReferenceCase] {
    guard SharedData.exists else { return [] }
    return try FileManager.default.contentsOfDirectory(
      at: SharedData.url("cases/funnel"), includingPropertiesForKeys: nil
    ).filter { $0.pathExtension == "json" }.map { try ReferenceCase($0) }
      .filter { kinds?.contains($0.kind) ?? true }.sorted { $0.name < $1.name }
  }

  private init(_ file: URL) throws {
    name = file.deletingPathExtension().lastPathComponent
    guard let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any],
      let query = json["query"] as? [String: Any], let kind = query["kind"] as? String,
      let expected = json["expected"] as? [String: Any], !expected.isEmpty
    else { throw Malformed(file: name) }
    self.kind = kind
    self.query = try JSONSerialization.data(withJSONObject: query)
    self.expected = try JSONSerialization.data(withJSONObject: expected)
    tolerance = json["tolerance"] as? Double
    var properties: Set<String> = []
    let lines = try (json["events"] as? [[String: Any]] ?? []).map { event in
      let data = event["props"] as? [String: Any] ?? [:]
      properties.formUnion(data.keys)
      return try JSONSerialization.data(withJSONObject: [
        "id": UUID().uuidString, "customer_id": event["user"], "timestamp": event["ts"], "event_type": event["event"],
        "event_data": data,
      ])
    }
    events = Data(lines.joined(separator: Data("\n".utf8)))
    self.properties = properties.sorted()
  }

  /// Where an answer contradicts what is expected of it; empty when it does not.
  ///
  /// What is expected is a part: fields that are not named and elements that are null or empty may be anything, lists
  /// are of one length. Numbers agree to 1e-6 of their size, or to the tolerance of the case.
  public func differences(from answer: Data) throws -> [String] {
    let found = try JSONSerialization.jsonObject(with: answer)
    return compare(try JSONSerialization.jsonObject(with: expected), found, "")
  }
}

extension ReferenceCase {
  /// What tells the elements of a list apart that are in no order. Of `users_at` and what follows only some are named.
  private static let keys = [
    "breakdown": ["value"], "users_at": ["step", "exactly", "value"], "series_at": ["period_start", "value"],
    "cohort_users": ["cohort", "offset"], "appearances": ["cohort", "user"],
  ]
  /// Lists that are sets.
  private static let sets: Set = ["users", "converted_users", "dropped_users"]

  private func compare(_ expected: Any, _ found: Any?, _ place: String) -> [String] {
    switch expected {
    case let expected as [String: Any]:
      guard let found = found as? [String: Any] else { return ["\(place): no object"] }
      return expected.sorted { $0.key < $1.key }.flatMap { name, value in
        let place = "\(place).\(name)"
        if let keys = Self.keys[name], let elements = value as? [[String: Any]] {
          return compare(elements, found[name] as? [[String: Any]] ?? [], by: keys, isWhole: name == "breakdown", place)
        }
        if Self.sets.contains(name), let names = value as? [String] {
          return compare(names.sorted(), (found[name] as? [String])?.sorted(), place)
        }
        return compare(value, found[name], place)
      }
    case let expected as [Any]:
      guard let found = found as? [Any], found.count == expected.count else { return ["\(place): another length"] }
      return expected.indices.flatMap { index in
        let isAny = expected[index] is NSNull || (expected[index] as? [String: Any])?.isEmpty ?? false
        return isAny ? [] : compare(expected[index], found[index], "\(place)[\(index)]")
      }
    case is NSNull: return found is NSNull ? [] : ["\(place): not null"]
    case let expected as NSNumber:
      guard let found = found as? NSNumber else { return ["\(place): no number"] }
      let (a, b) = (expected.doubleValue, found.doubleValue)
      return abs(a - b) <= tolerance ?? 1e-6 * abs(a) ? [] : ["\(place): \(b), expected \(a)"]
    default:
      let text = found.map { "\($0)" } ?? "nothing"
      return "\(expected)" == text ? [] : ["\(place): \(text), expected \(expected)"]
    }
  }

  private func compare(
    _ expected: [[String: Any]], _ found: [[String: Any]], by keys: [String], isWhole: Bool, _ place: String
  ) -> [String] {
    func key(_ element: [String: Any]) -> String {
      keys.map { name in element[name].map { $0 is NSNull ? "" : "\($0)" } ?? "" }.joined(separator: " ")
    }
    let others = Dictionary(found.map { (key($0), $0) }) { first, _ in first }
    let parts = expected.flatMap { part in
      let rest = part.filter { !keys.contains($0.key) }
      let place = "\(place)[\(key(part))]"
      guard let numbers = part["exactly"] as? [Int] else { return compare(rest, others[key(part)], place) }
      // Users of one of several numbers of steps are those of each.
      let users = Set(numbers).flatMap { number in
        others[key(part.merging(["exactly": [number]]) { $1 })]?["users"] as? [String] ?? []
      }
      return compare(rest, ["users": users], place)
    }
    return (isWhole && expected.count != found.count ? ["\(place): another length"] : []) + parts
  }
}
