import Foundation
import Generator
import Journeys

/// Everything that one run brought forth, read back with the product's own parser.
struct GeneratedStream {
  struct Event {
    var line: [UInt8]
    var key: String
    var id: EventID
    var customer: String
    var type: String
    var timestamp: Int64
    var campaign: String?
    var channel: String?
    var amount: Int64
    var properties: [String: String]
  }

  private static let properties = EventProperty.all(and: ["experiment", "group"])

  /// Valid events in the order of the stream, each once.
  var events: [Event]
  /// Further deliveries, with the place of the first one.
  var duplicates: [(line: [UInt8], first: Int)]
  /// What the parser rejected.
  var rejected: [(line: [UInt8], code: EventError.Code)]
  var counts: GeneratedCounts
  var tally: TruthTally
  var campaigns: [GeneratedCampaign]
  var truth: Truth

  /// Microseconds since 1970 of the midnights, in Dhaka, that open and close the window.
  var window: Range<Int64>

  init(_ configuration: GeneratorConfiguration, channels: EventRules.Channels = .platform) throws {
    var generator = try EventGenerator(configuration)
    let rules = EventRules(channels: channels, now: Date(timeIntervalSince1970: 1_800_000_000))
    var parser = EventParser(rules: rules, properties: Self.properties)
    var batch = GeneratedBatch()
    var places: [EventID: Int] = [:]
    let truthText = Collected()
    var events: [Event] = []
    var duplicates: [(line: [UInt8], first: Int)] = []
    var rejected: [(line: [UInt8], code: EventError.Code)] = []
    var writer = try TruthWriter(of: generator) { piece in truthText.bytes.append(contentsOf: bytes(piece)) }
    while generator.next(&batch) {
      try writer.append(batch)
      batch.forEachEvent { key, value in
        let line = bytes(value)
        do throws(EventError) {
          let event = try value.withUnsafeBytes { (raw) throws(EventError) in try parser.parse(raw) }
          if let first = places[event.id] {
            duplicates.append((line, first))
            return
          }
          places[event.id] = events.count
          events.append(Self.event(event, line, key: text(bytes(key)), parser))
        } catch {
          rejected.append((line, error.code))
        }
      }
    }
    try writer.finish(generator)
    self.events = events
    self.duplicates = duplicates
    self.rejected = rejected
    counts = generator.counts
    tally = generator.truth
    campaigns = generator.campaigns
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    truth = try decoder.decode(Truth.self, from: Data(truthText.bytes))
    let midnight = Int64(configuration.start.daysSince1970) * 86_400_000_000 - 6 * 3_600_000_000
    window = midnight..<midnight + Int64(configuration.days) * 86_400_000_000
  }

  /// Days since the window opened, and the hour, in Dhaka.
  func day(_ event: Event) -> Int { Int((event.timestamp - window.lowerBound) / 86_400_000_000) }
  func hour(_ event: Event) -> Int { Int((event.timestamp - window.lowerBound) / 3_600_000_000 % 24) }

  func count(_ type: String) -> Int { events.count { $0.type == type } }

  private static func event(
    _ event: EventParser.Event, _ line: [UInt8], key: String, _ parser: borrowing EventParser
  ) -> Event {
    var properties: [String: String] = [:]
    for (index, property) in Self.properties.enumerated() {
      switch parser.property(index) {
      case .text(let value)?: properties[property.name] = text(Array(value))
      case .integer(let value)?: properties[property.name] = String(value)
      case nil: break
      }
    }
    return Event(
      line: line, key: key, id: event.id, customer: text(Array(event.customerID)), type: text(Array(event.type)),
      timestamp: event.timestamp, campaign: event.campaignID.map { text(Array($0)) },
      channel: event.channel.map { text(Array($0)) }, amount: event.amount, properties: properties)
  }
}

final class Collected {
  var bytes: [UInt8] = []
}

func bytes(_ span: RawSpan) -> [UInt8] { span.withUnsafeBytes { Array($0) } }

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// The truth file, as a reader of it would declare it.
struct Truth: Decodable {
  struct Day: Decodable { let date: String, purchases: Double, visits: Double, ramadan: Bool }
  struct Purchase: Decodable {
    let event: String, cause: String

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      event = try list.decode(String.self)
      cause = try list.decode(String.self)
    }
  }
  struct Campaign: Decodable {
    struct Variant: Decodable { let name: String, engagementEffect: Double }
    let id: String, name: String, nameBn: String, channel: String, spent: Decimal, variants: [Variant]
  }
  struct Customer: Decodable {
    struct Engagement: Decodable { let emailOpen: Double, smsClick: Double, pushOpen: Double, adClick: Double }
    struct Reachable: Decodable { let email: Bool, sms: Bool, push: Bool }
    let customerId: String, joinedOn: String, prospect: Bool, purchaseRate: Double, dropoutProbability: Double
    let firstPurchaseOn: String?, droppedOutOn: String?, meanAmount: Double
    let organicPurchases: Int, causedPurchases: Int, engagement: Engagement, reachable: Reachable
    let carrier: String, peakHours: [Int], activeHours: [Double]
  }
  struct Channel: Decodable {
    let touches: Int, incrementalPurchases: Int, incrementalRevenue: Decimal, capturedPurchases: Int
  }
  struct Totals: Decodable {
    let purchases: Int, organicPurchases: Int, revenue: Decimal, produced: Int, valid: Int, duplicates: Int, bad: Int
  }

  struct Experiment: Decodable {
    struct Lift: Decodable { let purchases: Double, revenue: Double }
    let experiment: String, channel: String, treated: Int, heldOut: Int, expectedLift: Lift
  }

  let parameters: [String: Double], touchEffects: [String: Double], season: [Day], purchases: [Purchase]
  let campaigns: [Campaign], customers: [Customer], channels: [String: Channel], totals: Totals
  let holdoutShare: Double?, experiments: [Experiment]?
}
