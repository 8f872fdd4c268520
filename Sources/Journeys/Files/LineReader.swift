import Foundation

/// The lines of a byte source, without their ends (`\n` or `\r\n`).
package struct LineReader: ~Copyable {
  /// A longer line is given as its first bytes with `isCut`: nothing that long is an event.
  package static let maximumLength = 64 << 20

  private var buffer: ReadBuffer
  private var scanned = 0
  private var consumedByLast = 0
  /// The number of the line that was read last, from 1.
  package private(set) var line = 0

  package init(_ source: consuming ByteSource) { buffer = ReadBuffer(source) }

  package var name: String { buffer.source.name }
  package var size: Int? { buffer.source.size }
  package var position: Int { buffer.source.position }

  /// A line, alive until the next call.
  package struct Line {
    package let bytes: UnsafeRawBufferPointer
    /// Bytes readable from the line's start on.
    package let capacity: Int
    package let isCut: Bool
  }

  /// The next line, nil at the end.
  package mutating func next() throws(JourneyError) -> Line? {
    buffer.consume(consumedByLast)
    consumedByLast = 0
    scanned = 0
    var dropped = false
    while true {
      let bytes = buffer.bytes
      if let newline = memchr(bytes.baseAddress! + scanned, 0x0a, bytes.count - scanned) {
        return finish(bytes, newline - UnsafeMutableRawPointer(bytes.baseAddress!), ended: 1, cut: dropped)
      }
      if buffer.isAtEnd {
        return bytes.isEmpty && !dropped ? nil : finish(bytes, bytes.count, ended: 0, cut: dropped)
      }
      if bytes.count > Self.maximumLength {
        // Keep the head of the line as its witness and drop the rest as it comes.
        dropped = true
        buffer.consume(bytes.count)
        scanned = 0
      } else {
        scanned = bytes.count
      }
      try buffer.fill()
    }
  }

  private mutating func finish(
    _ bytes: UnsafeMutableRawBufferPointer, _ length: Int, ended: Int, cut: Bool
  ) -> Line {
    line += 1
    consumedByLast = length + ended
    let trimmed = length > 0 && bytes[length - 1] == 0x0d ? length - 1 : length
    return Line(
      bytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<trimmed]), capacity: buffer.readable,
      isCut: cut)
  }
}

private func - (end: UnsafeMutableRawPointer, start: UnsafeMutableRawPointer) -> Int { start.distance(to: end) }
