import Stores
import Testing

@Suite struct DamagedBSONTests {
  /// A document with a value of every size class, nested both ways.
  private static let document = BSONDocument {
    $0.append("_id", "customer:202403")
    $0.array("journey_data") {
      for index in 0..<3 {
        $0.document {
          $0.append("touchpoint", "email_opened")
          $0.append("timestamp", BSONDate(milliseconds: 1_700_000_000_000))
          $0.append("n", Int32(index))
          $0.append("rate", 0.25)
          $0.append("flag", false)
          $0.append("event_id", uuid: [UInt8](repeating: 7, count: 16).span.bytes)
        }
      }
    }
    $0.append("campaign", String?.none)
  }

  /// Looks at every value at every depth; returns how many there are.
  private static func walk(_ reader: consuming BSONReader, depth: Int = 0) throws(StoreError) -> Int {
    var count = 0
    while let element = try reader.next() {
      count += 1
      _ = (element.key, element.string, element.int64, element.double, element.bool, element.date)
      if let uuid = element.uuid { #expect(uuid.byteCount == 16) }
      if depth < 50, let nested = try element.nested() { count += try walk(nested, depth: depth + 1) }
    }
    return count
  }

  private static func walk(_ bytes: [UInt8]) throws(StoreError) -> Int { try walk(BSONReader(bytes.span.bytes)) }

  @Test func theWholeDocumentIsRead() throws {
    #expect(try Self.walk(Self.document.bytes) == 3 + 3 + 18)
  }

  @Test func everyTruncationIsRefused() {
    let bytes = Self.document.bytes
    for length in 0..<bytes.count {
      #expect(storeError { _ = try Self.walk(Array(bytes.prefix(length))) }?.code == .malformed, "length \(length)")
    }
  }

  /// As above, but the length says what is there, so that the damage shows only inside.
  @Test func everyTruncationWithARightLengthIsRefused() {
    let bytes = Self.document.bytes
    for length in 5..<bytes.count - 1 {
      var cut = Array(bytes.prefix(length)) + [0]
      for byte in 0..<4 { cut[byte] = UInt8(truncatingIfNeeded: cut.count >> (8 * byte)) }
      // Between two elements of the outermost level a cut leaves a whole, shorter document.
      let outcome = Result { try Self.walk(cut) }
      if case .success(let count) = outcome {
        #expect(count < 24)
      } else {
        #expect(storeError { _ = try outcome.get() }?.code == .malformed, "length \(length)")
      }
    }
  }

  /// No reading beyond the bytes whatever stands in them (a bounds check would end the process).
  @Test func randomDamageIsReadWithinBoundsOrRefused() {
    var random = SplitMix(state: 42)
    var refused = 0
    for _ in 0..<20_000 {
      var bytes = Self.document.bytes
      for _ in 0...Int.random(in: 0..<4, using: &random) {
        bytes[Int.random(in: 4..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if let error = storeError({ _ = try Self.walk(bytes) }) {
        #expect(error.code == .malformed)
        refused += 1
      }
    }
    #expect(refused > 1000)
  }

  @Test(arguments: [
    [UInt8](), [5, 0, 0, 0], [4, 0, 0, 0, 0], [5, 0, 0, 0, 1], [0xFF, 0xFF, 0xFF, 0xFF, 0],
    // A string of negative length, one of length 0, a nested document longer than its parent, an unknown type.
    [12, 0, 0, 0, 2, 0x61, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0], [12, 0, 0, 0, 2, 0x61, 0, 0, 0, 0, 0, 0],
    [12, 0, 0, 0, 3, 0x61, 0, 0xFF, 0xFF, 0xFF, 0x7F, 0], [8, 0, 0, 0, 0x20, 0x61, 0, 0],
  ])
  func malformedInputIsRefused(bytes: [UInt8]) {
    #expect(storeError { _ = try Self.walk(bytes) }?.code == .malformed)
  }
}

/// Sebastiano Vigna's splitmix64: the same numbers in every run.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
