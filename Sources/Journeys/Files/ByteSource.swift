internal import CZlib
import Foundation

/// Bytes from a file, a gzip file (`.gz`), stdin (`-`) or memory, in order.
package struct ByteSource: ~Copyable {
  /// What messages call it.
  package let name: String
  /// Size on disk, nil for stdin: progress is measured against it.
  package let size: Int?
  /// Bytes taken from disk so far.
  package private(set) var position = 0
  /// -1 for memory.
  private let descriptor: Int32
  private let inflater: Inflater?
  private var memory: [UInt8] = []

  /// - Throws: `JourneyError.unreadable`.
  package init(_ path: String) throws(JourneyError) {
    if path == "-" {
      name = "stdin"
      size = nil
      descriptor = 0
      inflater = nil
      return
    }
    name = path
    inflater = path.hasSuffix(".gz") ? Inflater() : nil
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw JourneyError(.unreadable, "read \(path): \(String(cString: strerror(errno)))")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
      close(descriptor)
      throw JourneyError(.unreadable, "read \(path): it is a directory")
    }
    size = Int(status.st_size)
  }

  package init(_ memory: [UInt8], name: String) {
    self.name = name
    size = memory.count
    descriptor = -1
    inflater = nil
    self.memory = memory
  }

  deinit { if descriptor > 0 { close(descriptor) } }

  /// Fills the buffer as far as one read goes and returns the bytes; 0 at the end.
  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(JourneyError) -> Int {
    guard let inflater else { return try readRaw(into: buffer) }
    while true {
      switch inflater.inflate(into: buffer) {
      case .bytes(let count): return count
      case .end: return 0
      case .damaged: throw JourneyError(.unreadable, "read \(name): the gzip data are damaged or truncated")
      case .needsInput:
        let count = try readRaw(into: inflater.input)
        inflater.supply(count)
      }
    }
  }

  private mutating func readRaw(into buffer: UnsafeMutableRawBufferPointer) throws(JourneyError) -> Int {
    if descriptor < 0 {
      let count = min(buffer.count, memory.count - position)
      let bytes = position..<position + count
      memory.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[bytes])) }
      position += count
      return count
    }
    while true {
      let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 {
        position += count
        return count
      }
      guard errno == EINTR else {
        throw JourneyError(.unreadable, "read \(name): \(String(cString: strerror(errno)))")
      }
    }
  }
}

/// zlib's stream, for one gzip file of one or more members.
private final class Inflater {
  enum Step {
    case bytes(Int)
    case needsInput, end, damaged
  }

  let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
  // On the heap: zlib's state points back at its stream, which must not move.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private var inputEnded = false
  private var memberEnded = false

  init() {
    stream.initialize(to: z_stream())
    // 15 bits of window, +16 for the gzip format.
    inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  func supply(_ count: Int) {
    inputEnded = count == 0
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = UInt32(count)
  }

  func inflate(into buffer: UnsafeMutableRawBufferPointer) -> Step {
    if stream.pointee.avail_in == 0 {
      if inputEnded { return memberEnded ? .end : .damaged }
      return .needsInput
    }
    if memberEnded {
      memberEnded = false
      inflateReset(stream)
    }
    stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(min(buffer.count, 1 << 30))
    let status = CZlib.inflate(stream, Z_NO_FLUSH)
    let count = min(buffer.count, 1 << 30) - Int(stream.pointee.avail_out)
    switch status {
    case Z_STREAM_END: memberEnded = true
    case Z_OK, Z_BUF_ERROR: break
    default: return .damaged
    }
    return count > 0 ? .bytes(count) : memberEnded || stream.pointee.avail_in == 0 ? inflate(into: buffer) : .damaged
  }
}
