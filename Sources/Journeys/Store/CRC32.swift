internal import CZlib

/// zlib's CRC-32, so that anyone can check a store's files (`zlib.crc32` in Python).
package enum CRC32 {
  /// The checksum of what `previous` covers followed by `bytes`.
  package static func of(_ bytes: UnsafeRawBufferPointer, after previous: UInt32 = 0) -> UInt32 {
    var crc = UInt(previous)
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      crc = crc32(crc, part.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(part.count))
      rest = rest.dropFirst(part.count)
    }
    return UInt32(truncatingIfNeeded: crc)
  }
}
