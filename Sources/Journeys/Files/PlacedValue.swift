/// A value of JSON that knows its place in it, so that every complaint can name the place.
///
/// Decodable, so that what is read by `Decodable` types can hold one.
package struct PlacedValue: Sendable, Equatable {
  package indirect enum Content: Sendable, Equatable {
    case null
    case flag(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([PlacedValue])
    case object([String: PlacedValue])
  }

  package let content: Content
  /// `steps[1].match[0].event`; empty for the whole.
  package let place: String
}

extension PlacedValue: Decodable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    place = decoder.codingPath.reduce(into: "") { place, key in
      if let index = key.intValue {
        place += "[\(index)]"
      } else {
        place += place.isEmpty ? key.stringValue : ".\(key.stringValue)"
      }
    }
    if container.decodeNil() {
      content = .null
    } else if let flag = try? container.decode(Bool.self) {
      content = .flag(flag)
    } else if let integer = try? container.decode(Int64.self) {
      content = .integer(integer)
    } else if let number = try? container.decode(Double.self) {
      content = .number(number)
    } else if let text = try? container.decode(String.self) {
      content = .text(text)
    } else if let list = try? container.decode([PlacedValue].self) {
      content = .list(list)
    } else {
      content = .object(try container.decode([String: PlacedValue].self))
    }
  }
}
