/// Who belongs to a segment: conditions, joined by AND, OR and NOT in any depth.
public indirect enum SegmentCriteria: Sendable, Equatable {
  /// Every one holds.
  case all([SegmentCriteria])
  /// At least one holds.
  case any([SegmentCriteria])
  /// None holds.
  case none([SegmentCriteria])
  case condition(SegmentCondition)

  /// The conditions, in the order of the JSON.
  public var conditions: [SegmentCondition] {
    switch self {
    case .all(let parts), .any(let parts), .none(let parts): parts.flatMap(\.conditions)
    case .condition(let condition): [condition]
    }
  }
}

/// A field of a customer compared with a value.
///
/// What is missing meets no comparison; a negated one is the opposite of its positive form, so it holds for what is
/// missing.
public struct SegmentCondition: Sendable, Equatable {
  public var field: SegmentField
  public var comparison: SegmentComparison
  public var isNegated: Bool
  /// Only events of so many days before the moment; nil for all.
  public var days: Double?
  /// Where it stands in the JSON: `conditions[1]`.
  public var place: String

  public init(
    _ field: SegmentField, _ comparison: SegmentComparison, isNegated: Bool = false, days: Double? = nil,
    place: String = ""
  ) {
    self.field = field
    self.comparison = comparison
    self.isNegated = isNegated
    self.days = days
    self.place = place
  }
}

/// What a field is held against, by the field's kind.
public enum SegmentComparison: Sendable, Equatable {
  /// A number in an interval; an open end does not belong to it.
  case interval(low: Double, high: Double, lowIsOpen: Bool = false, highIsOpen: Bool = false)
  case oneOfNumbers([Double])
  /// A time in microseconds since 1970 UTC.
  case period(Range<Int64>)
  /// Microseconds that a time lies before the moment.
  case age(ClosedRange<Int64>)
  /// The text, or some item of the set, is one of these. Case is ignored, here and below.
  case oneOf([String])
  /// Every one of these is in the set.
  case allOf([String])
  case containsText(String)
  case hasPrefix(String)
  case hasSuffix(String)
  case flag(Bool)

  /// There is a value.
  static func isSet(_ kind: SegmentField.Kind) -> SegmentComparison {
    switch kind {
    case .number: .interval(low: -.infinity, high: .infinity)
    case .date: .period(CustomerFacts.never + 1..<Int64.max)
    case .text, .set: .hasPrefix("")
    case .flag: .flag(true)
    }
  }
}
