import Foundation

/// Dead letters as lines of a file, which can be mended and read again. A run begins it anew.
final class DeadLetterFile: DeadLetterOutput {
  private let path: String
  private var file: FileHandle?

  init(_ path: String) { self.path = path }

  func send(_ letter: DeadLetter) throws {
    let file = try self.file ?? open()
    var line = Data(letter.delivery.bytes)
    line.append(0x0a)
    do { try file.write(contentsOf: line) } catch { throw failure }
  }

  func flush(patience: Duration) throws -> Bool {
    do { try file?.synchronize() } catch { throw failure }
    return true
  }

  private func open() throws -> FileHandle {
    guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
    else { throw failure }
    self.file = file
    return file
  }

  private var failure: IngestError {
    IngestError(
      .deadLetters, "dead letters: writing \(path) failed: the file cannot be created or written; name another")
  }
}
