import Journeys

/// Where the columns of a file of paths are, and what their fields say.
struct PathColumns: Sendable {
  /// Why a row is left out.
  struct MalformedRow: Error { let reason: String }

  let count: Int
  let path: Int
  private let conversions: Int
  private let value: Int?
  private let nulls: Int?

  init(header csv: inout CSVReader, of file: String) throws {
    let hasHeader = try csv.next()
    let names = hasHeader ? (0..<csv.fieldCount).map { trimmed(csv.text($0)) } : []
    func column(_ name: String) throws(AttributionError) -> Int {
      guard let place = names.firstIndex(of: name) else {
        throw AttributionError(
          .malformedPaths,
          "read paths of \(file): no column '\(name)'; the header must be "
            + "path,total_conversions[,total_conversion_value][,total_null]")
      }
      return place
    }
    count = names.count
    path = try column("path")
    conversions = try column("total_conversions")
    value = names.firstIndex(of: "total_conversion_value")
    nulls = names.firstIndex(of: "total_null")
  }

  /// - Parameter field: of a column.
  @inline(__always)
  func numbers(
    fieldCount: Int, _ field: (Int) -> UnsafeRawBufferPointer
  ) throws(MalformedRow) -> (credit: Credit, nulls: Double) {
    guard fieldCount == count else { throw MalformedRow(reason: "another number of fields than the header") }
    let conversions = try number(field(conversions), "total_conversions")
    let value = try value.map { column throws(MalformedRow) in try number(field(column), "total_conversion_value") }
    let nulls = try nulls.map { column throws(MalformedRow) in try number(field(column), "total_null") }
    return (Credit(conversions: conversions, revenue: value ?? 0), nulls ?? 0)
  }

  @inline(__always)
  private func number(_ field: UnsafeRawBufferPointer, _ name: String) throws(MalformedRow) -> Double {
    // Nearly always: 0 or 1.
    if field.count == 1, 0x30...0x39 ~= field[0] { return Double(field[0] &- 0x30) }
    return try longNumber(field, name)
  }

  private func longNumber(_ field: UnsafeRawBufferPointer, _ name: String) throws(MalformedRow) -> Double {
    guard let number = decimal(field) else { throw MalformedRow(reason: "\(name) is not a number") }
    guard number >= 0 else { throw MalformedRow(reason: "\(name) is negative") }
    return number
  }
}

private func trimmed(_ text: String) -> String {
  var bytes = Substring(text).utf8
  while let first = bytes.first, first <= 0x20 { bytes.removeFirst() }
  while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
  return String(Substring(bytes))
}

/// The double that a decimal number stands for, nil for anything else.
private func decimal(_ text: UnsafeRawBufferPointer) -> Double? {
  var mantissa: UInt64 = 0
  var decimals = 0
  var digits = 0
  var afterPoint = false
  for byte in text {
    if 0x30...0x39 ~= byte {
      mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30)
      digits &+= 1
      if afterPoint { decimals &+= 1 }
    } else if byte == UInt8(ascii: "."), !afterPoint {
      afterPoint = true
    } else {
      digits = 0
      break
    }
  }
  // Both numbers are exact, so the quotient is rounded once (Clinger 1990); anything longer goes the long way.
  if 1...15 ~= digits { return decimals == 0 ? Double(mantissa) : Double(mantissa) / powersOfTen[decimals] }
  guard let number = Double(trimmed(String(decoding: text, as: UTF8.self))), number.isFinite else { return nil }
  return number
}

private let powersOfTen: [Double] = (0...15).map { (0..<$0).reduce(1.0) { power, _ in power * 10 } }
