import Journeys

/// A categorical column while its file is read: bytes to codes in order of appearance.
struct LevelColumn: ~Copyable {
  private var table = StringTable()
  private var codes: [Int32] = []

  /// - Returns: false when the bytes are no UTF-8.
  mutating func append(_ field: UnsafeRawBufferPointer) -> Bool {
    let known = table.count
    codes.append(table.code(of: field))
    return table.count == known || String(validating: field, as: UTF8.self) != nil
  }

  /// Levels sorted by their bytes, and codes that mean places in that order.
  func sorted() -> TableColumn.Values {
    let order = table.sortedCodes()
    var places = [Int32](repeating: 0, count: order.count)
    for (place, level) in order.enumerated() { places[Int(level)] = Int32(place) }
    let levels = order.map { String(decoding: table[Int($0)], as: UTF8.self) }
    return .categories(codes: codes.map { places[Int($0)] }, levels: levels)
  }
}
