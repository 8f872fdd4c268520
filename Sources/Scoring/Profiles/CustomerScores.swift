import Foundation
import Models

/// The scores of one customer, as look-ups answer them.
///
/// In JSON `{"as_of":…,"customer_id":…,"model_versions":{…},"scored_at":…,"scores":{…}}`; what does not exist is absent.
public struct CustomerScores: Codable, Sendable, Equatable {
  public var customerID: String
  public var scores: PredictedMetrics
  /// Which model made them: the registry's version by the model's kind, such as `churn`.
  public var modelVersions: [String: String]
  /// The models saw only what was before it; nil for scores that something else wrote.
  public var asOf: Date?
  public var scoredAt: Date?
  /// Written with the scores, but no part of a look-up's answer.
  public var profile: CustomerProfile?

  public init(
    customerID: String, scores: PredictedMetrics, modelVersions: [String: String] = [:], asOf: Date? = nil,
    scoredAt: Date? = nil, profile: CustomerProfile? = nil
  ) {
    self.customerID = customerID
    self.scores = scores
    self.modelVersions = modelVersions
    self.asOf = asOf
    self.scoredAt = scoredAt
    self.profile = profile
  }

  enum CodingKeys: String, CodingKey {
    case scores
    case customerID = "customer_id"
    case modelVersions = "model_versions"
    case asOf = "as_of"
    case scoredAt = "scored_at"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func date(_ key: CodingKeys) throws -> Date? {
      try container.decodeIfPresent(String.self, forKey: key).map { try Self.style.parse($0) }
    }
    customerID = try container.decode(String.self, forKey: .customerID)
    scores = try container.decode(PredictedMetrics.self, forKey: .scores)
    modelVersions = try container.decode([String: String].self, forKey: .modelVersions)
    asOf = try date(.asOf)
    scoredAt = try date(.scoredAt)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(customerID, forKey: .customerID)
    try container.encode(scores, forKey: .scores)
    try container.encode(modelVersions, forKey: .modelVersions)
    try container.encodeIfPresent(asOf.map(Self.text), forKey: .asOf)
    try container.encodeIfPresent(scoredAt.map(Self.text), forKey: .scoredAt)
  }

  /// The style cuts milliseconds off, and a date in doubles lies now before, now behind its own.
  private static func text(_ date: Date) -> String {
    let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
    return Date(timeIntervalSince1970: (milliseconds + 0.5) / 1000).formatted(style)
  }

  /// RFC 3339 in UTC with milliseconds, which is what MongoDB's dates keep.
  private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}

/// `profile_data.predicted_metrics` of the service document; nil is absent.
public struct PredictedMetrics: Codable, Sendable, Equatable {
  /// 0...1.
  public var churnProbability: Double?
  /// Major units.
  public var lifetimeValue: Double?
  /// 0...1.
  public var nextPurchaseProbability: Double?

  public init(churnProbability: Double? = nil, lifetimeValue: Double? = nil, nextPurchaseProbability: Double? = nil) {
    self.churnProbability = churnProbability
    self.lifetimeValue = lifetimeValue
    self.nextPurchaseProbability = nextPurchaseProbability
  }

  public var isEmpty: Bool { PredictedMetric.allCases.allSatisfy { self[$0] == nil } }

  enum CodingKeys: String, CodingKey {
    case churnProbability = "churn_probability"
    case lifetimeValue = "lifetime_value"
    case nextPurchaseProbability = "next_purchase_probability"
  }
}

/// A key of `predicted_metrics`.
public enum PredictedMetric: String, CaseIterable, Sendable {
  case churnProbability = "churn_probability"
  case lifetimeValue = "lifetime_value"
  case nextPurchaseProbability = "next_purchase_probability"

  /// The kind of model that makes it, as the registry names it.
  public var model: String {
    switch self {
    case .churnProbability: "churn"
    case .lifetimeValue: "ltv"
    case .nextPurchaseProbability: "next-purchase"
    }
  }

  fileprivate var field: WritableKeyPath<PredictedMetrics, Double?> {
    switch self {
    case .churnProbability: \.churnProbability
    case .lifetimeValue: \.lifetimeValue
    case .nextPurchaseProbability: \.nextPurchaseProbability
    }
  }
}

extension PredictedMetrics {
  public subscript(metric: PredictedMetric) -> Double? {
    get { self[keyPath: metric.field] }
    set { self[keyPath: metric.field] = newValue }
  }
}
