import Foundation

/// Cuts a CSV file into blocks of whole records, so that several threads can read it.
package struct CSVBlocks: ~Copyable {
  package struct Block {
    /// The records, and `padding` bytes behind them that a reader may look at; then what is left of earlier blocks.
    package fileprivate(set) var bytes: [UInt8] = []
    package fileprivate(set) var count = 0
    /// Without a quote every line end ends a record and every delimiter a field.
    package fileprivate(set) var hasQuotes = false

    package init() {}
  }

  package static let padding = 64
  /// Large against a record; small against a cache, which then holds what is made of it too.
  private static let size = 1 << 18

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

  /// Fills a block, whose memory is used again, with the next records, at least one; false at the end. A record larger
  /// than a block makes the block larger.
  ///
  /// - Throws: `JourneyError.unreadable`.
  package mutating func next(into block: inout Block) throws(JourneyError) -> Bool {
    block.count = 0
    guard !isAtEnd || !rest.isEmpty else { return false }
    var size = Self.size
    while true {
      let count = try read(size, into: &block.bytes)
      guard count > 0 else { return false }
      let (cut, hasQuotes) = cut(block.bytes, count)
      if let end = isAtEnd ? count : cut {
        rest.removeAll(keepingCapacity: true)
        rest.append(contentsOf: block.bytes[end..<count])
        block.count = end
        block.hasQuotes = hasQuotes
        return true
      }
      rest = Array(block.bytes[..<count])
      size *= 2
    }
  }

  /// Reads the rest and what follows, up to `size` bytes, and puts the padding behind them; returns their number.
  private mutating func read(_ size: Int, into bytes: inout [UInt8]) throws(JourneyError) -> Int {
    if bytes.count < size + Self.padding {
      bytes.append(contentsOf: repeatElement(0, count: size + Self.padding - bytes.count))
    }
    var failure: JourneyError?
    let count = bytes.withUnsafeMutableBytes { bytes in
      var count = rest.count
      rest.withUnsafeBytes { bytes.copyMemory(from: $0) }
      do throws(JourneyError) {
        while count < size, !isAtEnd {
          let more = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[count..<size]))
          isAtEnd = more == 0
          count += more
        }
      } catch {
        failure = error
      }
      for place in count..<count + Self.padding { bytes[place] = 0 }
      return count
    }
    if let failure { throw failure }
    return count
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
