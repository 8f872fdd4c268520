import Foundation

/// Cuts a CSV file into blocks of whole records, so that several threads can read it.
package struct CSVBlocks: ~Copyable {
  package struct Block: Sendable {
    /// The records, and `padding` bytes behind them that a reader may look at.
    package let bytes: [UInt8]
    package let count: Int
    /// Without a quote every line end ends a record and every delimiter a field.
    package let hasQuotes: Bool
  }

  package static let padding = 64
  /// Large against a record, small against a cache.
  private static let size = 1 << 20

  private var source: ByteSource
  private let delimiter: UInt8
  /// What was read behind the last block: the beginning of a record.
  private var rest: [UInt8] = []
  private var isAtEnd = false

  package init(_ source: consuming ByteSource, delimiter: UInt8 = UInt8(ascii: ",")) {
    self.source = source
    self.delimiter = delimiter
  }

  package var name: String { source.name }
  package var size: Int? { source.size }
  package var position: Int { source.position }

  /// The next records, at least one; nil at the end. A record larger than a block makes the block larger.
  ///
  /// - Throws: `JourneyError.unreadable`.
  package mutating func next() throws(JourneyError) -> Block? {
    guard !isAtEnd || !rest.isEmpty else { return nil }
    var size = Self.size
    while true {
      let bytes = try read(size)
      let count = bytes.count - Self.padding
      guard count > 0 else { return nil }
      let (cut, hasQuotes) = cut(bytes, count)
      if let end = isAtEnd ? count : cut {
        rest = Array(bytes[end..<count])
        return Block(bytes: bytes, count: end, hasQuotes: hasQuotes)
      }
      rest = Array(bytes[..<count])
      size *= 2
    }
  }

  /// The rest and what follows, up to `size` bytes, and the padding.
  private mutating func read(_ size: Int) throws(JourneyError) -> [UInt8] {
    var failure: JourneyError?
    let bytes = [UInt8](unsafeUninitializedCapacity: size + Self.padding) { buffer, count in
      count = rest.count
      rest.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
      do throws(JourneyError) {
        while count < size, !isAtEnd {
          let room = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count..<size])
          let more = try source.read(into: room)
          isAtEnd = more == 0
          count += more
        }
      } catch {
        failure = error
      }
      for place in count..<count + Self.padding { buffer[place] = 0 }
      count += Self.padding
    }
    if let failure { throw failure }
    return bytes
  }

  /// The end of the last whole record, nil if there is none, and whether there are quotes.
  private func cut(_ bytes: [UInt8], _ count: Int) -> (end: Int?, hasQuotes: Bool) {
    bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return (nil, false) }
      guard memchr(start, 0x22, count) != nil else {
        return (bytes[..<count].lastIndex(of: 0x0a).map { $0 + 1 }, false)
      }
      // As `CSVReader` sees it: a quote opens at the start of a field only, and a doubled one does not close.
      enum Place { case fieldStart, field, quotes, behindQuote }
      var place = Place.fieldStart
      var end: Int?
      for index in 0..<count {
        let byte = bytes[index]
        switch place {
        case .quotes: if byte == 0x22 { place = .behindQuote }
        case .fieldStart where byte == 0x22, .behindQuote where byte == 0x22: place = .quotes
        default:
          if byte == 0x0a { end = index + 1 }
          place = byte == 0x0a || byte == delimiter ? .fieldStart : .field
        }
      }
      return (end, true)
    }
  }
}
