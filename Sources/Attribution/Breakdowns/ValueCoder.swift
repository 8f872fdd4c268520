import Journeys

/// The values of one or several properties of an event as a number, and back.
///
/// 0 is an event with none of them: missing and empty text are the same.
///
/// `@unchecked Sendable`: only read once it is made; the pointers look into columns and tables that it keeps.
final class ValueCoder: @unchecked Sendable {
  private enum Meaning: Sendable {
    case names(NameTable)
    case numbers([Int64], unit: Int64)
    case absent
  }

  private let digits: UnsafeMutableBufferPointer<PropertyDigit>
  private var meanings: [Meaning] = []
  private var columns: [any Sendable] = []
  private var placeTables: [UnsafeMutablePointer<UInt32>] = []
  private var valueTables: [UnsafeMutablePointer<Int64>] = []
  /// Codes lie below.
  let count: UInt64

  /// - Throws: `.invalidQuery` when there are more combinations of values than numbers.
  init(_ properties: [String], of store: JourneyStore) throws(AttributionError) {
    digits = .allocate(capacity: properties.count)
    digits.initialize(repeating: PropertyDigit())
    var count: UInt64 = 1
    for (place, name) in properties.enumerated() {
      var digit = PropertyDigit()
      switch PropertyColumn(name, of: store) {
      case .absent: meanings.append(.absent)
      case .names(let codes, let names):
        let places = UnsafeMutablePointer<UInt32>.allocate(capacity: names.count + 2)
        for code in -1...names.count { places[code + 1] = 0..<names.count ~= code ? UInt32(code + 1) : 0 }
        if let empty = names.code(of: "") { places[Int(empty) + 1] = 0 }
        placeTables.append(places)
        columns.append(codes)
        meanings.append(.names(names))
        digit.codes = codes.span.withUnsafeBufferPointer(\.baseAddress)
        digit.places = UnsafePointer(places)
        digit.lastPlace = UInt32(names.count + 1)
        digit.radix = UInt64(names.count + 1)
      case .numbers(let column, let unit):
        let distinct = column.span.withUnsafeBufferPointer { Set($0) }.subtracting([Money.none]).sorted()
        let values = UnsafeMutablePointer<Int64>.allocate(capacity: max(1, distinct.count))
        values.update(from: distinct, count: distinct.count)
        valueTables.append(values)
        columns.append(column)
        meanings.append(.numbers(distinct, unit: unit))
        digit.numbers = column.span.withUnsafeBufferPointer(\.baseAddress)
        digit.values = UnsafePointer(values)
        digit.valueCount = distinct.count
        digit.radix = UInt64(distinct.count + 1)
      }
      digits[place] = digit
      let (product, overflow) = count.multipliedReportingOverflow(by: digit.radix)
      count = overflow ? UInt64.max : product
    }
    self.count = count
    guard count < UInt64.max else {
      throw AttributionError(
        .invalidQuery,
        "query: the properties \(properties.joined(separator: ", ")) have more combinations of values than can be "
          + "told apart: take fewer of them")
    }
  }

  deinit {
    digits.deallocate()
    for table in placeTables { table.deallocate() }
    for table in valueTables { table.deallocate() }
  }

  /// What loops over events ask; good as long as this object.
  var codes: PropertyCodes { PropertyCodes(digits: UnsafeBufferPointer(digits)) }

  /// The values behind a code, empty text for none.
  func texts(_ code: UInt64) -> [String] {
    var rest = code
    var texts: [String] = []
    for (digit, meaning) in zip(digits, meanings).reversed() {
      let (quotient, place) = rest.quotientAndRemainder(dividingBy: digit.radix)
      rest = quotient
      switch meaning {
      case .names(let names): texts.append(place == 0 ? "" : names[Int32(place) - 1])
      case .numbers(let values, let unit):
        texts.append(place == 0 ? "" : PropertyColumn.text(values[Int(place) - 1], unit: unit))
      case .absent: texts.append("")
      }
    }
    return texts.reversed()
  }
}
