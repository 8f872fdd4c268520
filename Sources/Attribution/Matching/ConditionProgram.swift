import Journeys

/// Conditions compiled for the columns of one store.
///
/// `@unchecked Sendable`: written while it is compiled, then only read. The pointers look into mapped columns and
/// tables that this object keeps.
final class ConditionProgram: @unchecked Sendable {
  private let start: UnsafeMutablePointer<ConditionTest>
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
    var tests: [ConditionTest] = []
    for list in conditions {
      entries.append(
        try compile(.all(list), ifTrue: ConditionTest.accepted, ifFalse: ConditionTest.rejected, &tests))
    }
    start.update(from: tests, count: tests.count)
  }

  deinit {
    start.deallocate()
    for table in tables { table.deallocate() }
    for values in valueLists { values.deallocate() }
  }

  /// What an event is held against; good as long as this object.
  var tests: ConditionTests { ConditionTests(start: start) }

  private static func testCount(_ condition: EventCondition) -> Int {
    switch condition {
    case .property: 1
    case .all(let parts), .any(let parts): parts.reduce(0) { $0 + testCount($1) }
    }
  }

  /// Adds the tests of a condition, the last first, and gives the one to begin with.
  private func compile(
    _ condition: EventCondition, ifTrue: Int32, ifFalse: Int32, _ tests: inout [ConditionTest]
  ) throws(AttributionError) -> Int32 {
    switch condition {
    case .property(let property):
      var test = try compile(property)
      (test.ifTrue, test.ifFalse) = (ifTrue, ifFalse)
      tests.append(test)
      return Int32(tests.count - 1)
    case .all(let parts):
      var next = ifTrue
      for part in parts.reversed() { next = try compile(part, ifTrue: next, ifFalse: ifFalse, &tests) }
      return next
    case .any(let parts):
      var next = ifFalse
      for part in parts.reversed() { next = try compile(part, ifTrue: ifTrue, ifFalse: next, &tests) }
      return next
    }
  }

  private func compile(_ property: PropertyTest) throws(AttributionError) -> ConditionTest {
    let rule = try TextTest(property)
    switch PropertyColumn(property.property, of: store) {
    case .absent: return ConditionTest(ifMissing: rule.holds(nil))
    case .names(let codes, let names):
      let table = UnsafeMutablePointer<UInt8>.allocate(capacity: names.count + 2)
      tables.append(table)
      table[0] = rule.holds(nil) ? 1 : 0
      for code in 0..<names.count { table[code + 1] = rule.holds(names[Int32(code)]) ? 1 : 0 }
      table[names.count + 1] = table[0]
      columns.append(codes)
      return ConditionTest(
        codes: codes.span.withUnsafeBufferPointer(\.baseAddress), table: UnsafePointer(table),
        lastPlace: UInt32(names.count + 1))
    case .numbers(let column, let unit):
      columns.append(column)
      var test = ConditionTest(ifMissing: rule.holds(nil))
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
      test.values = UnsafePointer(values)
      test.valueCount = found.count
      return test
    }
  }

  private static func comparison(_ operator: PropertyTest.Operator) -> ConditionTest.Comparison? {
    switch `operator` {
    case .gt: .gt
    case .gte: .gte
    case .lt: .lt
    case .lte: .lte
    default: nil
    }
  }
}
