import Foundation

/// The header of NumPy's `.npy` format, version 1.0, C order, little endian.
///
/// Source: `numpy/lib/format.py`, "Format Version 1.0"; the data begin at a multiple of 64 bytes.
package struct NpyHeader: Equatable, Sendable {
  /// NumPy's name of the element type: `<i8`, `<i4`, `|u1`, `<f8`, `<f4`.
  package var type: String
  package var shape: [Int]
  /// Bytes before the first element.
  package var length: Int

  package init(type: String, shape: [Int]) {
    self.type = type
    self.shape = shape
    length = Self.encode(type: type, shape: shape).count
  }

  package var elements: Int { shape.reduce(1, *) }

  package var encoded: [UInt8] { Self.encode(type: type, shape: shape) }

  private static func encode(type: String, shape: [Int]) -> [UInt8] {
    let dimensions = shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(dimensions)), }"
    // One fixed length for all shapes, so that a writer can fill in the count at the end.
    let total = max(128, (10 + text.utf8.count + 1 + 63) / 64 * 64)
    text += String(repeating: " ", count: total - 10 - text.utf8.count - 1) + "\n"
    let size = UInt16(total - 10)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(size & 0xff), UInt8(size >> 8)] + Array(text.utf8)
  }

  /// Reads the header at the start of `bytes`; nil when it is none, or of a layout that is not read here.
  package init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 10, bytes[0] == 0x93, bytes[1..<6].elementsEqual("NUMPY".utf8), bytes[6] <= 3 else {
      return nil
    }
    let wide = bytes[6] > 1
    let start = wide ? 12 : 10
    guard bytes.count >= start else { return nil }
    var size = Int(bytes[8]) | Int(bytes[9]) << 8
    if wide { size |= Int(bytes[10]) << 16 | Int(bytes[11]) << 24 }
    guard bytes.count >= start + size else { return nil }
    let text = String(decoding: bytes[start..<start + size], as: UTF8.self)
    guard text.contains("'fortran_order': False"), let descr = text.firstRange(of: "'descr': '"),
      let open = text.firstRange(of: "'shape': (")
    else { return nil }
    let type = text[descr.upperBound...].prefix { $0 != "'" }
    var shape: [Int] = []
    for part in text[open.upperBound...].prefix(while: { $0 != ")" }).split(separator: ",") {
      let digits = part.trimmingCharacters(in: .whitespaces)
      if digits.isEmpty { continue }
      guard let dimension = Int(digits), dimension >= 0 else { return nil }
      shape.append(dimension)
    }
    self.type = String(type)
    self.shape = shape
    length = start + size
  }
}

/// An element type that a `.npy` file can hold.
public protocol NpyElement: BitwiseCopyable, Sendable {
  static var npyType: String { get }
}

extension UInt8: NpyElement { public static var npyType: String { "|u1" } }
extension Int32: NpyElement { public static var npyType: String { "<i4" } }
extension Int64: NpyElement { public static var npyType: String { "<i8" } }
extension Float: NpyElement { public static var npyType: String { "<f4" } }
extension Double: NpyElement { public static var npyType: String { "<f8" } }
