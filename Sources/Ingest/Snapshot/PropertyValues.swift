import Journeys
import Stores

/// The keys of one event's data as their columns keep them, read from BSON: the same as the parser makes of JSON.
struct PropertyValues: ~Copyable {
  /// Where a value lies in `texts`, or the number itself.
  private enum Value {
    case text(Range<Int>)
    case number(Int64)
  }

  /// Minor units; `Money.none` for none.
  private(set) var amount = Money.none
  private(set) var isRounded = false
  private let properties: [EventProperty]
  /// Indices of properties by the length of their name, so that most keys are told apart by it.
  private var byLength: [[Int]] = []
  private var found: [(index: Int, value: Value)] = []
  private var texts: [UInt8] = []

  init(_ properties: [EventProperty]) {
    self.properties = properties
    for (index, property) in properties.enumerated() {
      let length = property.name.utf8.count
      while byLength.count <= length { byLength.append([]) }
      byLength[length].append(index)
    }
  }

  mutating func clear() {
    amount = Money.none
    isRounded = false
    found.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
  }

  /// Takes an element of the data. A value of a type that the column does not have is left out.
  mutating func take(_ item: borrowing BSONElement) throws(StoreError) {
    if item.hasKey("amount") {
      amount = minor(item) ?? Money.none
      return
    }
    guard let index = property(item.keyBytes), !found.contains(where: { $0.index == index }) else { return }
    switch properties[index].kind {
    case .money: if let number = minor(item) { found.append((index, .number(number))) }
    case .integer:
      if let number = item.double, abs(number) < 9.0e18 {
        found.append((index, .number(Int64(number.rounded(.toNearestOrEven)))))
      }
    default:
      guard !item.isNull else { return }
      let start = texts.count
      if let text = item.utf8 {
        text.withUnsafeBytes { texts.append(contentsOf: $0) }
      } else if item.type == .double, let number = item.double, number == number.rounded(), abs(number) < 1e15 {
        texts.append(contentsOf: String(Int64(number)).utf8)
      } else {
        try CompactJSON.append(item, to: &texts)
      }
      found.append((index, .text(start..<texts.count)))
    }
  }

  func forEach(_ text: (Int, UnsafeRawBufferPointer) -> Void, number: (Int, Int64) -> Void) {
    texts.withUnsafeBytes { texts in
      for (index, value) in found {
        switch value {
        case .text(let range): text(index, UnsafeRawBufferPointer(rebasing: texts[range]))
        case .number(let value): number(index, value)
        }
      }
    }
  }

  private mutating func minor(_ item: borrowing BSONElement) -> Int64? {
    guard let major = item.double, let amount = Money.minor(fromMajor: major) else { return nil }
    if amount.inexact { isRounded = true }
    return amount.minor
  }

  private func property(_ key: RawSpan) -> Int? {
    guard key.byteCount < byLength.count else { return nil }
    return key.withUnsafeBytes { key in byLength[key.count].first { key.elementsEqual(properties[$0].name.utf8) } }
  }
}
