import Foundation
import Journeys

extension FunnelQuery {
  /// Reads the JSON form of a query, kind `funnel`.
  ///
  /// Times are UTC unless they carry an offset. A field that this version does not answer is refused rather than
  /// left out of the answer.
  ///
  /// - Throws: `AttributionError` `.invalidQuery` or `.unsupported`.
  public init(json data: Data) throws(AttributionError) {
    do {
      self = try JSONDecoder().decode(Form.self, from: data).query
    } catch let error as AttributionError {
      throw error
    } catch let error as JourneyError {
      throw AttributionError(.invalidQuery, "funnel query: \(error.message)")
    } catch let error as DecodingError {
      throw AttributionError(.invalidQuery, "funnel query: \(error.problem)")
    } catch {
      throw AttributionError(.invalidQuery, "funnel query: it is no JSON")
    }
  }

  private struct Form: Decodable {
    let query: FunnelQuery

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Name.self)
      for name in container.allKeys {
        guard Self.fields.contains(name.stringValue) else {
          throw AttributionError(.invalidQuery, "funnel query: there is no field '\(name.stringValue)'")
        }
      }
      let kind = try container.decode(String.self, forKey: "kind")
      guard kind == "funnel" else { throw unsupported("kind '\(kind)'") }
      let mode = try container.decodeIfPresent(String.self, forKey: "mode") ?? "ordered"
      guard mode == "ordered" else { throw unsupported("mode '\(mode)'") }
      for name in ["exclusions", "breakdown", "where"] as [Name] where try container.hasContent(name) {
        throw unsupported("'\(name.stringValue)'")
      }
      if let zone = try container.decodeIfPresent(String.self, forKey: "timezone") { _ = try ZonedCalendar(zone) }

      let window = try container.decode(Double.self, forKey: "window_seconds")
      guard window >= 0, window < 1e12 else {
        throw AttributionError(.invalidQuery, "funnel query: window_seconds is negative or too long")
      }
      let period = try ZonedCalendar("UTC").period(
        from: container.decodeIfPresent(String.self, forKey: "date_from"),
        to: container.decodeIfPresent(String.self, forKey: "date_to"))
      query = FunnelQuery(
        try container.decode([StepForm].self, forKey: "steps").map(\.step),
        window: Int64((window * 1_000_000).rounded()), period: period)
    }

    private static let fields: Set<String> = [
      "kind", "steps", "window_seconds", "mode", "exclusions", "breakdown", "where", "timezone", "date_from",
      "date_to", "week_start",
    ]
  }

  private struct StepForm: Decodable {
    let step: Step

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Name.self)
      var matchers = try container.nestedUnkeyedContainer(forKey: "match")
      var events: [String?] = []
      while !matchers.isAtEnd {
        let matcher = try matchers.nestedContainer(keyedBy: Name.self)
        if try matcher.hasContent("where") { throw unsupported("'where' in a step (property filters)") }
        events.append(try matcher.decodeIfPresent(String.self, forKey: "event"))
      }
      let name = try container.decodeIfPresent(String.self, forKey: "name")
      step = Step(name ?? events.map { $0 ?? "any event" }.joined(separator: " or "), events: events)
    }
  }
}

private func unsupported(_ what: String) -> AttributionError {
  AttributionError(.unsupported, "funnel query: \(what) is not supported by this version")
}

/// A field of any name.
private struct Name: CodingKey, ExpressibleByStringLiteral {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringLiteral value: String) { stringValue = value }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension KeyedDecodingContainer<Name> {
  /// Whether a field is there and neither null nor empty.
  fileprivate func hasContent(_ name: Name) throws -> Bool {
    guard contains(name), try !decodeNil(forKey: name) else { return false }
    if let list = try? nestedUnkeyedContainer(forKey: name) { return !list.isAtEnd }
    return true
  }
}

extension DecodingError {
  /// Where in the JSON and what, without values.
  fileprivate var problem: String {
    func place(_ path: [any CodingKey]) -> String {
      let names = path.map { $0.intValue.map(String.init) ?? $0.stringValue }
      return names.isEmpty ? "the query" : "'\(names.joined(separator: "."))'"
    }
    return switch self {
    case .keyNotFound(let key, let context): "\(place(context.codingPath)) lacks '\(key.stringValue)'"
    case .typeMismatch(_, let context), .valueNotFound(_, let context): "\(place(context.codingPath)) has another type"
    default: "it is no JSON"
    }
  }
}
