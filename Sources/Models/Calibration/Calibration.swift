/// A fitted map from scores to probabilities, as a model file holds it: `{"method": "platt", ...}`.
public enum Calibration: Sendable, Equatable {
  case platt(PlattScaling)
  case isotonic(IsotonicCalibration)

  public enum Method: String, Codable, Sendable, CaseIterable { case platt, isotonic }

  /// - Throws: what the method's own initialiser throws.
  public init(
    _ method: Method, scores: [Double], labels: [UInt8], weights: [Double]? = nil
  ) throws(ModelError) {
    switch method {
    case .platt: self = .platt(try PlattScaling(fitting: scores, labels: labels, weights: weights))
    case .isotonic: self = .isotonic(try IsotonicCalibration(fitting: scores, labels: labels, weights: weights))
    }
  }

  public func callAsFunction(_ score: Double) -> Double {
    switch self {
    case .platt(let scaling): scaling(score)
    case .isotonic(let function): function(score)
    }
  }
}

extension Calibration: Codable {
  private enum Key: String, CodingKey { case method }

  public init(from decoder: any Decoder) throws {
    switch try decoder.container(keyedBy: Key.self).decode(Method.self, forKey: .method) {
    case .platt: self = .platt(try PlattScaling(from: decoder))
    case .isotonic: self = .isotonic(try IsotonicCalibration(from: decoder))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .platt(let scaling):
      try container.encode(Method.platt, forKey: .method)
      try scaling.encode(to: encoder)
    case .isotonic(let function):
      try container.encode(Method.isotonic, forKey: .method)
      try function.encode(to: encoder)
    }
  }
}
