import Attribution
import Foundation
import Journeys
import TestSupport
import Testing

/// The reference cases with events: `cases/attribution/CASES.md`, section 8.
@Suite("Attribution reference events", .enabled(if: SharedData.exists)) struct ReferenceEventTests {
  private struct Tiny: Decodable {
    struct Event: Decodable {
      var customer_id: String, ts: String, channel: String?, is_conversion: Bool, conversion_type: String?, value: Double
    }
    struct Credit: Decodable { var conversions: Double, value: Double }
    struct Case: Decodable {
      var lookback_days: Int64, touches: String, conversions: Double, unattributed: Credit
      var onlyPurchases: Bool
      var credit: [String: [String: Credit]]

      enum Key: CodingKey { case lookback_days, touches, conversions, unattributed, conversion_types, credit }
      init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        lookback_days = try container.decode(Int64.self, forKey: .lookback_days)
        touches = try container.decode(String.self, forKey: .touches)
        conversions = try container.decode(Double.self, forKey: .conversions)
        unattributed = try container.decode(Credit.self, forKey: .unattributed)
        credit = try container.decode([String: [String: Credit]].self, forKey: .credit)
        onlyPurchases = (try? container.decode([String].self, forKey: .conversion_types)) == ["purchase"]
      }
    }
    var E1_events: [Event], E1: [Case], E2_events: [Event], E2: [Case]
  }

  private static func tiny() throws -> Tiny {
    try JSONDecoder().decode(
      Tiny.self, from: Data(contentsOf: SharedData.url("cases/attribution/tiny_events.json")))
  }

  private func check(_ events: [Tiny.Event], _ cases: [Tiny.Case]) async throws {
    let calendar = try ZonedCalendar("UTC")
    let test = try TestStore(
      events.map {
        TestEvent(
          $0.customer_id, try calendar.moment($0.ts), $0.is_conversion ? $0.conversion_type! : "ad_click",
          channel: $0.channel, amount: Int64(($0.value * 100).rounded()))
      })
    let types = Set(events.compactMap(\.conversion_type)).sorted()
    for expected in cases {
      let query = AttributionQuery(
        models: [.first, .last, .linear], conversions: expected.onlyPurchases ? ["purchase"] : types,
        lookback: expected.lookback_days * day, scope: expected.touches == "all in window" ? .window : .journey)
      for result in try await JourneyAttribution(query, of: test.store).run(over: test.store) {
        #expect(result.totals.conversions == expected.conversions)
        #expect(result.unattributed.conversions == expected.unattributed.conversions)
        #expect(close(result.unattributed.revenue, expected.unattributed.value))
        let credits = expected.credit[result.model == .linear ? "linear_touch" : result.model.rawValue]!
        #expect(Set(result.rows.filter { $0.conversions > 0 }.map { $0.key.names[0]! }) == Set(credits.keys))
        for row in result.rows {
          let credit = credits[row.key.names[0]!]
          #expect(close(row.conversions, credit?.conversions ?? 0))
          #expect(close(row.revenue, credit?.value ?? 0))
        }
      }
    }
  }

  @Test("Two customers, two kinds of conversion, three lookbacks and both scopes") func e1() async throws {
    let tiny = try Self.tiny()
    #expect(tiny.E1.count >= 5)
    try await check(tiny.E1_events, tiny.E1)
  }

  @Test("Adobe's published example of an order of 50 dollars") func e2() async throws {
    let tiny = try Self.tiny()
    try await check(tiny.E2_events, tiny.E2)
  }

  @Test("100,637 events from CSV with a conversion flag, 30 days of lookback") func hundredThousand() async throws {
    struct Expected: Decodable { var by_channel: [String: [String: Double]] }
    let expected = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: SharedData.url("cases/attribution/events_1e5_expected.json"))).by_channel
    var mapping = try CSVMapping(
      columns: "customer_id=customer_id,timestamp=ts,channel=channel,amount=value", inputTimeZone: ZonedCalendar("UTC"))
    mapping.conversionFlag = "is_conversion"
    let directory = FileManager.default.temporaryDirectory.appending(path: "journeys-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    _ = try JourneyImport(.csv(mapping)).run([SharedData.url("cases/attribution/events_1e5.csv").path], to: directory)
    let store = try JourneyStore(directory)

    let results = try await JourneyAttribution(AttributionQuery(), of: store).run(over: store)
    for result in results where result.model != .markov {
      #expect(result.rows.count == expected.count)
      for row in result.rows {
        let credit = expected[row.key.names[0]!]!
        #expect(close(row.conversions, credit["\(result.model.rawValue)_conversions"]!), "\(result.model) \(row.key)")
        #expect(close(row.revenue, credit["\(result.model.rawValue)_value"]!), "\(result.model) \(row.key)")
      }
    }
  }
}
