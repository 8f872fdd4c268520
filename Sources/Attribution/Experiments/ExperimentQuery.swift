import Foundation

/// A question about an experiment in JSON, which needs no journeys: `kind` says which.
public enum ExperimentQuery: Sendable, Equatable {
  case abTest(ABTestQuery)
  case sampleRatio(SampleRatioQuery)

  package static let kinds = ["ab_test", "ab_srm"]

  /// - Throws: `AttributionError.invalidQuery` with the place in the JSON and what can stand there.
  public init(json data: Data) throws(AttributionError) {
    let json = try QueryValue(json: data)
    guard let kind = try json.field("kind") else {
      throw json.error("lacks the field 'kind', which is one of: \(Self.kinds.joined(separator: ", "))")
    }
    switch try kind.text() {
    case "ab_test": self = .abTest(try ABTestQuery(json))
    case "ab_srm": self = .sampleRatio(try SampleRatioQuery(json))
    case let name where AnalysisQuery.kinds.contains(name):
      throw kind.error("is '\(name)', which 'funnel --query' and 'cohort --query' answer")
    case let name: throw kind.unknown(name, among: Self.kinds)
    }
  }

  /// - Throws: `AttributionError.invalidQuery` for numbers that no experiment can have.
  public func result() throws(AttributionError) -> ExperimentResult {
    switch self {
    case .abTest(let query): .abTest(try query.result())
    case .sampleRatio(let query): .sampleRatio(try query.result())
    }
  }
}

/// The answer, which encodes as the fields of its kind.
public enum ExperimentResult: Encodable, Sendable, Equatable {
  case abTest(ABTestResult)
  case sampleRatio(SampleRatioResult)

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .abTest(let result): try result.encode(to: encoder)
    case .sampleRatio(let result): try result.encode(to: encoder)
    }
  }
}
