import Foundation
import Journeys

/// The model of a task: what it takes to score the customers of any journey store.
public struct TaskModel: Sendable, Equatable {
  enum Predictor: Sendable, Equatable {
    case probability(ProbabilityModel)
    case value(ValueModel)
  }

  public let task: PredictionTask
  /// Days that a label looks ahead.
  public let horizonDays: Double
  /// Cuts the days on which purchases count as one.
  public let timeZone: String
  public let features: FeatureList
  let predictor: Predictor

  /// What is said of the customers of a store, in the store's order; NaN for those whom the task is not for.
  public struct Scores: Sendable, Equatable {
    /// A probability, or the money of all the life to come (major units).
    public var values: [Double]
    /// `ltv`: the money of the horizon alone; else nil.
    public var horizonValues: [Double]?
  }

  /// As cards name it.
  public var learner: String {
    switch predictor {
    case .probability(let model): model.candidate.rawValue
    case .value(let model): model.candidate.rawValue
    }
  }

  /// Files beside `model.json`.
  public var parts: [String: Data] {
    let trees: BoostedTrees? =
      switch predictor {
      case .probability(let model): if case .boosting(let trees) = model.learner { trees } else { nil }
      case .value(let model): model.trees
      }
    return trees.map { [ModelParts.boostingFile: Data($0.lightGBMText.utf8)] } ?? [:]
  }

  /// Customers whose features are in memory at a time.
  private static let block = 16 * customersPerChunk

  /// - Parameter moment: microseconds since 1970 UTC, exclusive: no event at or after it is read.
  /// - Throws: `ModelError` `.notConverged` should a score be no number; `JourneyError` for a time zone this system
  ///   lacks; `CancellationError`.
  public func predict(
    store: JourneyStore, asOf moment: Int64, threads: Int = defaultThreads
  ) async throws -> Scores {
    let calendar = try ZonedCalendar(timeZone)
    let table = FeatureTable(of: store, before: moment, list: features, calendar: calendar)
    let histories = task == .lifetimeValue ? PurchaseHistories(of: store, before: moment, calendar: calendar) : nil
    var scores = Scores(values: Array(repeating: .nan, count: store.customerCount), horizonValues: nil)
    if task == .lifetimeValue { scores.horizonValues = scores.values }
    for start in stride(from: 0, to: store.customerCount, by: Self.block) {
      let customers = start..<min(start + Self.block, store.customerCount)
      let all = try await table.run(over: store, customers: customers, threads: threads)
      let rows = task.takesBuyersOnly ? all.buyers : all
      guard rows.count > 0 else { continue }
      let known = try await histories?.run(over: store, customers: customers, threads: threads)
        .table(of: rows.customers.map { $0 - Int32(start) })
      let values = try await predict(rows, histories: known, threads: threads)
      for (row, customer) in rows.customers.enumerated() {
        scores.values[Int(customer)] = values.lifetime[row]
        scores.horizonValues?[Int(customer)] = values.horizon[row]
      }
    }
    return scores
  }

  /// For a probability both are it.
  func predict(
    _ rows: FeatureTable.Rows, histories: CustomerTable?, threads: Int
  ) async throws -> ValueModel.Values {
    let values: ValueModel.Values
    switch predictor {
    case .probability(let model):
      let probabilities = try await model.predict(rows, threads: threads)
      values = .init(horizon: probabilities, lifetime: probabilities)
    case .value(let model):
      values = try await model.predict(
        rows, histories ?? CustomerTable([:]), horizonDays: horizonDays, threads: threads)
    }
    guard values.lifetime.allSatisfy(\.isFinite), values.horizon.allSatisfy(\.isFinite) else {
      throw ModelError(.notConverged, "\(task.name): a score is no finite number; train the model again")
    }
    return values
  }
}

extension TaskModel: Codable {
  private enum Key: String, CodingKey {
    case format, task, features, model
    case horizonDays = "horizon_days"
    case timeZone = "timezone"
  }

  private static let format = 1

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    guard let format = try? container.decode(Int.self, forKey: .format), format == Self.format else {
      throw ModelError(
        .foreignModel,
        "it was written by another version of this program (format \(Self.format) is read): train it again")
    }
    task = try container.decode(PredictionTask.self, forKey: .task)
    horizonDays = try container.decode(Double.self, forKey: .horizonDays)
    timeZone = try container.decode(String.self, forKey: .timeZone)
    features = try container.decode(FeatureList.self, forKey: .features)
    predictor =
      task == .lifetimeValue
      ? .value(try container.decode(ValueModel.self, forKey: .model))
      : .probability(try container.decode(ProbabilityModel.self, forKey: .model))
    guard horizonDays > 0, horizonDays.isFinite else {
      throw ModelError(.foreignModel, "its horizon is no number above 0: train it again")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(Self.format, forKey: .format)
    try container.encode(task, forKey: .task)
    try container.encode(horizonDays, forKey: .horizonDays)
    try container.encode(timeZone, forKey: .timeZone)
    try container.encode(features, forKey: .features)
    switch predictor {
    case .probability(let model): try container.encode(model, forKey: .model)
    case .value(let model): try container.encode(model, forKey: .model)
    }
  }
}
