/// The figures of a task's validation: of probabilities, or of money.
public enum TaskMetrics: Sendable, Equatable {
  case probability(BinaryMetrics)
  case value(ValueMetrics)

  /// Of probabilities; nil for money.
  public var binary: BinaryMetrics? { if case .probability(let metrics) = self { metrics } else { nil } }

  /// Of money; nil for probabilities.
  public var value: ValueMetrics? { if case .value(let metrics) = self { metrics } else { nil } }

  /// What models are compared by: log-loss or deviance, lower is better.
  public var loss: Double {
    switch self {
    case .probability(let metrics): metrics.logLoss
    case .value(let metrics): metrics.deviance
    }
  }
}

extension TaskMetrics: Codable {
  private enum Key: String, CodingKey { case deviance }

  public init(from decoder: any Decoder) throws {
    let isValue = try decoder.container(keyedBy: Key.self).contains(.deviance)
    self = isValue ? .value(try ValueMetrics(from: decoder)) : .probability(try BinaryMetrics(from: decoder))
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .probability(let metrics): try metrics.encode(to: encoder)
    case .value(let metrics): try metrics.encode(to: encoder)
    }
  }
}
