/// The records of a CSV file (RFC 4180), streaming: quoted fields, doubled quotes, line ends inside quotes, `\r\n`.
///
/// A byte order mark and empty lines are skipped.
package struct CSVReader: ~Copyable {
  private let delimiter: UInt8
  private var buffer: ReadBuffer
  private var consumedByLast = 0
  private var linesInLast = 1
  private var fields: [(start: Int, count: Int)] = []
  private var isFirst = true
  /// The line on which the last record began, from 1.
  package private(set) var line = 0
  /// Bytes of the source, unpacked, up to the end of the last record.
  package private(set) var offset = 0

  package init(_ source: consuming ByteSource, delimiter: UInt8 = UInt8(ascii: ",")) {
    buffer = ReadBuffer(source)
    self.delimiter = delimiter
  }

  package var name: String { buffer.source.name }
  package var size: Int? { buffer.source.size }
  package var position: Int { buffer.source.position }
  package var fieldCount: Int { fields.count }

  /// A field of the last record, unquoted; alive until the next call of `next()`.
  package func field(_ index: Int) -> UnsafeRawBufferPointer {
    let bytes = UnsafeRawBufferPointer(buffer.bytes)
    let field = fields[index]
    return UnsafeRawBufferPointer(rebasing: bytes[field.start..<field.start + field.count])
  }

  package func text(_ index: Int) -> String { String(decoding: field(index), as: UTF8.self) }

  /// Goes to the next record; false at the end.
  ///
  /// - Throws: `JourneyError.malformedText` for a quote that is never closed, `.unreadable` when reading fails.
  package mutating func next() throws(JourneyError) -> Bool {
    while true {
      buffer.consume(consumedByLast)
      consumedByLast = 0
      line += isFirst ? 1 : linesInLast
      if isFirst { try skipByteOrderMark() }
      isFirst = false
      guard try readRecord() else { return false }
      offset += consumedByLast
      // An empty line is no record; a line of one empty quoted field cannot be told from it and is none either.
      if fields.count == 1, fields[0].count == 0 { continue }
      return true
    }
  }

  private mutating func skipByteOrderMark() throws(JourneyError) {
    while buffer.count < 3, !buffer.isAtEnd { try buffer.fill() }
    guard buffer.count >= 3, buffer.bytes[0] == 0xef, buffer.bytes[1] == 0xbb, buffer.bytes[2] == 0xbf else { return }
    buffer.consume(3)
    offset += 3
  }

  /// Scans one record from the window's start, reading on when the window ends inside of it.
  private mutating func readRecord() throws(JourneyError) -> Bool {
    // Whole scans are repeated after a refill; records are short against the window, so few are.
    while true {
      switch scan() {
      case .record: return true
      case .end: return false
      case .unclosedQuote:
        throw JourneyError(.malformedText, "read \(name): the quote opened in line \(line) is never closed")
      case .needsMore: try buffer.fill()
      }
    }
  }

  private enum Scan { case record, end, needsMore, unclosedQuote }

  private mutating func scan() -> Scan {
    let bytes = buffer.bytes
    let count = bytes.count
    if count == 0 { return buffer.isAtEnd ? .end : .needsMore }
    let quote = UInt8(ascii: "\"")
    fields.removeAll(keepingCapacity: true)
    linesInLast = 1
    var place = 0
    while true {
      var start = place
      var length: Int
      if place < count, bytes[place] == quote {
        // Find the closing quote first: nothing is moved before the record is known to be whole.
        place += 1
        start = place
        var doubled = false
        while true {
          if place == count { return buffer.isAtEnd ? .unclosedQuote : .needsMore }
          if bytes[place] == quote {
            if place + 1 == count, !buffer.isAtEnd { return .needsMore }
            guard place + 1 < count, bytes[place + 1] == quote else { break }
            doubled = true
            place += 1
          } else if bytes[place] == 0x0a {
            linesInLast += 1
          }
          place += 1
        }
        length = doubled ? -(place - start) : place - start
        place += 1
        // What follows a closing quote up to the delimiter belongs to no field (RFC 4180 has nothing there).
        while place < count, bytes[place] != delimiter, bytes[place] != 0x0a { place += 1 }
      } else {
        while place < count, bytes[place] != delimiter, bytes[place] != 0x0a { place += 1 }
        length = place - start
        if place < count, bytes[place] == 0x0a, length > 0, bytes[place - 1] == 0x0d { length -= 1 }
      }
      if place == count, !buffer.isAtEnd { return .needsMore }
      fields.append((start, length))
      if place == count || bytes[place] == 0x0a {
        if place == count, let last = fields.last, last.count > 0, last.start + last.count == count,
          bytes[count - 1] == 0x0d
        {
          fields[fields.count - 1].count -= 1
        }
        consumedByLast = min(place + 1, count)
        undoubleQuotes(bytes)
        return .record
      }
      place += 1
    }
  }

  /// Fields with doubled quotes have a negative length: writes them anew in place.
  private mutating func undoubleQuotes(_ bytes: UnsafeMutableRawBufferPointer) {
    for index in fields.indices where fields[index].count < 0 {
      let start = fields[index].start
      var target = start
      var source = start
      while source < start - fields[index].count {
        bytes[target] = bytes[source]
        source += bytes[source] == UInt8(ascii: "\"") ? 2 : 1
        target += 1
      }
      fields[index].count = target - start
    }
  }
}
