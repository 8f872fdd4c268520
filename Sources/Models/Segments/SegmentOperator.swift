/// How a condition compares.
public enum SegmentOperator: String, CaseIterable, Sendable {
  case equals
  case notEquals = "not_equals"
  case greaterThan = "greater_than"
  case greaterThanOrEqual = "greater_than_or_equal"
  case lessThan = "less_than"
  case lessThanOrEqual = "less_than_or_equal"
  case between
  case notBetween = "not_between"
  case isIn = "in"
  case isNotIn = "not_in"
  case contains
  case notContains = "not_contains"
  case containsAll = "contains_all"
  case startsWith = "starts_with"
  case endsWith = "ends_with"
  case before, after
  case withinDays = "within_days"
  case notWithinDays = "not_within_days"
  case olderThanDays = "older_than_days"
  case isSet = "is_set"
  case isNotSet = "is_not_set"

  /// Other names under which operators are asked for.
  public static let aliases: [String: SegmentOperator] = [
    "=": .equals, "==": .equals, "eq": .equals, "is": .equals, "on": .equals, "!=": .notEquals, "<>": .notEquals,
    "ne": .notEquals, "is_not": .notEquals, ">": .greaterThan, "gt": .greaterThan, ">=": .greaterThanOrEqual,
    "gte": .greaterThanOrEqual, "<": .lessThan, "lt": .lessThan, "<=": .lessThanOrEqual, "lte": .lessThanOrEqual,
    "contains_any": .isIn, "contains_none": .isNotIn, "on_or_after": .greaterThanOrEqual,
    "on_or_before": .lessThanOrEqual, "more_than_days_ago": .olderThanDays, "exists": .isSet,
    "not_exists": .isNotSet, "is_null": .isNotSet, "is_not_null": .isSet,
  ]

  public init?(named name: String) {
    guard let found = SegmentOperator(rawValue: name) ?? Self.aliases[name] else { return nil }
    self = found
  }

  /// Whether it is the opposite of another one.
  var isNegated: Bool {
    switch self {
    case .notEquals, .notBetween, .isNotIn, .notContains, .notWithinDays, .isNotSet: true
    default: false
    }
  }

  /// The operators that fields of a kind have.
  public static func all(for kind: SegmentField.Kind) -> [SegmentOperator] {
    switch kind {
    case .number:
      [
        .equals, .notEquals, .greaterThan, .greaterThanOrEqual, .lessThan, .lessThanOrEqual, .between, .notBetween,
        .isIn, .isNotIn, .isSet, .isNotSet,
      ]
    case .date:
      [
        .equals, .notEquals, .before, .after, .greaterThan, .greaterThanOrEqual, .lessThan, .lessThanOrEqual, .between,
        .notBetween, .withinDays, .notWithinDays, .olderThanDays, .isSet, .isNotSet,
      ]
    case .text:
      [.equals, .notEquals, .isIn, .isNotIn, .contains, .notContains, .startsWith, .endsWith, .isSet, .isNotSet]
    case .set:
      [
        .contains, .notContains, .containsAll, .equals, .notEquals, .isIn, .isNotIn, .startsWith, .endsWith, .isSet,
        .isNotSet,
      ]
    case .flag: [.equals, .notEquals]
    }
  }
}
