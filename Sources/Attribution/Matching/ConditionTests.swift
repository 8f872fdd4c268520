import Journeys

/// Tests of one event, each of which says which comes next: `and` and `or` are jumps, so nothing is tested that no
/// longer matters.
///
/// A test of a dictionary column has been decided once for every code: an event costs its code and a byte of a table.
/// Numbers are compared directly. Bare pointers, as an object in a loop over events would have its references counted.
struct ConditionTests: BitwiseCopyable {
  let start: UnsafeMutablePointer<ConditionTest>

  /// Whether condition `entries[…]` that begins at `entry` holds of an event.
  @inline(__always)
  func holds(_ entry: Int32, of event: Int) -> Bool {
    var next = entry
    while next >= 0 {
      let test = start + Int(next)
      next = Self.passes(test, event) ? test.pointee.ifTrue : test.pointee.ifFalse
    }
    return next == ConditionTest.accepted
  }

  @inline(__always)
  private static func passes(_ test: UnsafeMutablePointer<ConditionTest>, _ event: Int) -> Bool {
    if let codes = test.pointee.codes, let table = test.pointee.table {
      return table[Int(min(UInt32(bitPattern: codes[event] &+ 1), test.pointee.lastPlace))] != 0
    }
    return numberPasses(test, event)
  }

  private static func numberPasses(_ test: UnsafeMutablePointer<ConditionTest>, _ event: Int) -> Bool {
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
    return low < test.pointee.valueCount && values[low] == numbers[event]
  }
}

/// One property held against values.
struct ConditionTest: BitwiseCopyable {
  /// In place of a next test.
  static let accepted: Int32 = -1
  static let rejected: Int32 = -2

  enum Comparison: UInt8, BitwiseCopyable { case gt, gte, lt, lte }

  var comparison = Comparison.gt
  /// When the event does not have the property.
  var ifMissing = false
  var codes: UnsafePointer<Int32>?
  /// By code + 1; the last is for codes outside of the dictionary.
  var table: UnsafePointer<UInt8>?
  var lastPlace: UInt32 = 0
  var numbers: UnsafePointer<Int64>?
  var unit = 1.0
  /// Of a comparison.
  var bound = 0.0
  /// The numbers that pass, sorted; nil for a comparison.
  var values: UnsafePointer<Int64>?
  var valueCount = 0
  var ifTrue = Self.accepted
  var ifFalse = Self.rejected
}
