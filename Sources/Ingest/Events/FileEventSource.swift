import Foundation
import Journeys

/// The events of a JSONL file, one a line. Offsets are line numbers, so that reading it again delivers the same.
///
/// It remembers nothing between runs: what was written once is recognised by the store.
package final class FileEventSource: EventSource {
  private let source: EventBatch.Source
  private let reader: Reader

  /// What cannot be copied stands in a class of its own.
  private final class Reader {
    var lines: LineReader
    init(_ lines: consuming LineReader) { self.lines = lines }
  }

  /// - Throws: `JourneyError.unreadable`.
  package init(_ path: String) throws(JourneyError) {
    reader = Reader(LineReader(try ByteSource(path)))
    source = EventBatch.Source(file: URL(filePath: path).standardizedFileURL.path)
  }

  package func next(_ limits: BatchLimits) throws -> EventBatch? {
    let memory = LineMemory()
    var deliveries: [EventBatch.Delivery] = []
    while deliveries.count < limits.events, memory.byteCount < limits.bytes {
      guard let line = try reader.lines.next() else { break }
      let number = reader.lines.line
      var bytes = line.bytes
      if number == 1, bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes = UnsafeRawBufferPointer(rebasing: bytes[3...]) }
      if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
      deliveries.append(
        EventBatch.Delivery(
          source: 0, offset: Int64(number), bytes: memory.copy(bytes), capacity: bytes.count + LineMemory.padding))
    }
    return deliveries.isEmpty ? nil : EventBatch(sources: [source], deliveries: deliveries, owner: memory)
  }

  package var sources: [EventBatch.Source] { [source] }
  package func commit(_ batch: EventBatch) {}
  package func keepAlive(_ batch: EventBatch) -> Bool { true }
  package var waker: @Sendable () -> Void { {} }
  package func close() {}
}

/// Lines of a batch, in blocks that do not move.
private final class LineMemory {
  /// Bytes that a parser may look at behind a line.
  static let padding = 64
  private static let blockSize = 1 << 22

  private var blocks: [UnsafeMutableRawBufferPointer] = []
  private var used = 0
  private(set) var byteCount = 0

  deinit { for block in blocks { block.deallocate() } }

  func copy(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let needed = line.count + Self.padding
    if blocks.isEmpty || blocks[blocks.count - 1].count - used < needed {
      blocks.append(.allocate(byteCount: max(Self.blockSize, needed), alignment: 16))
      used = 0
    }
    let place = UnsafeMutableRawBufferPointer(rebasing: blocks[blocks.count - 1][used..<used + line.count])
    place.copyMemory(from: line)
    used += needed
    byteCount += line.count
    return UnsafeRawBufferPointer(place)
  }
}
