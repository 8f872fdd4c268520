import Foundation
import Journeys

/// A segment as the service's `customer_segments` describes it.
public struct SegmentDefinition: Sendable, Equatable {
  public var id: String?
  public var name: String
  /// `segment_type`.
  public var type: String?
  public var criteria: SegmentCriteria

  public init(id: String? = nil, name: String, type: String? = nil, criteria: SegmentCriteria) {
    self.id = id
    self.name = name
    self.type = type
    self.criteria = criteria
  }

  /// The segments of a file: criteria alone, a segment as in the body of `POST /segments`, or a list of such.
  ///
  /// - Parameters:
  ///   - source: what errors call the JSON, such as the file's name.
  ///   - calendar: cuts the days of dates.
  /// - Throws: `ModelError` `.malformedCriteria` with the place in the JSON and the name that was probably meant.
  public static func segments(
    json: Data, source: String, calendar: ZonedCalendar
  ) throws(ModelError) -> [SegmentDefinition] {
    let reader = SegmentReader(source: source, calendar: calendar)
    let value = try reader.value(json)
    if case .list(let list) = value.content {
      guard !list.isEmpty else { throw reader.error(value, "is an empty list: there is no segment") }
      var segments: [SegmentDefinition] = []
      for element in list { segments.append(try reader.segment(element, name: nil)) }
      return segments
    }
    return [try reader.segment(value, name: source)]
  }
}

extension SegmentCriteria {
  /// The column `criteria` of `customer_segments`: `{"conditions": [{"field", "operator", "value"}, …], "logic"}`.
  ///
  /// - Throws: `ModelError.malformedCriteria`.
  public init(json: Data, source: String, calendar: ZonedCalendar) throws(ModelError) {
    let reader = SegmentReader(source: source, calendar: calendar)
    self = try reader.criteria(try reader.value(json))
  }
}

/// Reads the JSON of segments; every complaint names the place.
struct SegmentReader {
  let source: String
  let calendar: ZonedCalendar

  func value(_ json: Data) throws(ModelError) -> PlacedValue {
    do {
      return try JSONDecoder().decode(PlacedValue.self, from: json)
    } catch {
      throw ModelError(
        .malformedCriteria, "\(source): it is no JSON: look for a missing comma, quote or bracket")
    }
  }

  func error(_ value: PlacedValue, _ problem: String) -> ModelError {
    ModelError(
      .malformedCriteria, value.place.isEmpty ? "\(source): it \(problem)" : "\(source): '\(value.place)' \(problem)")
  }

  private static let bodyFields = [
    "id", "vendor_id", "segment_name", "segment_name_bn", "description", "segment_type", "criteria", "is_dynamic",
    "is_active",
  ]

  /// - Parameter name: of criteria that stand alone.
  func segment(_ value: PlacedValue, name: String?) throws(ModelError) -> SegmentDefinition {
    guard case .object(let fields) = value.content else { throw error(value, "is to be an object {…}") }
    guard let criteria = fields["criteria"] else {
      // Without criteria inside it is criteria.
      if let name, fields["segment_name"] == nil {
        return SegmentDefinition(name: name, criteria: try self.criteria(value))
      }
      throw error(value, "lacks the field 'criteria'")
    }
    try check(fields, of: value, known: Self.bodyFields)
    let title = try text(fields["segment_name"]) ?? name
    guard let title else { throw error(value, "lacks the field 'segment_name'") }
    return SegmentDefinition(
      id: try text(fields["id"]), name: title, type: try text(fields["segment_type"]),
      criteria: try self.criteria(criteria))
  }

  func criteria(_ value: PlacedValue) throws(ModelError) -> SegmentCriteria {
    guard case .object(let fields) = value.content else { throw error(value, "is to be an object {…}") }
    guard let conditions = fields["conditions"] else {
      guard fields["field"] != nil else {
        throw error(value, "lacks the field 'conditions' of a group, or 'field' of a condition")
      }
      return .condition(try condition(value, fields))
    }
    try check(fields, of: value, known: ["conditions", "logic"])
    guard case .list(let list) = conditions.content else { throw error(conditions, "is to be a list […]") }
    guard !list.isEmpty else { throw error(conditions, "is empty: a group has at least one condition") }
    var parts: [SegmentCriteria] = []
    for element in list { parts.append(try criteria(element)) }
    guard let logic = fields["logic"] else { return .all(parts) }
    switch try text(logic)?.uppercased() {
    case nil, "AND": return .all(parts)
    case "OR": return .any(parts)
    case "NOT": return .none(parts)
    default: throw error(logic, "is to be AND, OR or NOT (none of the conditions)")
    }
  }

  func check(_ fields: [String: PlacedValue], of value: PlacedValue, known: [String]) throws(ModelError) {
    for name in fields.keys.sorted() where !known.contains(name) {
      throw error(value, "has no field '\(name)'.\(hint(name, known)) The fields are: \(known.joined(separator: ", "))")
    }
  }

  func hint(_ name: String, _ known: [String]) -> String {
    nearestName(to: name, among: known).map { " Did you mean '\($0)'?" } ?? ""
  }

  /// Nil for what is absent or null.
  func text(_ value: PlacedValue?) throws(ModelError) -> String? {
    guard let value, value.content != .null else { return nil }
    guard case .text(let text) = value.content else { throw error(value, "is to be text in quotes") }
    return text
  }
}
