import Foundation

/// A property's test as a function of its text. Costs too much for every event: it is asked once a distinct value.
struct TextTest {
  private enum Rule {
    case equal(Set<String>)
    case contains([String])
    case expression([NSRegularExpression])
    case number([Double], (Double, Double) -> Bool)
    case present
  }

  private let rule: Rule
  private let isNegated: Bool

  init(_ test: PropertyTest) throws(AttributionError) {
    isNegated =
      switch test.operator {
      case .isNot, .notIcontains, .notRegex, .isNotSet: true
      default: false
      }
    switch test.operator {
    case .exact, .isNot: rule = .equal(Set(test.values))
    case .icontains, .notIcontains: rule = .contains(test.values.map { $0.lowercased() })
    case .regex, .notRegex:
      var expressions: [NSRegularExpression] = []
      for value in test.values {
        guard let expression = try? NSRegularExpression(pattern: value) else {
          throw AttributionError(.invalidQuery, "query: property '\(test.property)' \(Self.noExpression)")
        }
        expressions.append(expression)
      }
      rule = .expression(expressions)
    case .gt: rule = .number(test.values.compactMap(decimalNumber), >)
    case .gte: rule = .number(test.values.compactMap(decimalNumber), >=)
    case .lt: rule = .number(test.values.compactMap(decimalNumber), <)
    case .lte: rule = .number(test.values.compactMap(decimalNumber), <=)
    case .isSet, .isNotSet: rule = .present
    }
  }

  private static let noExpression = "is held against what is no regular expression: brackets may not match"

  /// What is wrong with the values of a test; nil when nothing is.
  static func problem(_ test: PropertyTest) -> String? {
    guard test.operator == .regex || test.operator == .notRegex else { return nil }
    return test.values.allSatisfy { (try? NSRegularExpression(pattern: $0)) != nil } ? nil : noExpression
  }

  /// Whether the test holds of a text, nil for an event without the property.
  func holds(_ text: String?) -> Bool {
    guard let text else { return isNegated }
    return isFound(text) != isNegated
  }

  private func isFound(_ text: String) -> Bool {
    switch rule {
    case .equal(let values): return values.contains(text)
    case .contains(let parts):
      let text = text.lowercased()
      return parts.contains { $0.isEmpty || text.utf8.contains($0.utf8) }
    case .expression(let expressions):
      let range = NSRange(text.startIndex..., in: text)
      return expressions.contains { $0.firstMatch(in: text, range: range) != nil }
    case .number(let values, let compare):
      guard let number = decimalNumber(text) else { return false }
      return values.contains { compare(number, $0) }
    case .present: return true
    }
  }
}

/// The number that a text writes in decimals; nil for `0x10`, `inf`, an empty text and the like.
package func decimalNumber(_ text: String) -> Double? {
  guard text.utf8.allSatisfy({ 0x30...0x39 ~= $0 || "+-.eE".utf8.contains($0) }) else { return nil }
  return Double(text)
}
