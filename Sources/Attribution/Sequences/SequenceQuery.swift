import Foundation
import Journeys

/// A question about the sequence of a customer's events, as ClickHouse's functions `windowFunnel`, `sequenceMatch`,
/// `sequenceCount` and `sequenceNextNode` answer it. Times are cut to whole seconds, as theirs are.
///
/// In JSON, each with `where`, `date_from`, `date_to` and `timezone` like a funnel's:
/// ```
/// {"kind": "window_funnel", "conditions": [{"event": "…", "where": […]}…], "window": seconds,
///  "modes": ["strict_deduplication" | "strict_order" | "strict_increase" | "strict_once" | "allow_reentry"]}
/// {"kind": "sequence_match" | "sequence_count", "conditions": […], "pattern": "(?1)(?t<60).*(?2)"}
/// {"kind": "sequence_next_node", "direction": "forward" | "backward",
///  "base": "head" | "tail" | "first_match" | "last_match", "chain": […], "base_condition": {…}}
/// ```
public struct SequenceQuery: Sendable, Equatable {
  public enum Mode: String, Sendable, CaseIterable {
    /// A repeat of a condition that has been reached ends the search.
    case strictDeduplication = "strict_deduplication"
    /// An event that matches nothing, or a condition whose predecessor is missing, ends it.
    case strictOrder = "strict_order"
    /// Times grow strictly.
    case strictIncrease = "strict_increase"
    /// An event serves a chain once, and all chains are kept.
    case strictOnce = "strict_once"
    /// With strict order: conditions that come too early are passed over.
    case allowReentry = "allow_reentry"
  }

  public enum Direction: String, Sendable, CaseIterable { case forward, backward }

  public enum Base: String, Sendable, CaseIterable {
    case head, tail
    case firstMatch = "first_match"
    case lastMatch = "last_match"
  }

  public enum Question: Sendable, Equatable {
    /// How many conditions one after the other in a window of so many seconds.
    case windowFunnel(window: Int64, modes: Set<Mode>)
    /// Whether the pattern occurs.
    case match(SequencePattern)
    /// How often, one behind the other.
    case count(SequencePattern)
    /// Which event comes after a chain of neighbours.
    case nextNode(Direction, Base, condition: EventMatcher?)
  }

  public var question: Question
  /// The conditions, or the chain.
  public var conditions: [EventMatcher]
  /// On every event, before anything else.
  public var filter: [EventCondition] = []
  /// Events outside of it do not count, microseconds since 1970 UTC, both ends included.
  public var period: ClosedRange<Int64>?

  public init(_ question: Question, _ conditions: [EventMatcher]) {
    self.question = question
    self.conditions = conditions
  }
}

extension SequenceQuery {
  static let kinds = ["window_funnel", "sequence_match", "sequence_count", "sequence_next_node"]
  private static let common = ["kind", "where", "date_from", "date_to", "timezone"]

  /// - Throws: `AttributionError.invalidQuery` with the place in the JSON.
  public init(json data: Data) throws(AttributionError) { try self.init(QueryValue(json: data)) }

  init(_ json: QueryValue) throws(AttributionError) {
    guard let kind = try json.field("kind") else { throw json.error("lacks the field 'kind'") }
    let query: QueryObject
    switch try kind.text() {
    case "window_funnel":
      query = try json.object(Self.common + ["conditions", "window", "modes"])
      var modes: Set<Mode> = []
      for mode in try query.list("modes") { modes.insert(try mode.choice()) }
      if modes.contains(.allowReentry) && !modes.contains(.strictOrder) {
        throw json.error("has the mode allow_reentry, which needs strict_order beside it")
      }
      question = .windowFunnel(window: try query.required("window").integer(0...Int64.max), modes: modes)
      conditions = try Self.matchers(query.required("conditions"), least: 1)
    case "sequence_match", "sequence_count":
      query = try json.object(Self.common + ["conditions", "pattern"])
      conditions = try Self.matchers(query.required("conditions"), least: 1)
      let text = try query.required("pattern")
      let pattern: SequencePattern
      do throws(AttributionError) {
        pattern = try SequencePattern(text.text(), conditions: conditions.count)
      } catch {
        throw text.error(error.message)
      }
      question = try kind.text() == "sequence_match" ? .match(pattern) : .count(pattern)
    case "sequence_next_node":
      query = try json.object(Self.common + ["direction", "base", "chain", "base_condition"])
      let condition = try query["base_condition"].map { (json) throws(AttributionError) in try EventMatcher(json) }
      question = .nextNode(
        try query["direction"]?.choice() ?? .forward, try query["base"]?.choice() ?? .head, condition: condition)
      conditions = try Self.matchers(query.required("chain"), least: 0)
    case let name: throw kind.error("is '\(name)'; a sequence's is \(Self.kinds.joined(separator: ", "))")
    }
    filter = try EventCondition.list(query.list("where"))
    period = try query.period(query.calendar())
  }

  private static func matchers(_ json: QueryValue, least: Int) throws(AttributionError) -> [EventMatcher] {
    var matchers: [EventMatcher] = []
    for element in try json.list() { matchers.append(try EventMatcher(element)) }
    guard least...EventClassifier.mostClasses - 1 ~= matchers.count else {
      throw json.error("has \(matchers.count) elements; \(least) to \(EventClassifier.mostClasses - 1) are possible")
    }
    return matchers
  }
}
