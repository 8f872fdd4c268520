import Foundation

/// A whole file, mapped read-only; unmapped when the last column that looks into it is gone.
///
/// `@unchecked Sendable`: the mapping is never written and never moves.
final class MappedFile: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer

  init(_ url: URL) throws(JourneyError) {
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure("open", url) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.failure("read", url) }
    let size = Int(status.st_size)
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let address = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), address != MAP_FAILED else {
      throw Self.failure("map", url)
    }
    bytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  deinit {
    if let address = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: address), bytes.count) }
  }

  private static func failure(_ operation: String, _ url: URL) -> JourneyError {
    JourneyError(.unreadable, "\(operation) \(url.path): \(String(cString: strerror(errno)))")
  }
}
