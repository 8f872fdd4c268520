import Foundation
import Journeys
import Testing

@Suite struct EventParserTests {
  static let id = "6f1c0e1a-2b3c-4d5e-8f90-a1b2c3d4e5f6"

  /// An event with `changes` applied; nil removes a field.
  private func json(_ changes: [String: Any?] = [:]) throws -> [UInt8] {
    var event: [String: Any] = [
      "id": Self.id, "customer_id": "c-1", "event_type": "purchase", "timestamp": "2024-04-15T09:00:00.123456+06:00",
      "channel": "email", "campaign_id": "k", "event_data": ["amount": 12.5, "device": "mobile"],
    ]
    for (key, value) in changes { event[key] = value }
    return Array(try JSONSerialization.data(withJSONObject: event))
  }

  private func failure(_ text: some Sequence<UInt8>, channels: EventRules.Channels = .platform) -> EventError? {
    var parser = EventParser(rules: EventRules(channels: channels))
    do {
      _ = try Array(text).withUnsafeBytes { bytes throws(EventError) in try parser.parse(bytes) }
      return nil
    } catch {
      return error as? EventError
    }
  }

  private func failure(_ changes: [String: Any?]) throws -> EventError? { failure(try json(changes)) }

  @Test func readsEveryField() throws {
    var parser = EventParser(rules: EventRules(channels: .platform))
    let bytes = try json(["user_agent": "UA", "ip_address": "10.0.0.1", "referrer": "r"])
    try bytes.withUnsafeBytes { bytes in
      let event = try parser.parse(bytes)
      func text(_ bytes: UnsafeRawBufferPointer?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
      #expect(event.id.description == Self.id)
      #expect(text(event.customerID) == "c-1")
      #expect(text(event.type) == "purchase")
      #expect(event.timestamp == 1_713_150_000_123_456)
      #expect(text(event.channel) == "email")
      #expect(text(event.campaignID) == "k")
      #expect(event.amount == 1250)
      #expect(text(event.userAgent) == "UA")
      #expect(text(event.ipAddress) == "10.0.0.1")
      #expect(text(event.referrer) == "r")
      let device = try #require(parser.properties.firstIndex { $0.name == "device" })
      guard case .text(let value) = parser.property(device) else { throw EventError(.missingField, "device") }
      #expect(text(value) == "mobile")
    }
  }

  @Test func optionalFieldsMayBeNullOrMissing() throws {
    for field in ["channel", "campaign_id", "event_data"] {
      #expect(try failure([field: nil]) == nil)
      #expect(try failure([field: NSNull()]) == nil)
    }
    for field in ["id", "customer_id", "event_type", "timestamp"] {
      var event = try #require(
        try JSONSerialization.jsonObject(with: Data(try json())) as? [String: Any])
      event[field] = nil
      #expect(failure(try JSONSerialization.data(withJSONObject: event)) == EventError(.missingField, field))
      #expect(try failure([field: NSNull()]) == EventError(.missingField, field))
      #expect(try failure([field: 5]) == EventError(.wrongType, field))
    }
  }

  @Test func eachRuleHasItsCode() throws {
    #expect(try failure(["id": "42"])?.code == .invalidID)
    #expect(try failure(["id": Self.id.replacing("-", with: "0")])?.code == .invalidID)
    #expect(try failure(["id": Self.id.uppercased()]) == nil)
    #expect(try failure(["customer_id": ""])?.code == .invalidLength)
    #expect(try failure(["customer_id": String(repeating: "x", count: 128)]) == nil)
    #expect(try failure(["customer_id": String(repeating: "x", count: 129)])?.code == .invalidLength)
    #expect(try failure(["event_type": ""])?.code == .invalidLength)
    // 64 characters, not 64 bytes.
    #expect(try failure(["event_type": String(repeating: "ঈ", count: 64)]) == nil)
    #expect(try failure(["event_type": String(repeating: "ঈ", count: 65)])?.code == .invalidLength)
    #expect(try failure(["event_type": "a\u{7f}b"])?.code == .controlCharacter)
    #expect(try failure(["event_type": "a\u{85}b"])?.code == .controlCharacter)
    #expect(try failure(["event_type": "a\nb"])?.code == .controlCharacter)
    #expect(try failure(["event_type": "something_new"]) == nil)
    #expect(try failure(["timestamp": "2024-04-15 soon"])?.code == .invalidTimestamp)
    #expect(try failure(["timestamp": "1969-12-31T23:59:59Z"])?.code == .timestampOutOfRange)
    #expect(try failure(["timestamp": "9999-12-31T23:59:59Z"])?.code == .timestampOutOfRange)
    #expect(try failure(["channel": "fax"])?.code == .unknownChannel)
    #expect(failure(try json(["channel": "fax"]), channels: .any) == nil)
    #expect(try failure(["event_data": [1, 2]])?.code == .wrongType)
    #expect(try failure(["event_data": ["amount": -0.01]])?.code == .negativeAmount)
    #expect(try failure(["event_data": ["amount": "12"]])?.code == .wrongType)
    #expect(try failure(["event_data": ["amount": 1e300]])?.code == .amountOutOfRange)
    #expect(try failure(["event_data": ["cost": -1]])?.code == .negativeAmount)
  }

  @Test func tomorrowIsTheLastDay() throws {
    let now = Date(timeIntervalSince1970: 1_713_150_000)
    var parser = EventParser(rules: EventRules(channels: .platform, now: now))
    func parse(_ time: String) throws {
      try json(["timestamp": time]).withUnsafeBytes { _ = try parser.parse($0) }
    }
    try parse("2024-04-16T03:00:00Z")
    #expect(throws: EventError(.timestampOutOfRange, "timestamp")) { try parse("2024-04-16T03:00:00.000001Z") }
  }

  @Test(arguments: [
    "", " ", "{", "{}x", "{\"id\":", "nul", "{\"id\":\"\\ud800\"}", "{\"a\":NaN}", "{\"a\":1e999}", "{\"a\":01}",
    "{'a':1}",
    "\u{feff}{}", "{\"a\":123456789012345678901234567890}", "[1", "{\"a\":\"\u{1}\"}",
  ])
  func malformed(_ text: String) {
    #expect(failure(text.utf8)?.code == .malformedJSON)
  }

  @Test func malformedUTF8AndDepth() throws {
    #expect(failure([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])?.code == .malformedJSON)
    for text in ["null", "[]", "5", "\"text\"", "true"] { #expect(failure(text.utf8)?.code == .notAnObject) }
    let deep = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
    #expect(failure("{\"event_data\":{\"a\":\(deep)}}".utf8)?.code == .tooDeep)
    let nested = String(repeating: "[", count: 50) + String(repeating: "]", count: 50)
    let event = String(decoding: try json(), as: UTF8.self).dropLast() + ",\"more\":\(nested)}"
    #expect(failure(event.utf8) == nil)
  }

  @Test func aNameThatOccursTwiceHasItsLastValue() throws {
    let event = String(decoding: try json(), as: UTF8.self).dropLast() + ",\"customer_id\":\"last\"}"
    var parser = EventParser(rules: EventRules(channels: .platform))
    let customer = try Array(event.utf8).withUnsafeBytes {
      String(decoding: try parser.parse($0).customerID, as: UTF8.self)
    }
    #expect(customer == "last")
  }

  @Test func propertiesKeepJSONTypesAsText() throws {
    let names = ["whole", "decimal", "flag", "list", "object", "text", "none", "absent"]
    var parser = EventParser(
      rules: EventRules(channels: .platform), properties: EventProperty.all(and: names))
    let data: [String: Any] = [
      "whole": 5.0, "decimal": 2.5, "flag": true, "list": ["a", 1], "object": ["k": "v"], "text": "ঈদ",
      "none": NSNull(),
    ]
    try json(["event_data": data]).withUnsafeBytes { bytes in
      _ = try parser.parse(bytes)
      let found = names.map { name -> String? in
        guard let index = parser.properties.firstIndex(where: { $0.name == name }),
          case .text(let text) = parser.property(index)
        else { return nil }
        return String(decoding: text, as: UTF8.self)
      }
      #expect(found == ["5", "2.5", "true", "[\"a\",1]", "{\"k\":\"v\"}", "ঈদ", nil, nil])
    }
  }

  @Test func visitsEventDataDepthFirst() throws {
    var parser = EventParser(rules: EventRules(channels: .platform))
    let event =
      #"{"id":"\#(Self.id)","customer_id":"c","event_type":"e","timestamp":"2024-01-01T00:00:00Z","#
      + #""event_data":{"a":[1,{"b":null}],"c":true,"d":1.5,"e":18446744073709551615}}"#
    var seen: [String] = []
    try Array(event.utf8).withUnsafeBytes { bytes in
      _ = try parser.parse(bytes)
      parser.visitData { key, value in
        let name = key.map { String(decoding: $0, as: UTF8.self) } ?? "-"
        switch value {
        case .null: seen.append("\(name) null")
        case .bool(let flag): seen.append("\(name) \(flag)")
        case .integer(let number): seen.append("\(name) \(number)")
        case .number(let number): seen.append("\(name) \(number)")
        case .text: seen.append("\(name) text")
        case .beginArray: seen.append("\(name) [")
        case .beginObject: seen.append("\(name) {")
        case .end: seen.append("end")
        }
      }
    }
    #expect(seen == ["a [", "- 1", "- {", "b null", "end", "end", "c true", "d 1.5", "e 1.8446744073709552e+19"])
  }

  /// No input, however cut or changed, may crash the parser, and messages never carry values.
  @Test func damagedInputIsAnError() throws {
    let whole = try json(["customer_id": "secret-person"])
    for length in 0..<whole.count { #expect(failure(whole.prefix(length)) != nil) }
    for place in whole.indices {
      for byte: UInt8 in [0x00, 0x22, 0x5c, 0x7b, 0x80, 0xff] {
        var changed = whole
        changed[place] = byte
        if let error = failure(changed) { #expect(!error.description.contains("secret")) }
      }
    }
  }
}
