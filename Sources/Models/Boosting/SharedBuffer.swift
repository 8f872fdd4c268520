import Foundation

/// Memory that the members of a team write side by side, each its own part.
///
/// `@unchecked Sendable`: who writes which part in which phase is the affair of its owner.
final class SharedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  let base: UnsafeMutablePointer<Element>
  let count: Int

  convenience init(_ count: Int, repeating value: Element) {
    self.init(uninitialized: count)
    base.update(repeating: value, count: count)
  }

  /// Memory that is written before it is read: its pages are then first touched by those who use them.
  init(uninitialized count: Int) {
    self.count = count
    let size = max(count, 1) * MemoryLayout<Element>.stride
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: size >= Self.large ? Self.hugePage : 64)
    #if os(Linux)
      // Rows of a leaf are read here and there: with pages of 4 kB most reads would miss the address translation too.
      // Where the system has no huge pages, the advice changes nothing.
      if size >= Self.large { madvise(bytes, size, MADV_HUGEPAGE) }
    #endif
    base = bytes.bindMemory(to: Element.self, capacity: max(count, 1))
  }

  private static var large: Int { 4 << 20 }
  private static var hugePage: Int { 2 << 20 }

  deinit { UnsafeMutableRawPointer(base).deallocate() }
}
