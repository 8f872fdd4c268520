/// The rule that an event breaks. Its code is the `error.code` header of the dead letter.
public struct EventError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable, CaseIterable {
    case malformedJSON = "malformed_json"
    case notAnObject = "not_an_object"
    case tooDeep = "too_deep"
    case tooLarge = "too_large"
    case missingField = "missing_field"
    case wrongType = "wrong_type"
    case invalidID = "invalid_id"
    case invalidLength = "invalid_length"
    case controlCharacter = "control_character"
    case invalidTimestamp = "invalid_timestamp"
    case timestampOutOfRange = "timestamp_out_of_range"
    case unknownChannel = "unknown_channel"
    case negativeAmount = "negative_amount"
    case amountOutOfRange = "amount_out_of_range"
    case invalidKey = "invalid_key"
    case malformedCSV = "malformed_csv"
  }

  public let code: Code
  /// The field that breaks the rule; empty when it is the event as a whole.
  public let field: String

  package init(_ code: Code, _ field: String = "") {
    self.code = code
    self.field = field
  }

  /// Says what is wrong and what is expected, without the event's values.
  public var description: String {
    let subject = field.isEmpty ? "the event" : field
    return switch code {
    case .malformedJSON: "not valid JSON in UTF-8"
    case .notAnObject: "not a JSON object"
    case .tooDeep: "nested deeper than \(EventParser.maximumDepth) levels"
    case .tooLarge: "\(subject) is larger than can be stored"
    case .missingField: "\(subject) is missing"
    case .wrongType: "\(subject) does not have the type that it must have"
    case .invalidID: "\(subject) is not a UUID (8-4-4-4-12 hexadecimal digits)"
    case .invalidLength: "\(subject) is empty or too long"
    case .controlCharacter: "\(subject) contains control characters"
    case .invalidTimestamp: "\(subject) is not a date and time with offset or Z (RFC 3339)"
    case .timestampOutOfRange: "\(subject) is not between 1970-01-01 and tomorrow"
    case .unknownChannel: "\(subject) is none of the platform's marketing channels"
    case .negativeAmount: "\(subject) is negative (a cancellation or a refund)"
    case .amountOutOfRange: "\(subject) is too large for an amount of money"
    case .invalidKey: "a key in \(subject) contains U+0000"
    case .malformedCSV: "\(subject) is not valid CSV: a quote is not closed, or the number of fields differs"
    }
  }
}
