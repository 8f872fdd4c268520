import Foundation

/// A file that is written piece by piece and appears under its name only when it is whole.
///
/// What is no regular file (a pipe, `/dev/null`) is written as it is, and `-` is stdout.
final class StreamedFile {
  private let path: String
  private let target: String
  private let temporary: String?
  private let descriptor: Int32
  private var isClosed = false

  /// - Throws: `OutputError`, as every function here.
  init(_ path: String) throws {
    self.path = path
    if path == "-" {
      target = path
      temporary = nil
      descriptor = STDOUT_FILENO
      return
    }
    var status = stat()
    let isSpecial = stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    // A link stays one: what it leads to is replaced.
    target = isSpecial ? path : URL(filePath: path).resolvingSymlinksInPath().path
    temporary = isSpecial ? nil : "\(target).\(ProcessInfo.processInfo.processIdentifier).part"
    descriptor = open(temporary ?? path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw OutputError(path: path, errno: errno) }
  }

  deinit {
    guard !isClosed, descriptor != STDOUT_FILENO else { return }
    close(descriptor)
    if let temporary { unlink(temporary) }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw OutputError(path: path, errno: errno)
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Gives the file its name. Without this call it is removed.
  func finish() throws {
    guard descriptor != STDOUT_FILENO else { return }
    isClosed = true
    // Some file systems tell of a full disk only here.
    let isWritten = close(descriptor) == 0
    guard isWritten, temporary.map({ rename($0, target) == 0 }) ?? true else {
      let error = OutputError(path: path, errno: errno)
      if let temporary { unlink(temporary) }
      throw error
    }
  }
}
