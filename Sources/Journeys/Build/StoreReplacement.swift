internal import CLinux
import Foundation

/// Puts a new store in the place of an old one, so that a reader sees the one or the other and never half of one.
struct StoreReplacement {
  let directory: URL
  /// Beside the target, because a rename works only within a file system.
  let temporary: URL

  /// Makes the temporary directory.
  ///
  /// - Throws: `JourneyError.unwritable` when it cannot, or when something that is no journey store is in the way.
  init(_ directory: URL) throws(JourneyError) {
    let manager = FileManager.default
    self.directory = directory.standardizedFileURL
    temporary = self.directory.deletingLastPathComponent()
      .appending(path: ".\(self.directory.lastPathComponent).\(UUID().uuidString.prefix(8)).partial")
    if manager.fileExists(atPath: directory.path) {
      let contents = (try? manager.contentsOfDirectory(atPath: directory.path)) ?? ["?"]
      let isStore = (try? JourneyStore(directory)) != nil || contents.contains(StoreFiles.manifestName)
      guard contents.isEmpty || isStore else {
        throw JourneyError(
          .unwritable,
          "write journey store \(directory.path): something that is no journey store is there; name another directory")
      }
      // The old store is removed with all that is in it.
      if let other = contents.sorted().first(where: { $0 != StoreFiles.manifestName && !$0.hasSuffix(".npy") }) {
        throw JourneyError(
          .unwritable,
          "write journey store \(directory.path): '\(other)' in it is no part of a store; move it, or name another "
            + "directory")
      }
    }
    do {
      try manager.createDirectory(at: temporary, withIntermediateDirectories: true)
    } catch {
      throw JourneyError(
        .unwritable, "write journey store \(directory.path): its parent directory cannot be written to")
    }
  }

  /// Whether a store with events stands where the new one is to be.
  static func wouldReplaceEvents(at directory: URL) -> Bool {
    (try? JourneyStore(directory)).map { $0.eventCount > 0 } ?? false
  }

  func commit() throws(JourneyError) {
    // With something in place the two names are exchanged in one step; the old one is then deleted.
    if rename(temporary.path, directory.path) == 0 { return }
    guard exchange(temporary.path, directory.path) else {
      throw JourneyError(
        .unwritable, "write journey store \(directory.path): rename failed: \(String(cString: strerror(errno)))")
    }
    discard()
  }

  func discard() { try? FileManager.default.removeItem(at: temporary) }

  private func exchange(_ first: String, _ second: String) -> Bool {
    renameat2(AT_FDCWD, first, AT_FDCWD, second, clinux_rename_exchange) == 0
  }
}
