import Foundation

/// A read-only array that lies in a mapped `.npy` file.
///
/// Elements are read in place: opening costs no time, and memory is the page cache's.
/// `@unchecked Sendable`: the pointer looks into a mapping that `file` keeps and nobody writes.
public struct Column<Element: NpyElement>: @unchecked Sendable {
  private let file: MappedFile
  @usableFromInline let start: UnsafePointer<Element>?
  public let count: Int
  /// As the header has it; `count` is its product.
  package let shape: [Int]

  /// Maps a `.npy` file whose element type is `Element`; the shape is flattened in C order.
  public init(npy url: URL) throws(JourneyError) {
    let file = try MappedFile(url)
    guard let header = NpyHeader(file.bytes) else {
      throw JourneyError(.damagedStore, "open \(url.path): not a .npy file in C order")
    }
    guard header.type == Element.npyType else {
      throw JourneyError(
        .damagedStore, "open \(url.path): element type \(header.type) where \(Element.npyType) is expected")
    }
    let (size, overflow) = header.elements.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard !overflow, file.bytes.count == header.length + size else {
      throw JourneyError(
        .damagedStore,
        "open \(url.path): \(file.bytes.count) bytes where its header announces \(header.length + size); "
          + "the file is truncated or overwritten: create it again")
    }
    self.file = file
    count = header.elements
    shape = header.shape
    start = file.bytes.baseAddress.map { ($0 + header.length).assumingMemoryBound(to: Element.self) }
  }

  @inlinable public subscript(index: Int) -> Element { buffer[index] }

  /// The elements, for the loops that fold them; alive as long as the column.
  public var span: Span<Element> {
    @_lifetime(borrow self) get {
      _overrideLifetime(Span(_unsafeElements: buffer), borrowing: self)
    }
  }

  @inlinable var buffer: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: start, count: count) }
}
