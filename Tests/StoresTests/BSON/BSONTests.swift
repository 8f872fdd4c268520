import Stores
import Testing

@Suite struct BSONTests {
  /// The examples of https://bsonspec.org/faq.html.
  @Test func writesTheBytesOfTheSpecification() {
    let hello = BSONDocument { $0.append("hello", "world") }
    #expect(hello.bytes == Array("\u{16}\0\0\0\u{02}hello\0\u{06}\0\0\0world\0\0".utf8))
    let awesome = BSONDocument {
      $0.array("BSON") {
        $0.append("awesome")
        $0.append(5.05)
        $0.append(Int32(1986))
      }
    }
    let expected: [UInt8] =
      [0x31, 0, 0, 0, 0x04] + Array("BSON\0".utf8) + [0x26, 0, 0, 0, 0x02, 0x30, 0, 0x08, 0, 0, 0]
      + Array("awesome\0".utf8) + [0x01, 0x31, 0, 0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x14, 0x40]
      + [0x10, 0x32, 0, 0xC2, 0x07, 0, 0, 0, 0]
    #expect(awesome.bytes == expected)
    #expect(BSONDocument.empty.bytes == [5, 0, 0, 0, 0])
  }

  @Test func readsBackEveryTypeItWrites() throws {
    let uuid = [UInt8](0..<16)
    let document = BSONDocument {
      $0.append("string", "ঈদ কালেকশন")
      $0.append("utf8", utf8: Array("raw".utf8).span.bytes)
      $0.append("int32", Int32.min)
      $0.append("int64", Int64.max)
      $0.append("int", -7)
      $0.append("double", 0.1)
      $0.append("bool", true)
      $0.append("date", BSONDate(milliseconds: -1))
      $0.append("uuid", uuid: uuid.span.bytes)
      $0.append("nothing", String?.none)
      $0.append("something", String?.some("x"))
      $0.document("document") { $0.append("inner", 1.5) }
      $0.append("embedded", BSONDocument { $0.append("inner", 2.5) })
      $0.array("array") { array in for index in 0..<12 { array.append(index) } }
    }
    var seen: [String] = []
    var reader = try BSONReader(document.bytes.span.bytes)
    while let element = try reader.next() {
      seen.append(element.key)
      switch element.key {
      case "string": #expect(element.string == "ঈদ কালেকশন")
      case "utf8": #expect(element.string == "raw")
      case "int32": #expect(element.int64 == Int64(Int32.min) && element.type == .int32)
      case "int64": #expect(element.int64 == Int64.max && element.string == nil)
      case "int": #expect(element.int64 == -7 && element.double == -7 && element.type == .int64)
      case "double": #expect(element.double == 0.1 && element.int64 == nil)
      case "bool": #expect(element.bool == true)
      case "date": #expect(element.date == BSONDate(milliseconds: -1))
      case "uuid":
        guard let bytes = element.uuid else {
          Issue.record("no UUID")
          continue
        }
        #expect(bytes.withUnsafeBytes { [UInt8]($0) } == uuid)
      case "nothing": #expect(element.isNull && element.string == nil)
      case "something": #expect(element.string == "x")
      case "document", "embedded":
        guard var nested = try element.nested() else {
          Issue.record("no document")
          continue
        }
        let inner = try nested.next()?.double
        #expect(inner == (element.hasKey("document") ? 1.5 : 2.5))
      case "array":
        guard var nested = try element.nested() else {
          Issue.record("no array")
          continue
        }
        var values: [Int64] = []
        while let item = try nested.next() {
          #expect(item.key == String(values.count))
          values.append(item.int64 ?? -1)
        }
        #expect(values == Array(0..<12))
      default: Issue.record("unexpected key \(element.key)")
      }
    }
    #expect(seen.count == 14)
  }

  @Test func aKeyNeverEndsTheDocumentEarly() throws {
    let document = BSONDocument { writer in
      writer.append("a\0b", 1)
      writer.append("", 2)
      let key = Array("c\0".utf8)
      key.withUnsafeBytes { writer.append(key: $0, bool: true) }
    }
    var keys: [String] = []
    var reader = document.reader
    while let element = try reader.next() { keys.append(element.key) }
    #expect(keys == ["a\u{FFFD}b", "", "c\u{FFFD}"])
  }

  @Test(arguments: [(0, 0), (1999, 1), (-1, -1), (-1000, -1), (-1001, -2)] as [(Int64, Int64)])
  func datesRoundDownToTheMillisecond(microseconds: Int64, milliseconds: Int64) {
    #expect(BSONDate(microseconds: microseconds).milliseconds == milliseconds)
  }
}
