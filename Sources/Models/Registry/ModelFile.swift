import Foundation

/// Models as single files, for tables that are fitted and scored without a registry.
public enum ModelFile {
  /// Writes any model or card as JSON with sorted keys; the file is there whole or not at all.
  ///
  /// - Throws: `ModelError.unwritable`.
  public static func write(_ model: some Encodable, to file: URL) throws(ModelError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(model) else {
      throw ModelError(.unwritable, "models: \(file.path): the model holds a number that JSON has no word for")
    }
    try DurableFiles.write(data, replacing: file)
  }

  /// - Throws: `ModelError` `.unreadable`, `.foreignModel`.
  public static func logistic(_ file: URL) throws(ModelError) -> LogisticModel {
    try decode(LogisticModel.self, file, writtenBy: LogisticModel.learner)
  }
}
