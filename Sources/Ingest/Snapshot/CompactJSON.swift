import Stores

/// A BSON value as JSON without blanks.
enum CompactJSON {
  static func append(_ element: borrowing BSONElement, to text: inout [UInt8]) throws(StoreError) {
    if let string = element.utf8 {
      string.withUnsafeBytes { append(string: $0, to: &text) }
    } else if element.type == .double, let number = element.double {
      text.append(contentsOf: (number.isFinite ? number.description : "null").utf8)
    } else if let number = element.int64 {
      text.append(contentsOf: String(number).utf8)
    } else if let bool = element.bool {
      text.append(contentsOf: (bool ? "true" : "false").utf8)
    } else if var items = try element.nested() {
      let isArray = element.type == .array
      text.append(UInt8(ascii: isArray ? "[" : "{"))
      var isFirst = true
      while let item = try items.next() {
        if !isFirst { text.append(UInt8(ascii: ",")) }
        isFirst = false
        if !isArray {
          item.keyBytes.withUnsafeBytes { append(string: $0, to: &text) }
          text.append(UInt8(ascii: ":"))
        }
        try append(item, to: &text)
      }
      text.append(UInt8(ascii: isArray ? "]" : "}"))
    } else {
      text.append(contentsOf: "null".utf8)
    }
  }

  private static func append(string: UnsafeRawBufferPointer, to text: inout [UInt8]) {
    text.append(UInt8(ascii: "\""))
    for byte in string {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(contentsOf: [UInt8(ascii: "\\"), byte])
      case 0x08: text.append(contentsOf: "\\b".utf8)
      case 0x09: text.append(contentsOf: "\\t".utf8)
      case 0x0a: text.append(contentsOf: "\\n".utf8)
      case 0x0c: text.append(contentsOf: "\\f".utf8)
      case 0x0d: text.append(contentsOf: "\\r".utf8)
      case 0..<0x20:
        let hex = String(byte, radix: 16)
        text.append(contentsOf: (byte < 16 ? "\\u000" : "\\u00").utf8)
        text.append(contentsOf: hex.utf8)
      default: text.append(byte)
      }
    }
    text.append(UInt8(ascii: "\""))
  }
}
