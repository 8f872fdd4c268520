import Journeys

/// Numbers for the values of a breakdown: what an event counts under.
struct RetentionGroups: Sendable {
  private enum Source: Sendable {
    case one
    case codes(Column<Int32>)
    /// The distinct numbers of the column, sorted.
    case numbers(Column<Int64>, [Int64])
  }

  private let source: Source
  /// By code + 1, 0 for an event without the property: its number.
  private let groups: [Int32]
  /// By number.
  let names: [String]

  static let other = "Other"

  /// Without a breakdown.
  init() {
    source = .one
    groups = [0]
    names = [""]
  }

  /// A number for each value, the empty text for an event without the property.
  init(_ property: String, of store: JourneyStore) {
    switch PropertyColumn(property, of: store) {
    case .absent:
      self.init()
    case .names(let column, let names):
      self.init(.codes(column), names.names)
    case .numbers(let column, let unit):
      let distinct = column.span.withUnsafeBufferPointer { Set($0) }.subtracting([Money.none]).sorted()
      self.init(.numbers(column, distinct), distinct.map { PropertyColumn.text($0, unit: unit) })
    }
  }

  /// - Parameter values: by code; a value of the empty text is as good as none.
  private init(_ source: Source, _ values: [String]) {
    self.source = source
    var names = [""]
    groups =
      [0]
      + values.map { value in
        if value.isEmpty { return 0 }
        names.append(value)
        return Int32(names.count - 1)
      }
    self.names = names
  }

  /// The values that are kept, in this order, and one for all the others.
  ///
  /// - Parameter kept: numbers.
  func keeping(_ kept: [Int]) -> RetentionGroups {
    var numbers = [Int32](repeating: Int32(kept.count), count: names.count)
    for (place, number) in kept.enumerated() { numbers[number] = Int32(place) }
    return RetentionGroups(source, groups.map { numbers[Int($0)] }, kept.map { names[$0] } + [Self.other])
  }

  private init(_ source: Source, _ groups: [Int32], _ names: [String]) {
    self.source = source
    self.groups = groups
    self.names = names
  }

  @inline(__always)
  func number(_ event: Int) -> Int32 {
    switch source {
    case .one: return 0
    case .codes(let codes):
      let code = Int(codes[event])
      return groups[code >= 0 && code &+ 1 < groups.count ? code &+ 1 : 0]
    case .numbers(let column, let distinct):
      let number = column[event]
      var (low, high) = (0, distinct.count)
      while low < high {
        let middle = (low &+ high) / 2
        if distinct[middle] < number { low = middle &+ 1 } else { high = middle }
      }
      return groups[low < distinct.count && distinct[low] == number ? low &+ 1 : 0]
    }
  }
}
