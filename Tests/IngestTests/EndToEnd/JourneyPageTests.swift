import Foundation
import Ingest
import Stores
import TestSupport
import Testing

@Suite("Journeys in pages of bounded size")
struct JourneyPageTests {
  @Test("A customer with 1,000 events in a month: full pages and a last one, every event once", arguments: [1000, 90])
  func pages(batch: Int) async throws {
    let world = try World(partitions: 1)
    let events = oneMonth(1000)
    try world.send(events.map(\.json))
    _ = try await world.ingest(batch: batch, pageCapacity: 64)
    // All of it again, from another place.
    let other = TestServers.freshName("again")
    try world.producer.topics.create(other, partitions: 1)
    try world.send(events.reversed().map(\.json), to: other)
    _ = try await world.ingest(topic: other, batch: 333, pageCapacity: 64)

    let pages = try world.documents("customer_journeys")
    #expect(pages.map { $0.text("_id") } == (0..<16).map { "heavy:202502:" + String(format: "%06d", $0) })
    #expect(pages.map { $0.documents("journey_data").count } == Array(repeating: 64, count: 15) + [40])
    #expect(pages.flatMap { $0.documents("journey_data").map { $0.text("event_id") } } == events.map(\.id))
  }

  @Test("Two writers fill the same pages")
  func twoWriters() async throws {
    let world = try World(partitions: 1)
    let events = oneMonth(600)
    try world.send(events.map(\.json))
    async let one = world.ingest(group: "\(world.topic).a", batch: 37, pageCapacity: 20)
    async let other = world.ingest(group: "\(world.topic).b", batch: 23, pageCapacity: 20)
    _ = try await (one, other)
    #expect(try Fold(world.database) == Fold(events))
    let pages = try world.documents("customer_journeys")
    #expect(pages.count == 30)
    #expect(pages.allSatisfy { $0.documents("journey_data").count == 20 })
  }

  @Test("What a document says about attribution is of its own entries and does not depend on their order")
  func attribution() async throws {
    func event(_ minute: Int, _ type: String, _ campaign: String?, _ channel: String?, _ data: String = "") -> TestEvent
    {
      TestEvent(
        id: String(format: "00000000-0000-0000-0000-%012d", minute), customer: "c", type: type,
        timestamp: 1_738_368_000_000_000 + Int64(minute) * 60_000_000, campaign: campaign, channel: channel, data: data)
    }
    let events = [
      event(0, "email_sent", "sent only", "email"),  // not the customer's doing
      event(1, "page_view", "visit", nil),  // nobody knows what brought him
      event(2, "email_opened", "first", "email"), event(3, "email_clicked", "first", "email"),
      event(4, "page_view", nil, "social_media"), event(5, "purchase", nil, nil, #""amount":10.5"#),
      event(6, "sms_clicked", "last", "sms"), event(7, "push_opened", nil, nil),
      event(8, "purchase", nil, nil, #""amount":0.25"#), event(9, "ad_click", "too late", "paid_search"),
    ]
    for seed in UInt64(0)..<4 {
      var random = SeededRandom(seed: seed)
      let world = try World(partitions: 1)
      try world.send(events.shuffled(using: &random).map(\.json))
      _ = try await world.ingest(batch: 3)
      let page = try #require(try world.documents("customer_journeys").first)
      let attribution = try #require(page.document("attribution"))
      #expect(attribution.text("first_touch") == "first")
      #expect(attribution.text("last_touch") == "last")
      #expect(
        attribution.texts("conversion_path")
          == ["email", "social_media", "purchase", "sms", "push_opened", "purchase"])
      #expect(page.number("customer_lifetime_value") == 10.75)
      #expect(page.text("customer_id") == "c")
    }
  }

  @Test("An entry is what the service document shows, with the types of the event's data")
  func shape() async throws {
    let world = try World(partitions: 1)
    try world.send([
      #"""
      {"id":"A0000000-0000-4000-8000-00000000000F","customer_id":"ক$.","event_type":"email_opened",
      "timestamp":"2025-02-03T04:05:06.789012+06:00","campaign_id":"k","channel":"email","user_agent":"u",
      "ip_address":"::1","referrer":"https://r","event_data":{"subject":"ঈদ \u0000 \ud83d\ude00","n":1,"big":5000000000,
      "huge":18446744073709551615,"x":2.5,"yes":true,"no":null,"list":[1,"a",{"b":[]}],"$set":{"a.b":1},"":0}}
      """#
    ])
    _ = try await world.ingest()
    let page = try #require(try world.documents("customer_journeys").first)
    #expect(page.text("_id") == "ক$.:202502:000000")
    let entry = try #require(page.documents("journey_data").first)
    #expect(entry.text("event_id") == "a0000000-0000-4000-8000-00000000000f")
    #expect(entry.text("touchpoint") == "email_opened")
    #expect(entry.text("campaign_id") == "k")
    #expect(entry.text("channel") == "email")
    #expect(entry.number("timestamp") == 1_738_533_906_789)
    #expect(entry.number("timestamp_us") == 1_738_533_906_789_012)
    #expect(entry.text("user_agent") == "u")
    #expect(entry.text("ip_address") == "::1")
    #expect(entry.text("referrer") == "https://r")
    let data = try #require(entry.document("data"))
    #expect(data.text("subject") == "ঈদ \u{0} 😀")
    #expect(
      try types(of: page, at: "journey_data", "0", "data") == [
        "subject": .string, "n": .int32, "big": .int64, "huge": .double, "x": .double, "yes": .bool, "no": .null,
        "list": .array, "$set": .document, "": .int32,
      ])
    #expect(data.document("list")?.document("2")?.document("b")?.keys == [])
    #expect(data.document("$set")?.number("a.b") == 1)
  }

  @Test("Large events get pages of their own, so that no document outgrows MongoDB's 16 MB")
  func largeEvents() async throws {
    let world = try World(partitions: 1)
    var events = oneMonth(30)
    for index in events.indices where index % 3 == 0 {
      events[index].data = #""text":"\#(String(repeating: "x", count: index == 0 ? 9_000_000 : 40_000))""#
    }
    try world.send(events.map(\.json) + events.prefix(4).map(\.json))
    let report = try await world.ingest(batch: 12)
    #expect(report.counts.applied == 30)
    #expect(report.counts.duplicates == 4)
    #expect(try Fold(world.database) == Fold(events))
    let pages = try world.documents("customer_journeys")
    #expect(pages.count == 11)
    #expect(pages.count { $0.text("_id") == "heavy:202502:\(events[3].id)" } == 1)
  }

  /// The types of the elements that stand at a path.
  private func types(of document: BSONDocument, at path: String...) throws -> [String: BSONType] {
    func types(_ reader: BSONReader, _ path: ArraySlice<String>) throws -> [String: BSONType] {
      var reader = reader
      var found: [String: BSONType] = [:]
      while let element = try reader.next() {
        if path.isEmpty {
          found[element.key] = element.type
        } else if element.key == path.first, let nested = try element.nested() {
          return try types(nested, path.dropFirst())
        }
      }
      return found
    }
    return try types(document.reader, path[...])
  }

  private func oneMonth(_ count: Int) -> [TestEvent] {
    testEvents(count).enumerated().map { index, event in
      var event = event
      event.customer = "heavy"
      event.timestamp = 1_738_400_000_000_000 + Int64(index) * 2_000_000_000
      return event
    }
  }
}
