import Journeys

/// The tables of a `ValueCoder` as bare pointers, for loops over events.
struct PropertyCodes: BitwiseCopyable {
  let digits: UnsafeBufferPointer<PropertyDigit>

  /// - Returns: 0 when no property has a value.
  @inline(__always)
  func code(_ event: Int) -> UInt64 {
    var code: UInt64 = 0
    for digit in digits { code = code &* digit.radix &+ Self.place(digit, event) }
    return code
  }

  /// - Returns: 0 unless every property has a value.
  func completeCode(_ event: Int) -> UInt64 {
    var code: UInt64 = 0
    for digit in digits {
      let place = Self.place(digit, event)
      if place == 0 { return 0 }
      code = code &* digit.radix &+ place
    }
    return code
  }

  @inline(__always)
  private static func place(_ digit: PropertyDigit, _ event: Int) -> UInt64 {
    if let codes = digit.codes, let places = digit.places {
      return UInt64(places[Int(min(UInt32(bitPattern: codes[event] &+ 1), digit.lastPlace))])
    }
    guard let numbers = digit.numbers, let values = digit.values, numbers[event] != Money.none else { return 0 }
    var (low, high) = (0, digit.valueCount)
    while low < high {
      let middle = (low &+ high) / 2
      if values[middle] < numbers[event] { low = middle &+ 1 } else { high = middle }
    }
    return UInt64(low &+ 1)
  }
}

/// The place of an event's value among those of a property.
struct PropertyDigit: BitwiseCopyable {
  var codes: UnsafePointer<Int32>?
  var numbers: UnsafePointer<Int64>?
  /// By code + 1, for names; the last is for codes outside of the dictionary.
  var places: UnsafePointer<UInt32>?
  var lastPlace: UInt32 = 0
  /// The distinct numbers, sorted.
  var values: UnsafePointer<Int64>?
  var valueCount = 0
  /// How many digits there are.
  var radix: UInt64 = 1
}
