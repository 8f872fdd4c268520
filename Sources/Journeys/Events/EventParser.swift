internal import CSimdJSON
import Foundation

/// Reads events from JSON and holds them against the rules of the event.
///
/// One parser serves one task; its buffers are reused, so that an event costs no allocation.
package struct EventParser: ~Copyable {
  package static let maximumDepth = 64

  /// An event that keeps all rules. The texts lie in the parser and live until it parses again.
  package struct Event {
    package var id: EventID
    package var customerID: UnsafeRawBufferPointer
    package var type: UnsafeRawBufferPointer
    /// Microseconds since 1970 UTC.
    package var timestamp: Int64
    package var campaignID: UnsafeRawBufferPointer?
    package var channel: UnsafeRawBufferPointer?
    /// Minor units, `Money.none` for none.
    package var amount: Int64
    /// Whether an amount had more decimals than the currency.
    package var rounded: Bool
    package var userAgent: UnsafeRawBufferPointer?
    package var ipAddress: UnsafeRawBufferPointer?
    package var referrer: UnsafeRawBufferPointer?
  }

  /// A value of `event_data` on a walk through it.
  package enum EventDataValue {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(UnsafeRawBufferPointer)
    case beginArray
    case beginObject
    /// Of the innermost list or object.
    case end
  }

  /// A key of `event_data` as its column keeps it.
  package enum PropertyValue {
    case text(UnsafeRawBufferPointer)
    case integer(Int64)
  }

  private enum Root: Int, CaseIterable {
    case id, customer_id, event_type, timestamp, campaign_id, channel, event_data, user_agent, ip_address, referrer
  }

  package let properties: [EventProperty]
  package var rules: EventRules
  private let parser: OpaquePointer
  private let values: UnsafeMutableBufferPointer<csj_value>
  private let amountIndex: Int
  /// Digits of a number that JSON wrote with decimals.
  private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 32, alignment: 1)

  /// - Parameter properties: the keys of `event_data` that `property(_:)` answers for.
  package init(rules: EventRules, properties: [EventProperty] = EventProperty.known) {
    self.rules = rules
    self.properties = properties
    let names = Root.allCases.map { "\($0)" } + ["amount"] + properties.map(\.name)
    amountIndex = Root.allCases.count
    let copies = names.map { Array($0.utf8CString) }
    let lengths = names.map(\.utf8.count)
    let flat = copies.flatMap { $0 }
    parser = flat.withUnsafeBufferPointer { bytes in
      var place = 0
      let pointers: [UnsafePointer<CChar>?] = copies.map { copy in
        defer { place += copy.count }
        return bytes.baseAddress! + place
      }
      // Null only when memory for a few names is not to be had; Swift's own allocations would trap there too.
      return csj_parser_new(
        pointers, lengths, Root.allCases.count, names.count, Root.event_data.rawValue, Self.maximumDepth)!
    }
    values = .allocate(capacity: names.count)
    values.initialize(repeating: csj_value())
  }

  deinit {
    csj_parser_free(parser)
    values.deallocate()
    scratch.deallocate()
  }

  /// Parses one event.
  ///
  /// - Parameters:
  ///   - bytes: one JSON object.
  ///   - capacity: bytes readable from the start of `bytes`; with `padding` more than the object has it is read in
  ///     place, otherwise copied first.
  package mutating func parse(_ bytes: UnsafeRawBufferPointer, capacity: Int? = nil) throws(EventError) -> Event {
    guard let start = bytes.baseAddress else { throw EventError(.malformedJSON) }
    let status = csj_parse(
      parser, start.assumingMemoryBound(to: CChar.self), bytes.count, capacity ?? bytes.count, values.baseAddress)
    guard Int(status) == csj_ok else { throw Self.failure(status) }

    guard let idText = try text(.id, required: true), let id = EventID(idText) else {
      throw EventError(.invalidID, "id")
    }
    guard let customer = try text(.customer_id, required: true) else { throw EventError(.missingField, "customer_id") }
    try rules.check(customerID: customer)
    guard let type = try text(.event_type, required: true) else { throw EventError(.missingField, "event_type") }
    try rules.check(eventType: type)
    guard let time = try text(.timestamp, required: true), let timestamp = RFC3339.microseconds(time) else {
      throw EventError(.invalidTimestamp, "timestamp")
    }
    try rules.check(timestamp: timestamp)
    let channel = try text(.channel)
    if let channel { try rules.check(channel: channel) }
    let data = values[Root.event_data.rawValue].kind
    guard Int(data) == csj_object || Int(data) == csj_absent || Int(data) == csj_null else {
      throw EventError(.wrongType, "event_data")
    }
    var event = Event(
      id: id, customerID: customer, type: type, timestamp: timestamp, campaignID: try text(.campaign_id),
      channel: channel, amount: Money.none, rounded: false, userAgent: try text(.user_agent),
      ipAddress: try text(.ip_address), referrer: try text(.referrer))
    if let amount = try money(amountIndex, "amount") {
      event.amount = amount.minor
      event.rounded = amount.inexact
    }
    for (index, property) in properties.enumerated() where property.kind != .dictionary {
      let place = amountIndex + 1 + index
      if property.kind == .money {
        if let amount = try money(place, property.name), amount.inexact { event.rounded = true }
      } else {
        _ = try number(place, property.name)
      }
    }
    return event
  }

  /// The value of `properties[index]` in the event that was parsed last; nil when it has none.
  ///
  /// Numbers and truth values in a dictionary column are kept as text (`true`, integers without `.0`), lists and
  /// objects as compact JSON; no value and `null` are none.
  package func property(_ index: Int) -> PropertyValue? {
    let place = amountIndex + 1 + index
    let value = values[place]
    switch properties[index].kind {
    case .money: return (try? money(place, ""))?.map { .integer($0.minor) }
    case .integer: return (try? number(place, ""))?.map { .integer(Int64($0.rounded(.toNearestOrEven))) }
    default: break
    }
    switch Int(value.kind) {
    case csj_absent, csj_null: return nil
    case csj_string: return .text(Self.slice(value))
    default:
      if Int(value.kind) == csj_double, value.number == value.number.rounded(), abs(value.number) < 1e15 {
        return .text(wholeNumber(Int64(value.number)))
      }
      var length = 0
      let text = csj_minify(parser, place, &length)
      return .text(UnsafeRawBufferPointer(start: text, count: length))
    }
  }

  /// Walks `event_data` of the event that was parsed last, depth first: `key` is nil in a list, and after the members
  /// of a list or object comes `.end`.
  package func visitData(_ visit: (_ key: UnsafeRawBufferPointer?, _ value: EventDataValue) -> Void) {
    withoutActuallyEscaping(visit) { visit in
      var visit = visit
      withUnsafeMutablePointer(to: &visit) { context in
        csj_visit_data(
          parser,
          { context, key, length, value in
            guard let context, let value else { return }
            let visit = context.assumingMemoryBound(
              to: ((UnsafeRawBufferPointer?, EventDataValue) -> Void).self
            ).pointee
            visit(key.map { UnsafeRawBufferPointer(start: $0, count: length) }, EventParser.data(value.pointee))
          }, context)
      }
    }
  }

  private static func data(_ value: csj_value) -> EventDataValue {
    switch Int(value.kind) {
    case csj_null: .null
    case csj_bool: .bool(value.integer != 0)
    case csj_int64: .integer(value.integer)
    case csj_uint64, csj_double: .number(value.number)
    case csj_string: .text(slice(value))
    case csj_array: .beginArray
    case csj_object: .beginObject
    default: .end
    }
  }

  private func text(_ field: Root, required: Bool = false) throws(EventError) -> UnsafeRawBufferPointer? {
    let value = values[field.rawValue]
    switch Int(value.kind) {
    case csj_string: return Self.slice(value)
    case csj_absent, csj_null:
      if required { throw EventError(.missingField, "\(field)") }
      return nil
    default: throw EventError(.wrongType, "\(field)")
    }
  }

  private func number(_ place: Int, _ field: String) throws(EventError) -> Double? {
    switch Int(values[place].kind) {
    case csj_absent, csj_null: return nil
    case csj_int64, csj_uint64, csj_double:
      guard abs(values[place].number) < 9.0e18 else { throw EventError(.amountOutOfRange, field) }
      return values[place].number
    default: throw EventError(.wrongType, field)
    }
  }

  private func money(_ place: Int, _ field: String) throws(EventError) -> Money.Rounded? {
    guard let major = try number(place, field) else { return nil }
    return try rules.minor(major, field)
  }

  private static func slice(_ value: csj_value) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: value.text, count: value.length)
  }

  private static func failure(_ status: Int32) -> EventError {
    switch Int(status) {
    case csj_not_object: EventError(.notAnObject)
    case csj_too_deep: EventError(.tooDeep)
    case csj_no_memory: EventError(.tooLarge)
    default: EventError(.malformedJSON)
    }
  }

  /// The digits of a whole number, in a buffer of this parser.
  private func wholeNumber(_ number: Int64) -> UnsafeRawBufferPointer {
    var text = String(number)
    return text.withUTF8 { digits in
      scratch.copyMemory(from: UnsafeRawBufferPointer(digits))
      return UnsafeRawBufferPointer(start: scratch.baseAddress, count: digits.count)
    }
  }
}
