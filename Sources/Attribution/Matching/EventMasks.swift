/// The tables of an `EventClassifier` as bare pointers, for loops in which every use of an object would count a
/// reference, and threads would wait for each other's counts.
package struct EventMasks: BitwiseCopyable, @unchecked Sendable {
  let types: UnsafePointer<Int32>?
  let lastCode: UInt32
  let isByTypeOnly: Bool
  /// By code of the event type: classes that are certain.
  let certain: UnsafePointer<UInt64>
  /// By code: where its classes with conditions begin.
  let firsts: UnsafePointer<Int32>
  let alternatives: UnsafePointer<ConditionalClass>
  let tests: ConditionTests
  /// The condition on every event.
  let filter: Int32

  /// The classes of an event, as bits.
  @inline(__always)
  package func mask(_ event: Int) -> UInt64 {
    guard let types else { return 0 }
    let code = Int(min(UInt32(bitPattern: types[event]), lastCode))
    var mask = certain[code]
    if isByTypeOnly { return mask }
    var place = firsts[code]
    let end = firsts[code &+ 1]
    while place < end {
      let alternative = alternatives[Int(place)]
      if mask & alternative.bit == 0 && tests.holds(alternative.entry, of: event) { mask |= alternative.bit }
      place &+= 1
    }
    return mask == 0 || tests.holds(filter, of: event) ? mask : 0
  }

  /// Whether the conditions on every event hold of this one.
  @inline(__always)
  package func isIn(_ event: Int) -> Bool { tests.holds(filter, of: event) }
}

/// A class that events of some type belong to when a condition holds.
struct ConditionalClass: BitwiseCopyable {
  var bit: UInt64
  /// Where the condition begins.
  var entry: Int32
}
