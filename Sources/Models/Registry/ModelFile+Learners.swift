import Foundation

extension ModelFile {
  /// What a model file says it is (`bg-nbd`, `kmeans`, ...); nil for a file that is no JSON or says nothing.
  ///
  /// - Throws: `ModelError.unreadable`.
  public static func learner(_ file: URL) throws(ModelError) -> String? {
    struct Named: Decodable { var learner: String }
    let data = try contents(file)
    return try? JSONDecoder().decode(Named.self, from: data).learner
  }

  /// - Throws: `ModelError` `.unreadable`, `.foreignModel`.
  public static func customerModel(_ file: URL) throws(ModelError) -> CustomerModel {
    try decode(CustomerModel.self, file, writtenBy: CustomerLearner.allCases.map(\.rawValue).joined(separator: "|"))
  }

  /// - Throws: `ModelError` `.unreadable`, `.foreignModel`.
  public static func kMeans(_ file: URL) throws(ModelError) -> KMeansModel {
    try decode(KMeansModel.self, file, writtenBy: KMeansModel.learner)
  }

  /// - Throws: `ModelError` `.unreadable`, `.foreignModel`.
  public static func sendTime(_ file: URL) throws(ModelError) -> SendTimeModel {
    try decode(SendTimeModel.self, file, writtenBy: SendTimeModel.learner)
  }

  static func decode<Model: Decodable>(
    _ type: Model.Type, _ file: URL, writtenBy learner: String
  ) throws(ModelError) -> Model {
    let data = try contents(file)
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch let error as ModelError {
      throw ModelError(error.code, "models: \(file.path): \(error.message)")
    } catch {
      throw ModelError(.foreignModel, "models: \(file.path) is no model that 'fit \(learner)' wrote")
    }
  }

  private static func contents(_ file: URL) throws(ModelError) -> Data {
    guard let data = FileManager.default.contents(atPath: file.path) else {
      throw ModelError(.unreadable, "models: \(file.path) cannot be read; name a file that 'fit --model' wrote")
    }
    return data
  }
}
