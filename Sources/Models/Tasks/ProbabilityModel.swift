import Foundation
import Journeys

/// A classifier over feature rows and the map from its log-odds to probabilities.
struct ProbabilityModel: Sendable, Equatable {
  enum Learner: Sendable, Equatable {
    case logistic(LinearInputs, LogisticModel)
    case boosting(BoostedTrees)
  }

  /// By the names that `fit` knows them under.
  enum Candidate: String, Codable, Sendable, CaseIterable { case logistic, boosting }

  var learner: Learner
  /// Nil where the learner's own probabilities were the best.
  var calibration: Calibration?

  var candidate: Candidate {
    switch learner {
    case .logistic: .logistic
    case .boosting: .boosting
    }
  }

  /// Log-odds before calibration.
  func scores(_ rows: FeatureTable.Rows, threads: Int) async throws -> [Double] {
    switch learner {
    case .logistic(let inputs, let model):
      try await model.predictProbability(inputs.table(rows), threads: threads).map(Self.logOdds)
    case .boosting(let trees):
      try await trees.rawScores(FeatureMatrix(rows.table), threads: threads)
    }
  }

  func predict(_ rows: FeatureTable.Rows, threads: Int) async throws -> [Double] {
    try await scores(rows, threads: threads).map { Self.probability($0, calibration) }
  }

  /// Nobody is certain: an isotonic step of one class would say 0 or 1.
  static func probability(_ score: Double, _ calibration: Calibration?) -> Double {
    let probability = calibration.map { $0(score) } ?? sigmoid(score)
    return min(max(probability, leastProbability), 1 - leastProbability)
  }

  static let leastProbability = 1e-6

  static func logOdds(_ probability: Double) -> Double {
    let p = min(max(probability, 1e-15), 1 - 1e-15)
    return log(p) - log1p(-p)
  }
}

extension ProbabilityModel: Codable {
  private enum Key: String, CodingKey { case learner, inputs, logistic, boosting, calibration }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    switch try container.decode(Candidate.self, forKey: .learner) {
    case .logistic:
      learner = .logistic(
        try container.decode(LinearInputs.self, forKey: .inputs),
        try container.decode(LogisticModel.self, forKey: .logistic))
    case .boosting: learner = .boosting(try ModelParts.trees(container.decode(String.self, forKey: .boosting), decoder))
    }
    calibration = try container.decodeIfPresent(Calibration.self, forKey: .calibration)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(candidate, forKey: .learner)
    switch learner {
    case .logistic(let inputs, let model):
      try container.encode(inputs, forKey: .inputs)
      try container.encode(model, forKey: .logistic)
    case .boosting: try container.encode(ModelParts.boostingFile, forKey: .boosting)
    }
    try container.encodeIfPresent(calibration, forKey: .calibration)
  }
}

/// The files beside `model.json` that it names.
enum ModelParts {
  static let boostingFile = "boosting.txt"
  static let key: CodingUserInfoKey? = CodingUserInfoKey(rawValue: "parts")

  /// Trees in LightGBM's text format, from the files that the registry read.
  static func trees(_ file: String, _ decoder: any Decoder) throws -> BoostedTrees {
    let parts = key.flatMap { decoder.userInfo[$0] as? [String: Data] }
    guard let text = parts?[file] else {
      throw ModelError(.foreignModel, "the file \(file), which it names, is not beside it: train it again")
    }
    return try BoostedTrees(lightGBMText: String(decoding: text, as: UTF8.self))
  }
}
