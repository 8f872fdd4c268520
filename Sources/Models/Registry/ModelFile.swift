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
    guard let data = FileManager.default.contents(atPath: file.path) else {
      throw ModelError(.unreadable, "models: \(file.path) cannot be read; name a file that 'fit --model' wrote")
    }
    do {
      return try JSONDecoder().decode(LogisticModel.self, from: data)
    } catch let error as ModelError {
      throw ModelError(.foreignModel, "models: \(file.path): \(error.message)")
    } catch {
      throw ModelError(.foreignModel, "models: \(file.path) is no model that 'fit logistic' wrote")
    }
  }
}
