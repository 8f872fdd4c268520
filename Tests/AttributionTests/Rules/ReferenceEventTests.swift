import Attribution
import Foundation
import Journeys
import TestSupport
import Testing

/// The reference cases with events: `cases/attribution/CASES.md`, section 8.
@Suite("Attribution reference events", .enabled(if: SharedData.exists)) struct ReferenceEventTests {
  private struct Tiny: Decodable {
    struct Event: Decodable {
      var customerId: String, ts: String, channel: String?
      var isConversion: Bool, conversionType: String?, value: Double
    }
    struct Credit: Decodable { var conversions: Double, value: Double }
    struct Case: Decodable {
      var lookbackDays: Int64, touches: String, conversions: Double, unattributed: Credit
      var onlyPurchases: Bool
      var credit: [String: [String: Credit]]

      enum Key: CodingKey { case lookbackDays, touches, conversions, unattributed, conversionTypes, credit }
      init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        lookbackDays = try container.decode(Int64.self, forKey: .lookbackDays)
        touches = try container.decode(String.self, forKey: .touches)
        conversions = try container.decode(Double.self, forKey: .conversions)
        unattributed = try container.decode(Credit.self, forKey: .unattributed)
        credit = try container.decode([String: [String: Credit]].self, forKey: .credit)
        onlyPurchases = (try? container.decode([String].self, forKey: .conversionTypes)) == ["purchase"]
      }
    }
    var firstEvents: [Event], first: [Case], adobeEvents: [Event], adobe: [Case]

    enum CodingKeys: String, CodingKey {
      case firstEvents = "e1Events"
      case first = "E1"
      case adobeEvents = "e2Events"
      case adobe = "E2"
    }
  }

  private static func expected<Value: Decodable>(_ type: Value.Type, _ file: String) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: Data(contentsOf: SharedData.url("cases/attribution/\(file)")))
  }

  private func check(_ events: [Tiny.Event], _ cases: [Tiny.Case]) async throws {
    let calendar = try ZonedCalendar("UTC")
    let test = try TestStore(
      events.map {
        TestEvent(
          $0.customerId, try calendar.moment($0.ts), $0.isConversion ? $0.conversionType! : "ad_click",
          channel: $0.channel, amount: Int64(($0.value * 100).rounded()))
      })
    let types = Set(events.compactMap(\.conversionType)).sorted()
    for expected in cases {
      let names = [
        AttributionModel.first: "first", .last: "last", .linear: "linear_touch", .lastNonDirect: "last_non_direct",
        .timeDecay: "time_decay_7d", .participation: "participation", .position: "position_U",
      ]
      let query = AttributionQuery(
        models: names.keys.sorted { $0.rawValue < $1.rawValue },
        conversions: expected.onlyPurchases ? ["purchase"] : types,
        lookback: expected.lookbackDays * day, scope: expected.touches == "all in window" ? .window : .journey)
      for result in try await JourneyAttribution(query, of: test.store).run(over: test.store) {
        #expect(result.totals.conversions == expected.conversions)
        #expect(result.unattributed.conversions == expected.unattributed.conversions)
        #expect(close(result.unattributed.revenue, expected.unattributed.value))
        let credits = expected.credit[names[result.model]!]!
        #expect(Set(result.rows.filter { $0.conversions > 0 }.map { $0.key.names[0]! }) == Set(credits.keys))
        for row in result.rows {
          let credit = credits[row.key.names[0]!]
          // Twelve and ten decimals are given.
          #expect(abs(row.conversions - (credit?.conversions ?? 0)) < 1e-11, "\(result.model)")
          #expect(abs(row.revenue - (credit?.value ?? 0)) < 1e-9, "\(result.model)")
        }
      }
    }
  }

  @Test("Two customers, two kinds of conversion, three lookbacks and both scopes") func e1() async throws {
    let tiny = try Self.expected(Tiny.self, "tiny_events.json")
    #expect(tiny.first.count >= 5)
    try await check(tiny.firstEvents, tiny.first)
  }

  @Test("Adobe's published example of an order of 50 dollars") func e2() async throws {
    let tiny = try Self.expected(Tiny.self, "tiny_events.json")
    try await check(tiny.adobeEvents, tiny.adobe)
  }

  @Test("100,637 events from CSV with a conversion flag, 30 days of lookback") func hundredThousand() async throws {
    struct Expected: Decodable { var byChannel: [String: [String: Double]] }
    let expected = try Self.expected(Expected.self, "events_1e5_expected.json").byChannel
    var mapping = try CSVMapping(
      columns: "customer_id=customer_id,timestamp=ts,channel=channel,amount=value", inputTimeZone: ZonedCalendar("UTC"))
    mapping.conversionFlag = "is_conversion"
    let directory = FileManager.default.temporaryDirectory.appending(path: "journeys-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    _ = try JourneyImport(.csv(mapping)).run([SharedData.url("cases/attribution/events_1e5.csv").path], to: directory)
    let store = try JourneyStore(directory)

    let results = try await JourneyAttribution(
      AttributionQuery(models: [.first, .last, .linear, .timeDecay]), of: store
    ).run(
      over: store)
    for result in results {
      let name = result.model == .timeDecay ? "time_decay7d" : result.model.rawValue
      #expect(result.rows.count == expected.count)
      for row in result.rows {
        let credit = expected[row.key.names[0]!]!
        #expect(close(row.conversions, credit["\(name)_conversions"]!), "\(result.model) \(row.key)")
        #expect(close(row.revenue, credit["\(name)_value"]!), "\(result.model) \(row.key)")
      }
    }
  }
}
