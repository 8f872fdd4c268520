import Foundation
import Journeys

/// A key of `event_data` whose values are lists, as the store keeps them: compact JSON in a dictionary column. Text
/// that is no list is a list of one.
struct ListColumn: Sendable {
  let codes: Column<Int32>
  /// The distinct items, sorted.
  let names: [String]
  /// By code of the dictionary, where its items lie: `items[offsets[code]..<offsets[code + 1]]`.
  private let offsets: [Int32]
  private let items: [Int32]

  /// Nil when no event has the key as text. Cost: one pass over the dictionary.
  init?(_ key: String, of store: JourneyStore) {
    guard let (codes, names) = store.eventNames(key) else { return nil }
    self.codes = codes
    let lists = (0..<Int32(names.count)).map { Self.items(of: names[$0]) }
    let distinct = Set(lists.joined()).sorted()
    let places = Dictionary(uniqueKeysWithValues: zip(distinct, Int32(0)...))
    var offsets: [Int32] = [0]
    var items: [Int32] = []
    for list in lists {
      items += Set(list).compactMap { places[$0] }.sorted()
      offsets.append(Int32(items.count))
    }
    self.names = distinct
    self.offsets = offsets
    self.items = items
  }

  /// The places of an event's items in `names`, each once; empty for none.
  @inline(__always)
  func items(ofEvent event: Int) -> ArraySlice<Int32> { items(ofCode: codes[event]) }

  func items(ofCode code: Int32) -> ArraySlice<Int32> {
    guard code >= 0, Int(code) + 1 < offsets.count else { return [] }
    return items[Int(offsets[Int(code)])..<Int(offsets[Int(code) + 1])]
  }

  /// The strings and numbers of a JSON list; other text as the only item, empty text as none.
  static func items(of text: String) -> [String] {
    guard text.utf8.first == UInt8(ascii: "[") else { return text.isEmpty ? [] : [text] }
    // Without escapes every second piece between quotes is an item: dictionaries of products are long.
    if text.utf8.dropFirst().first == UInt8(ascii: "\""), !text.utf8.contains(UInt8(ascii: "\\")) {
      let pieces = text.split(separator: "\"", omittingEmptySubsequences: false)
      let separators = stride(from: 2, to: pieces.count - 1, by: 2).allSatisfy { pieces[$0] == "," }
      if separators, pieces.count % 2 == 1, pieces.last == "]" {
        return stride(from: 1, to: pieces.count, by: 2).map { String(pieces[$0]) }.filter { !$0.isEmpty }
      }
    }
    guard let list = try? JSONDecoder().decode([PlacedValue].self, from: Data(text.utf8)) else { return [text] }
    return list.compactMap { item in
      switch item.content {
      case .text(let text): text.isEmpty ? nil : text
      case .integer(let number): String(number)
      case .number(let number): number.description
      case .null, .flag, .list, .object: nil
      }
    }
  }
}
