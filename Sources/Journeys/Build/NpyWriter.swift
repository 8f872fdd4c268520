import Foundation

/// Writes one `.npy` column from the front to the back and sums its checksum on the way.
struct NpyWriter: ~Copyable {
  private let url: URL
  private let descriptor: Int32
  private(set) var crc32: UInt32 = 0

  init<Element: NpyElement>(_ url: URL, of type: Element.Type, count: Int) throws {
    self.url = url
    descriptor = open(url.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw JourneyError(.unwritable, "create \(url.path): \(String(cString: strerror(errno)))")
    }
    let header = NpyHeader(type: Element.npyType, shape: [count]).encoded
    try header.withUnsafeBytes { bytes throws in try write(bytes) }
  }

  deinit { close(descriptor) }

  mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    crc32 = CRC32.of(bytes, after: crc32)
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let written = Foundation.write(descriptor, part.baseAddress, part.count)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else {
        throw JourneyError(.unwritable, "write \(url.path): \(String(cString: strerror(errno)))")
      }
      rest = rest.dropFirst(written)
    }
  }

  /// Writes a whole column that lies in memory; returns its checksum.
  static func write<Element: NpyElement>(_ elements: [Element], to url: URL) throws -> UInt32 {
    var writer = try NpyWriter(url, of: Element.self, count: elements.count)
    try elements.withUnsafeBytes { bytes throws in try writer.write(bytes) }
    return writer.crc32
  }

  /// Writes `source[order[0]], source[order[1]], ...`; behind the end of `source` stands `missing`.
  static func gather<Element: NpyElement>(
    _ source: [Element], order: [Int32], missing: Element, to url: URL
  ) throws -> UInt32 {
    var writer = try NpyWriter(url, of: Element.self, count: order.count)
    var block: [Element] = []
    block.reserveCapacity(1 << 15)
    var start = 0
    while start < order.count {
      let end = min(start + 1 << 15, order.count)
      block.removeAll(keepingCapacity: true)
      if source.count == order.count {
        for place in start..<end { block.append(source[Int(order[place])]) }
      } else {
        for place in start..<end {
          let event = Int(order[place])
          block.append(event < source.count ? source[event] : missing)
        }
      }
      try block.withUnsafeBytes { bytes throws in try writer.write(bytes) }
      start = end
    }
    return writer.crc32
  }
}
