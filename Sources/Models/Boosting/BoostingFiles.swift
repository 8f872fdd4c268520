import Foundation

extension ModelFile {
  /// Writes a boosting model in LightGBM's text format; the file is there whole or not at all.
  ///
  /// - Throws: `ModelError.unwritable`.
  public static func write(_ model: BoostedTrees, to file: URL) throws(ModelError) {
    try DurableFiles.write(Data(model.lightGBMText.utf8), replacing: file)
  }

  /// - Throws: `ModelError` `.unreadable`, `.foreignModel`.
  public static func boosting(_ file: URL) throws(ModelError) -> BoostedTrees {
    guard let data = FileManager.default.contents(atPath: file.path) else {
      throw ModelError(.unreadable, "models: \(file.path) cannot be read; name a model file")
    }
    do {
      return try BoostedTrees(lightGBMText: String(decoding: data, as: UTF8.self))
    } catch {
      throw ModelError(.foreignModel, "models: \(file.path): \(error.message)")
    }
  }

  /// Whether a file is in LightGBM's text format, by its first line.
  public static func isBoosting(_ file: URL) -> Bool {
    guard let handle = try? FileHandle(forReadingFrom: file) else { return false }
    defer { try? handle.close() }
    return (try? handle.read(upToCount: 5)).map { $0.starts(with: Data("tree".utf8)) } ?? false
  }
}
