/// A growing window over a byte source: what is still needed moves to its front when more is read.
///
/// Behind the window lie `padding` readable bytes, so that a parser may look past the last line.
struct ReadBuffer: ~Copyable {
  static let padding = 64

  var source: ByteSource
  private var memory: UnsafeMutableRawBufferPointer
  /// The window: bytes that were read and not yet consumed.
  private(set) var start = 0
  private(set) var end = 0
  private(set) var isAtEnd = false

  init(_ source: consuming ByteSource, capacity: Int = 1 << 20) {
    self.source = source
    memory = .allocate(byteCount: capacity + Self.padding, alignment: 64)
  }

  deinit { memory.deallocate() }

  var count: Int { end - start }

  /// The window's bytes; moves with the next `fill()`.
  var bytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: memory[start..<end])
  }

  /// Bytes readable from the window's start on, padding included.
  var readable: Int { memory.count - start }

  mutating func consume(_ count: Int) { start += count }

  /// Reads more behind the window, making room first; nothing more comes when it is at the end.
  mutating func fill() throws(JourneyError) {
    guard !isAtEnd else { return }
    if start > 0 {
      memory.baseAddress!.copyMemory(from: memory.baseAddress! + start, byteCount: count)
      end -= start
      start = 0
    }
    if end == memory.count - Self.padding {
      let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * end + Self.padding, alignment: 64)
      larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<end]))
      memory.deallocate()
      memory = larger
    }
    let room = UnsafeMutableRawBufferPointer(rebasing: memory[end..<memory.count - Self.padding])
    let read = try source.read(into: room)
    end += read
    isAtEnd = read == 0
  }
}
