import Journeys

/// Conditions compiled for the columns of one store: tests that each say which comes next.
///
/// A test of a dictionary column is decided once for every code; an event costs its code and a byte of a table. Numbers
/// are compared directly. `and` and `or` are jumps, so nothing is tested that no longer matters.
///
/// `@unchecked Sendable`: written while it is compiled, then only read. The pointers look into mapped columns and
/// tables that this object keeps.
final class ConditionProgram: @unchecked Sendable {
  private struct Test: BitwiseCopyable {
    enum Kind: UInt8, BitwiseCopyable { case code, number, oneOf }
    enum Comparison: UInt8, BitwiseCopyable { case gt, gte, lt, lte }

    var kind: Kind
    var comparison = Comparison.gt
    /// When the event does not have the property.
    var ifMissing = false
    /// What `oneOf` answers for a number that is found.
    var ifFound = true
    var codes: UnsafePointer<Int32>?
    /// By code + 1; the last is for codes outside of the dictionary.
    var table: UnsafePointer<UInt8>?
    var lastPlace: UInt32 = 0
    var numbers: UnsafePointer<Int64>?
    var unit = 1.0
    /// Of a comparison.
    var bound = 0.0
    /// Sorted, for `oneOf`.
    var values: UnsafePointer<Int64>?
    var valueCount = 0
    var ifTrue: Int32 = accepted
    var ifFalse: Int32 = rejected
  }

  private static let accepted: Int32 = -1
  private static let rejected: Int32 = -2

  private var tests: [Test] = []
  private let start: UnsafeMutablePointer<Test>
  private let store: JourneyStore
  /// What tests point into.
  private var columns: [any Sendable] = []
  private var tables: [UnsafeMutablePointer<UInt8>] = []
  private var valueLists: [UnsafeMutablePointer<Int64>] = []
  /// Where each condition begins.
  private(set) var entries: [Int32] = []

  /// - Parameter conditions: each a list whose elements must all hold; none holds of every event.
  init(_ conditions: [[EventCondition]], of store: JourneyStore) throws(AttributionError) {
    self.store = store
    // A definite value before anything can throw: what is built is freed by `deinit`.
    start = .allocate(capacity: Swift.max(1, conditions.reduce(0) { $0 + Self.testCount(.all($1)) }))
    for list in conditions {
      entries.append(try compile(.all(list), ifTrue: Self.accepted, ifFalse: Self.rejected))
    }
    start.update(from: tests, count: tests.count)
    tests = []
  }

  deinit {
    start.deallocate()
    for table in tables { table.deallocate() }
    for values in valueLists { values.deallocate() }
  }

  /// Whether condition `entries[…]` that begins at `entry` holds of an event.
  @inline(__always)
  func holds(_ entry: Int32, of event: Int) -> Bool {
    var next = entry
    while next >= 0 {
      let test = start + Int(next)
      next = Self.passes(test, event) ? test.pointee.ifTrue : test.pointee.ifFalse
    }
    return next == Self.accepted
  }

  @inline(__always)
  private static func passes(_ test: UnsafeMutablePointer<Test>, _ event: Int) -> Bool {
    if test.pointee.kind == .code, let codes = test.pointee.codes, let table = test.pointee.table {
      return table[Int(min(UInt32(bitPattern: codes[event] &+ 1), test.pointee.lastPlace))] != 0
    }
    return numberPasses(test, event)
  }

  private static func numberPasses(_ test: UnsafeMutablePointer<Test>, _ event: Int) -> Bool {
    guard let numbers = test.pointee.numbers, numbers[event] != Money.none else { return test.pointee.ifMissing }
    guard let values = test.pointee.values else {
      let number = Double(numbers[event]) / test.pointee.unit
      let bound = test.pointee.bound
      switch test.pointee.comparison {
      case .gt: return number > bound
      case .gte: return number >= bound
      case .lt: return number < bound
      case .lte: return number <= bound
      }
    }
    var (low, high) = (0, test.pointee.valueCount)
    while low < high {
      let middle = (low &+ high) / 2
      if values[middle] < numbers[event] { low = middle &+ 1 } else { high = middle }
    }
    let isFound = low < test.pointee.valueCount && values[low] == numbers[event]
    return isFound == test.pointee.ifFound
  }

  private static func testCount(_ condition: EventCondition) -> Int {
    switch condition {
    case .property: 1
    case .all(let parts), .any(let parts): parts.reduce(0) { $0 + testCount($1) }
    }
  }

  /// Adds the tests of a condition, the last first, and gives the one to begin with.
  private func compile(_ condition: EventCondition, ifTrue: Int32, ifFalse: Int32) throws(AttributionError) -> Int32 {
    switch condition {
    case .property(let property):
      var test = try compile(property)
      (test.ifTrue, test.ifFalse) = (ifTrue, ifFalse)
      tests.append(test)
      return Int32(tests.count - 1)
    case .all(let parts):
      var next = ifTrue
      for part in parts.reversed() { next = try compile(part, ifTrue: next, ifFalse: ifFalse) }
      return next
    case .any(let parts):
      var next = ifFalse
      for part in parts.reversed() { next = try compile(part, ifTrue: ifTrue, ifFalse: next) }
      return next
    }
  }

  private func compile(_ property: PropertyTest) throws(AttributionError) -> Test {
    let rule = try TextTest(property)
    switch PropertyColumn(property.property, of: store) {
    case .absent: return Test(kind: .number, ifMissing: rule.holds(nil))
    case .names(let codes, let names):
      let table = UnsafeMutablePointer<UInt8>.allocate(capacity: names.count + 2)
      tables.append(table)
      table[0] = rule.holds(nil) ? 1 : 0
      for code in 0..<names.count { table[code + 1] = rule.holds(names[Int32(code)]) ? 1 : 0 }
      table[names.count + 1] = table[0]
      columns.append(codes)
      return Test(
        kind: .code, codes: codes.span.withUnsafeBufferPointer(\.baseAddress), table: UnsafePointer(table),
        lastPlace: UInt32(names.count + 1))
    case .numbers(let column, let unit):
      columns.append(column)
      var test = Test(kind: .number, ifMissing: rule.holds(nil))
      test.numbers = column.span.withUnsafeBufferPointer(\.baseAddress)
      test.unit = Double(unit)
      if let comparison = Self.comparison(property.operator), property.values.count == 1,
        let bound = decimalNumber(property.values[0])
      {
        test.comparison = comparison
        test.bound = bound
        return test
      }
      // Any other rule is asked of every distinct number, once.
      let distinct = column.span.withUnsafeBufferPointer { Set($0) }.subtracting([Money.none])
      let found = distinct.filter { rule.holds(PropertyColumn.text($0, unit: unit)) }.sorted()
      let values = UnsafeMutablePointer<Int64>.allocate(capacity: max(1, found.count))
      valueLists.append(values)
      values.update(from: found, count: found.count)
      test.kind = .oneOf
      test.values = UnsafePointer(values)
      test.valueCount = found.count
      return test
    }
  }

  private static func comparison(_ operator: PropertyTest.Operator) -> Test.Comparison? {
    switch `operator` {
    case .gt: .gt
    case .gte: .gte
    case .lt: .lt
    case .lte: .lte
    default: nil
    }
  }
}
