import Journeys

/// The answer to a question about sequences, by customer id, under the name that its kind has.
public struct SequenceResult: Encodable, Sendable, Equatable {
  /// `level`, `match`, `count` or `next`.
  public let name: String
  /// By customer; nil where there is no next event.
  public let values: [String: SequenceValue?]

  public enum SequenceValue: Encodable, Sendable, Equatable {
    case number(Int64)
    case event(String)

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .number(let number): try container.encode(number)
      case .event(let name): try container.encode(name)
      }
    }
  }

  init(_ query: SequenceQuery, _ partial: SequenceAnalysis.Partial, of store: JourneyStore) {
    var isEvent = false
    switch query.question {
    case .windowFunnel: name = "level"
    case .match: name = "match"
    case .count: name = "count"
    case .nextNode:
      name = "next"
      isEvent = true
    }
    var values: [String: SequenceValue?] = [:]
    for (customer, value) in zip(partial.customers, partial.values) {
      let answer: SequenceValue? =
        !isEvent ? .number(value) : value < 0 ? nil : .event(store.eventTypeNames[Int32(value)])
      values.updateValue(answer, forKey: store.customerID(Int(customer)))
    }
    self.values = values
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    try container.encode(values, forKey: Name(stringValue: name))
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
