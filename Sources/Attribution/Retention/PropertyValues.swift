import Journeys

/// The numbers of a property that is summed up, as whole units, so that any order of adding gives the same.
///
/// Money and whole numbers are exact. Text that is a number counts to nine decimals; what is no number, or missing,
/// counts as 0.
struct PropertyValues: Sendable {
  private enum Source: Sendable {
    case none
    case codes(Column<Int32>, [Int128])
    case numbers(Column<Int64>)
  }

  private let source: Source
  let unitsPerNumber: Double

  init(_ property: String?, of store: JourneyStore) {
    switch property.map({ PropertyColumn($0, of: store) }) {
    case nil, .absent:
      source = .none
      unitsPerNumber = 1
    case .numbers(let column, let unit):
      source = .numbers(column)
      unitsPerNumber = Double(unit)
    case .names(let column, let names):
      unitsPerNumber = 1e9
      source = .codes(
        column,
        names.names.map { text in
          // Beyond 1e20 not even 2^127 units would hold a store of them.
          guard let number = decimalNumber(text), abs(number) < 1e20 else { return 0 }
          return Int128((number * 1e9).rounded(.toNearestOrEven))
        })
    }
  }

  @inline(__always)
  func units(_ event: Int) -> Int128 {
    switch source {
    case .none: return 0
    case .codes(let codes, let units):
      let code = Int(codes[event])
      return code >= 0 && code < units.count ? units[code] : 0
    case .numbers(let column): return column[event] == Money.none ? 0 : Int128(column[event])
    }
  }
}
