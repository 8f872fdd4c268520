import Foundation
import Ingest
import Stores
import TestSupport
import Testing

@Suite("Dead letters")
struct DeadLetterTests {
  private static let valid = TestEvent(
    id: "a0000000-0000-4000-8000-000000000001", customer: "customer-1", type: "page_view",
    timestamp: 1_735_700_000_000_000, data: #""points":1"#)

  /// A valid event with the value of a field, as JSON, in place of its own.
  private static func with(_ field: String, _ value: String) throws -> String {
    let pattern = try Regex("\"\(field)\":\"[^\"]*\"")
    return valid.json.replacing(pattern, with: "\"\(field)\":\(value)")
  }

  private static func withData(_ data: String) -> String {
    var event = valid
    event.data = data
    return event.json
  }

  /// What breaks a rule, and the code that says so.
  private static func broken() throws -> [(bytes: [UInt8], code: String)] {
    let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
    let texts = [
      ("", "malformed_json"),
      ("{", "malformed_json"),
      ("null", "not_an_object"),
      ("[1,2]", "not_an_object"),
      (withData("\"a\u{1}\":1"), "malformed_json"),
      (withData(#""a":"\ud800""#), "malformed_json"),
      (withData(#""a":NaN"#), "malformed_json"),
      (withData(#""a":1e400"#), "malformed_json"),
      (withData(#""a":"# + String(repeating: "[", count: 10_000)), "too_deep"),
      (withData(#""a":\#(deep)"#), "too_deep"),
      (withData(#""a\u0000b":1"#), "invalid_key"),
      (withData(#""amount":-1"#), "negative_amount"),
      (withData(#""amount":"12""#), "wrong_type"),
      (try with("id", #""x""#), "invalid_id"),
      (try with("id", "null"), "missing_field"),
      (try with("customer_id", "7"), "wrong_type"),
      (try with("customer_id", "\"\(String(repeating: "c", count: 129))\""), "invalid_length"),
      (try with("event_type", #""a\nb""#), "control_character"),
      (try with("timestamp", #""soon""#), "invalid_timestamp"),
      (try with("timestamp", #""9999-01-01T00:00:00Z""#), "timestamp_out_of_range"),
      (#"{"channel":"carrier pigeon","# + valid.json.dropFirst(), "unknown_channel"),
    ]
    return texts.map { (bytes: Array($0.utf8), code: $1) }
      + [(bytes: Array(valid.json.utf8) + [0x80], code: "malformed_json")]
  }

  @Test("Each is kept byte for byte, with its rule and its place in the headers; what is around it goes on")
  func letters() async throws {
    let world = try World(partitions: 1)
    let events = testEvents(40, seed: 5)
    let broken = try Self.broken()
    for (index, letter) in broken.enumerated() {
      try world.send(Array(events[index].json.utf8))
      try world.send(letter.bytes, key: Array("key \(index)".utf8))
    }
    try world.send(events.dropFirst(broken.count).map(\.json))
    let report = try await world.ingest(batch: 11)
    #expect(report.counts.applied == 40)
    #expect(report.counts.deadLetters == broken.count)
    #expect(try Fold(world.database) == Fold(events))

    let letters = try rawMessages(of: "\(world.topic).dlq")
    #expect(letters.map(\.value) == broken.map(\.bytes))
    #expect(letters.map { $0.headers["error.code"] } == broken.map(\.code))
    #expect(letters.map(\.key) == broken.indices.map { Array("key \($0)".utf8) })
    for (index, letter) in letters.enumerated() {
      #expect(letter.headers["source.topic"] == world.topic)
      #expect(letter.headers["source.partition"] == "0")
      #expect(letter.headers["source.offset"] == String(2 * index + 1))
      let message = try #require(letter.headers["error.message"])
      #expect(!message.isEmpty)
      #expect(!message.contains("customer-") && !message.contains("pigeon"))
    }
    let first = try #require(report.firstDeadLetters["not_an_object"])
    #expect(first.place == "\(world.topic)/0@5")
  }

  @Test("An event that no document of MongoDB can hold")
  func tooLarge() async throws {
    let world = try World(partitions: 1)
    var event = testEvents(1)[0]
    event.data = #""text":"\#(String(repeating: "x", count: 13_000_000))""#
    try world.send([event.json])
    let report = try await world.ingest()
    #expect(report.counts.deadLettersByCode == ["too_large": 1])
    #expect(try rawMessages(of: "\(world.topic).dlq").map(\.value) == [Array(event.json.utf8)])
  }

  @Test("Of a file they are lines of a file beside it, each once however often it is read")
  func file() async throws {
    let world = try World()
    let directory = try TemporaryDirectory()
    let events = testEvents(50)
    let lines = events.prefix(20).map(\.json) + ["{\"broken\"", "", "  ", "7"] + events.dropFirst(20).map(\.json)
    let file = try directory.file("events.jsonl", "\u{feff}" + lines.joined(separator: "\r\n") + "\r\n")
    for _ in 0..<2 {
      let report = try await world.ingest(file: file, batch: 7)
      #expect(report.counts.read == 52)
      #expect(report.counts.deadLettersByCode == ["malformed_json": 1, "not_an_object": 1])
      #expect(report.firstDeadLetters["not_an_object"]?.place == "file:\(file)@24")
      #expect(report.totals.applied == 50)
      #expect(report.totals.deadLetters == 2)
      #expect(try String(contentsOfFile: file + ".dlq", encoding: .utf8) == "{\"broken\"\n7\n")
      #expect(try Fold(world.database) == Fold(events))
    }
  }
}
