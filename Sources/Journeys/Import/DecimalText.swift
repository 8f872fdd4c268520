/// A decimal number as it is written, without the detour over a double: `-12.50` is -1250 with scale 2.
struct DecimalText: Equatable {
  var mantissa: Int128
  /// Decimals; negative for an exponent that adds zeros.
  var scale: Int

  /// Blanks around the number are skipped. Nil for anything that is no decimal number of at most 36 digits.
  init?(_ text: UnsafeRawBufferPointer) {
    var place = 0
    var end = text.count
    while place < end, text[place] == 0x20 { place += 1 }
    while end > place, text[end - 1] == 0x20 { end -= 1 }
    guard place < end else { return nil }
    let negative = text[place] == UInt8(ascii: "-")
    if negative || text[place] == UInt8(ascii: "+") { place += 1 }
    var mantissa: Int128 = 0
    var scale = 0
    var digitCount = 0
    var point = false
    while place < end {
      let byte = text[place]
      if byte == UInt8(ascii: "."), !point {
        point = true
      } else if 0x30...0x39 ~= byte {
        mantissa = mantissa * 10 + Int128(byte - 0x30)
        digitCount += 1
        if point { scale += 1 }
        guard digitCount <= 36 else { return nil }
      } else {
        break
      }
      place += 1
    }
    guard digitCount > 0 else { return nil }
    if place < end {
      guard text[place] | 0x20 == UInt8(ascii: "e"),
        let exponent = Int(String(decoding: text[(place + 1)..<end], as: UTF8.self)), abs(exponent) <= 30
      else { return nil }
      scale -= exponent
    }
    self.mantissa = negative ? -mantissa : mantissa
    self.scale = scale
  }

  init(mantissa: Int128, scale: Int) {
    self.mantissa = mantissa
    self.scale = scale
  }

  /// Nil when it is too large.
  static func * (left: DecimalText, right: DecimalText) -> DecimalText? {
    let (product, overflow) = left.mantissa.multipliedReportingOverflow(by: right.mantissa)
    return overflow ? nil : DecimalText(mantissa: product, scale: left.scale + right.scale)
  }

  /// The number in minor units, rounded half to even; nil when it does not fit.
  var minor: Money.Rounded? {
    guard let (quotient, remainder, divisor) = divided(by: scale, times: Int128(Money.minorPerMajor)) else {
      return nil
    }
    var rounded = quotient
    let twice = remainder.magnitude * 2
    if twice > divisor.magnitude || (twice == divisor.magnitude && quotient & 1 == 1) {
      rounded += mantissa < 0 ? -1 : 1
    }
    guard let minor = Int64(exactly: rounded), minor != Money.none else { return nil }
    return Money.Rounded(minor: minor, inexact: remainder != 0)
  }

  /// The number times `factor`, what is behind the point cut off; nil when it does not fit.
  func scaled(by factor: Int64) -> Int64? {
    divided(by: scale, times: Int128(factor)).flatMap { Int64(exactly: $0.0) }
  }

  private func divided(by scale: Int, times factor: Int128) -> (Int128, Int128, Int128)? {
    var (number, overflow) = mantissa.multipliedReportingOverflow(by: factor)
    guard !overflow, abs(scale) <= 36 else { return nil }
    var divisor: Int128 = 1
    for _ in 0..<abs(scale) { divisor *= 10 }
    if scale < 0 {
      (number, overflow) = number.multipliedReportingOverflow(by: divisor)
      return overflow ? nil : (number, 0, 1)
    }
    let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
    return (quotient, remainder, divisor)
  }
}
