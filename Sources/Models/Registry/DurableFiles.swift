import Foundation

/// Writes that are there whole or not at all, also after a kill or a loss of power.
///
/// Data go to a temporary name beside the target, are synced, and get their name by `rename`, which is one step for
/// every reader; then the directory is synced, without which the new name could be lost with the power.
enum DurableFiles {
  private static let temporaryPrefix = ".partial-"

  /// A new directory with these files. One of that name that is already there stays as it is.
  static func write(_ files: [String: Data], toNew directory: URL) throws(ModelError) {
    if FileManager.default.fileExists(atPath: directory.path) { return }
    let temporary = temporary(beside: directory)
    guard mkdir(temporary.path, 0o755) == 0 else { throw failure("create", temporary) }
    do throws(ModelError) {
      for (name, data) in files { try write(data, to: temporary.appending(path: name)) }
      try sync(temporary)
      guard rename(temporary.path, directory.path) == 0 else { throw failure("rename to", directory) }
      try sync(directory.deletingLastPathComponent())
    } catch {
      try? FileManager.default.removeItem(at: temporary)
      throw error
    }
  }

  /// A directory with these files, in place of an older one. Between the two a reader may find none for an instant.
  static func write(_ files: [String: Data], replacing directory: URL) throws(ModelError) {
    let old = temporary(beside: directory)
    let isThere = FileManager.default.fileExists(atPath: directory.path)
    if isThere, rename(directory.path, old.path) != 0 { throw failure("replace", directory) }
    do throws(ModelError) {
      try write(files, toNew: directory)
    } catch {
      if isThere { rename(old.path, directory.path) }
      throw error
    }
    if isThere { try? FileManager.default.removeItem(at: old) }
  }

  /// A file, in place of an older one.
  static func write(_ data: Data, replacing file: URL) throws(ModelError) {
    let temporary = temporary(beside: file)
    do throws(ModelError) {
      try write(data, to: temporary)
      guard rename(temporary.path, file.path) == 0 else { throw failure("rename to", file) }
      try sync(file.deletingLastPathComponent())
    } catch {
      unlink(temporary.path)
      throw error
    }
  }

  /// What killed writers left.
  static func removeTemporaries(in directory: URL) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
    for name in names where name.hasPrefix(temporaryPrefix) {
      try? FileManager.default.removeItem(at: directory.appending(path: name))
    }
  }

  private static func temporary(beside target: URL) -> URL {
    target.deletingLastPathComponent().appending(path: temporaryPrefix + UUID().uuidString)
  }

  private static func write(_ data: Data, to file: URL) throws(ModelError) {
    let descriptor = open(file.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure("create", file) }
    defer { close(descriptor) }
    var rest = data[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure("write", file) }
      rest = rest.dropFirst(count)
    }
    guard fsync(descriptor) == 0 else { throw failure("sync", file) }
  }

  private static func sync(_ directory: URL) throws(ModelError) {
    let descriptor = open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", directory) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("sync", directory) }
  }

  static func failure(_ operation: String, _ url: URL) -> ModelError {
    ModelError(.unwritable, "models: \(operation) \(url.path) failed: \(String(cString: strerror(errno)))")
  }
}

/// Held by the one process, and the one thread in it, that writes to a task.
///
/// `flock` belongs to the open file: two handles in one process exclude each other too, and the kernel releases it
/// with the process, so that a kill leaves no stale lock.
final class TaskLock {
  private var descriptor: Int32

  /// Makes the directory if need be and waits for its lock.
  init(_ directory: URL) throws(ModelError) {
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      throw ModelError(.unwritable, "models: the directory \(directory.path) cannot be created; name another")
    }
    let file = directory.appending(path: ".lock")
    descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw DurableFiles.failure("open", file) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw DurableFiles.failure("lock", file) }
    }
  }

  func release() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  deinit { release() }
}
