import Foundation

/// Where an answer goes that is too long for memory: stdout, or a file that is there whole or not at all.
final class TextSink {
  private let path: String?
  private let temporary: URL?
  private let handle: FileHandle
  private var buffer: [UInt8] = []
  private var isFinished = false

  /// - Parameter path: nil for stdout.
  /// - Throws: `OutputError`.
  init(_ path: String?) throws {
    self.path = path
    guard let path else {
      temporary = nil
      handle = .standardOutput
      return
    }
    let target = URL(filePath: path)
    let temporary = target.deletingLastPathComponent()
      .appending(path: ".\(target.lastPathComponent).\(UUID().uuidString)")
    guard FileManager.default.createFile(atPath: temporary.path, contents: nil),
      let handle = FileHandle(forWritingAtPath: temporary.path)
    else { throw OutputError(path: path) }
    self.temporary = temporary
    self.handle = handle
  }

  deinit {
    if !isFinished, let temporary { try? FileManager.default.removeItem(at: temporary) }
  }

  /// - Throws: `OutputError`; `CancellationError` when the command is to stop.
  func write(_ text: String) throws {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= 1 << 20 { try flush() }
  }

  /// Gives the file its name.
  func finish() throws {
    try flush()
    guard let path, let temporary else { return }
    try? handle.close()
    guard rename(temporary.path, path) == 0 else { throw OutputError(path: path) }
    isFinished = true
  }

  private func flush() throws {
    try Task.checkCancellation()
    do {
      try handle.write(contentsOf: buffer)
    } catch {
      throw OutputError(path: path ?? "stdout")
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
