import Foundation

/// Where an answer goes that is too long for memory: stdout, or a file that is there whole or not at all.
final class TextSink {
  private let file: StreamedFile
  private var buffer: [UInt8] = []

  /// - Parameter path: nil for stdout.
  /// - Throws: `OutputError`.
  init(_ path: String?) throws { file = try StreamedFile(path ?? "-") }

  /// - Throws: `OutputError`; `CancellationError` when the command is to stop.
  func write(_ text: String) throws {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= 1 << 20 { try flush() }
  }

  /// Gives the file its name.
  func finish() throws {
    try flush()
    try file.finish()
  }

  private func flush() throws {
    try Task.checkCancellation()
    try buffer.withUnsafeBytes { try file.write($0) }
    buffer.removeAll(keepingCapacity: true)
  }
}
