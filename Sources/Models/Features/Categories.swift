import Foundation
import Journeys

/// The product categories behind the codes of a store's column `categories`, whose texts are lists in JSON.
struct CategoryCodes: Sendable {
  /// Sorted by their UTF-8 bytes.
  let names: [String]
  /// The categories of code c are `members[starts[c]..<starts[c + 1]]`.
  private let starts: [Int32]
  private let members: [Int32]

  init(_ store: JourneyStore) {
    guard store.propertyNames.contains("categories"), case .names(_, let table) = try? store.property("categories")
    else {
      (names, starts, members) = ([], [0], [])
      return
    }
    let lists = table.names.map(Self.list)
    let names = Set(lists.joined()).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let places = Dictionary(uniqueKeysWithValues: zip(names, Int32(0)...))
    var (starts, members): ([Int32], [Int32]) = ([0], [])
    for list in lists {
      members += Set(list).compactMap { places[$0] }.sorted()
      starts.append(Int32(members.count))
    }
    (self.names, self.starts, self.members) = (names, starts, members)
  }

  /// A list in JSON, or one category as it is.
  private static func list(_ text: String) -> [String] {
    guard text.hasPrefix("[") else { return text.isEmpty ? [] : [text] }
    return (try? JSONDecoder().decode([String].self, from: Data(text.utf8))) ?? []
  }

  @inline(__always) subscript(code: Int32) -> ArraySlice<Int32> {
    code < 0 ? [] : members[Int(starts[Int(code)])..<Int(starts[Int(code) + 1])]
  }
}

/// What one customer bought by category; a purchase counts once for each category it has.
struct CategoryTally {
  private let codes: CategoryCodes
  private let counts: SharedBuffer<Int32>
  /// The category of each listed name; -1 where the store has none of it.
  private let listed: [Int32]
  private var touched: [Int32] = []
  private var total = 0

  init(_ codes: CategoryCodes, listed names: [String]) {
    self.codes = codes
    counts = SharedBuffer(codes.names.count, repeating: 0)
    listed = names.map { name in codes.names.firstIndex(of: name).map { Int32($0) } ?? -1 }
  }

  mutating func clear() {
    for category in touched { counts.base[Int(category)] = 0 }
    touched.removeAll(keepingCapacity: true)
    total = 0
  }

  mutating func add(_ code: Int32) {
    for category in codes[code] {
      if counts.base[Int(category)] == 0 { touched.append(category) }
      counts.base[Int(category)] += 1
      total += 1
    }
  }

  var different: Int { touched.count }

  var topShare: Double {
    total > 0 ? Double(touched.reduce(0) { max($0, counts.base[Int($1)]) }) / Double(total) : .nan
  }

  func share(_ place: Int) -> Double {
    guard total > 0 else { return .nan }
    return listed[place] < 0 ? 0 : Double(counts.base[Int(listed[place])]) / Double(total)
  }
}

/// The categories that were bought most before a moment, most first.
struct CategoryCounts: Aggregation {
  private let moment: Int64
  private let codes: CategoryCodes
  private let column: Column<Int32>?
  private let purchase: Int32

  /// Every one is a column of the feature table.
  static let most = 8

  init(of store: JourneyStore, before moment: Int64) {
    self.moment = moment
    codes = CategoryCodes(store)
    column = store.names("categories")
    purchase = store.eventTypeNames.code(of: "purchase") ?? -1
  }

  func empty() -> [Int] { Array(repeating: 0, count: codes.names.count) }

  func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout [Int]) {
    guard let column, purchase >= 0 else { return }
    let (timestamps, types) = (store.timestamps, store.eventTypes)
    for customer in customers {
      for event in store.events(of: customer) {
        guard timestamps[event] < moment else { break }
        guard types[event] == purchase else { continue }
        for category in codes[column[event]] { partial[Int(category)] += 1 }
      }
    }
  }

  func merge(_ later: [Int], into partial: inout [Int]) {
    for category in later.indices { partial[category] += later[category] }
  }

  func finish(_ partial: [Int]) -> [String] {
    let bought = partial.indices.filter { partial[$0] > 0 }.sorted { (-partial[$0], $0) < (-partial[$1], $1) }
    return bought.prefix(Self.most).map { codes.names[$0] }
  }
}

extension JourneyStore {
  /// The codes of a column of names; nil when the store keeps no such column.
  func names(_ property: String) -> Column<Int32>? {
    guard propertyNames.contains(property), case .names(let column, _) = try? self.property(property) else {
      return nil
    }
    return column
  }
}
