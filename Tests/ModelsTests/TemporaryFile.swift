import Foundation

/// A file, or a directory for some, that is gone when the test is.
final class TemporaryFile {
  let url = FileManager.default.temporaryDirectory.appending(path: "models-\(UUID().uuidString)")
  var path: String { url.path }

  convenience init(_ text: String) throws { try self.init(bytes: Array(text.utf8)) }

  init(bytes: [UInt8]) throws { try Data(bytes).write(to: url) }

  /// An empty directory.
  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: url) }
}
