import Foundation
import Generator
import Journeys
import Testing

/// The stream as its readers see it.
@Suite struct EventFormatTests {
  private static let stream = Result {
    try GeneratedStream(
      GeneratorConfiguration(
        customers: 1500, days: 100, seed: 11, badShare: 0.02, duplicateShare: 0.03, lateShare: 0.04))
  }

  private func stream() throws -> GeneratedStream { try Self.stream.get() }

  @Test func countsAddUp() throws {
    let stream = try stream()
    let counts = stream.counts
    #expect(stream.events.count == counts.valid)
    #expect(stream.duplicates.count == counts.duplicates)
    #expect(stream.rejected.count == counts.bad)
    #expect(counts.produced == stream.events.count + stream.duplicates.count + stream.rejected.count)
    for type in GeneratedEventType.allCases {
      #expect(stream.count(type.name) == counts.count(of: type), "\(type.name)")
      // Without a holdout share there are no experiments.
      #expect(counts.count(of: type) > 0 || type == .experimentAssigned, "\(type.name)")
    }
    func isNear(_ count: Int, _ share: Double) -> Bool {
      let expected = share * Double(counts.valid)
      return abs(Double(count) - expected) < 5 * expected.squareRoot()
    }
    #expect(isNear(counts.bad, 0.02))
    #expect(isNear(counts.duplicates, 0.03))
    #expect(isNear(counts.late, 0.04))
  }

  @Test func idsAreUUIDsOfVersion4() throws {
    for event in try stream().events {
      for id in [event.id.description, event.customer, event.properties["order_id"]].compactMap(\.self) {
        #expect(id.utf8.count == 36 && id.utf8.dropFirst(14).first == UInt8(ascii: "4"))
        #expect(["8", "9", "a", "b"].contains(id.dropFirst(19).first))
      }
    }
  }

  @Test func theKeyIsTheCustomer() throws {
    #expect(try stream().events.allSatisfy { $0.key == $0.customer })
  }

  @Test func everythingHappensInTheWindow() throws {
    let stream = try stream()
    #expect(stream.events.allSatisfy { stream.window.contains($0.timestamp) })
    #expect(Set(stream.events.map(stream.day)) == Set(0..<100))
  }

  /// A second delivery comes later, with the same bytes.
  @Test func duplicatesAreTheSameBytes() throws {
    let stream = try stream()
    for duplicate in stream.duplicates { #expect(duplicate.line == stream.events[duplicate.first].line) }
  }

  /// The stream runs in the order of time but for latencies of a minute, and for the late events.
  @Test func onlyLateEventsAreFarBehind() throws {
    let stream = try stream()
    var latest = Int64(0)
    var behind = 0
    for event in stream.events {
      if event.timestamp < latest - 65_000_000 { behind += 1 }
      latest = max(latest, event.timestamp)
    }
    #expect(behind <= stream.counts.late)
    #expect(behind > stream.counts.late * 9 / 10)
  }

  @Test func everyBadKindIsThereAndRejected() throws {
    let stream = try stream()
    let codes: [BadEventKind: Set<EventError.Code>] = [
      .truncated: [.malformedJSON], .nonObject: [.notAnObject], .invalidUTF8: [.malformedJSON],
      .missingID: [.missingField], .malformedID: [.invalidID], .missingCustomer: [.missingField],
      .emptyEventType: [.invalidLength], .malformedTimestamp: [.invalidTimestamp],
      .timestampOutOfRange: [.timestampOutOfRange], .unknownChannel: [.unknownChannel],
      .negativeAmount: [.negativeAmount], .malformedEventData: [.wrongType],
    ]
    var expected: [EventError.Code: Int] = [:]
    for kind in BadEventKind.allCases {
      #expect(stream.counts.count(of: kind) > 0, "\(kind.name)")
      for code in codes[kind] ?? [] { expected[code, default: 0] += stream.counts.count(of: kind) }
    }
    var found: [EventError.Code: Int] = [:]
    for rejected in stream.rejected { found[rejected.code, default: 0] += 1 }
    #expect(found == expected)
  }

  /// An import of files keeps any channel, so it takes one kind more.
  @Test func anImportTakesUnknownChannels() throws {
    let configuration = GeneratorConfiguration(customers: 400, days: 90, seed: 3, badShare: 0.05)
    let imported = try GeneratedStream(configuration, channels: .any)
    let taken = imported.counts.count(of: .unknownChannel)
    #expect(taken > 0)
    #expect(imported.events.count == imported.counts.valid + taken)
  }

  @Test func noEventComesNearTheReservedLength() throws {
    #expect(try stream().events.map(\.line.count).max() ?? 0 < 1200)
    #expect(try stream().events.allSatisfy { !$0.line.contains(10) })
  }

  @Test func campaignsAreKnownAndRun() throws {
    let stream = try stream()
    let campaigns = Dictionary(uniqueKeysWithValues: stream.campaigns.map { ($0.id, $0) })
    for event in stream.events {
      guard let id = event.campaign else { continue }
      let campaign = try #require(campaigns[id])
      #expect(event.channel == campaign.channel.name)
      if event.type == "email_sent" { #expect(event.properties["email_campaign_id"] == campaign.emailCampaignID) }
      if event.type == "sms_sent" { #expect(event.properties["sms_campaign_id"] == campaign.smsCampaignID) }
      if event.type.hasSuffix("_sent") {
        #expect(campaign.start.daysSince1970 <= stream.day(event) + GeneratorConfiguration.defaultStart.daysSince1970)
        #expect(campaign.end.daysSince1970 >= stream.day(event) + GeneratorConfiguration.defaultStart.daysSince1970)
      }
    }
  }

  /// What a campaign has spent is what its events cost.
  @Test func costsAddUpToWhatIsSpent() throws {
    let stream = try stream()
    var costs: [String: Int64] = [:]
    for event in stream.events {
      if let campaign = event.campaign, let cost = event.properties["cost"].flatMap({ Int64($0) }) {
        costs[campaign, default: 0] += cost
      }
    }
    for campaign in stream.campaigns { #expect(campaign.spent == costs[campaign.id] ?? 0, "\(campaign.name)") }
    #expect(stream.events.filter { $0.type == "sms_sent" }.allSatisfy { $0.properties["cost"] == "50" })
  }

  @Test func campaignsHaveBanglaNamesAndTypesOfTheService() throws {
    let types: Set = ["awareness", "acquisition", "retention", "conversion", "loyalty", "reactivation"]
    let objectives: Set = [
      "brand_awareness", "lead_generation", "sales", "app_downloads", "website_traffic", "engagement",
    ]
    let campaigns = try stream().campaigns
    #expect(Set(campaigns.map(\.id)).count == campaigns.count)
    for campaign in campaigns {
      #expect(campaign.nameBangla.unicodeScalars.contains { (0x980...0x9FF).contains($0.value) })
      #expect(types.contains(campaign.type))
      #expect(objectives.contains(campaign.objective))
      #expect(campaign.start <= campaign.end)
      #expect(campaign.variants.map(\.name) == ["variant_a", "variant_b"])
    }
    let newsletter = try #require(campaigns.first { $0.name == "Weekly Picks - January 2025" })
    #expect(newsletter.nameBangla == "সপ্তাহের সেরা অফার - জানুয়ারি ২০২৫")
  }

  /// An order's points name its id; every order has an id of its own.
  @Test func ordersHaveIdsOfTheirOwn() throws {
    let stream = try stream()
    let orders = stream.events.filter { $0.type == "purchase" }.compactMap { $0.properties["order_id"] }
    #expect(orders.count == stream.count("purchase"))
    #expect(Set(orders).count == orders.count)
    let known = Set(orders)
    let earned = stream.events.filter { $0.type == "loyalty_earned" }.compactMap { $0.properties["order_id"] }
    #expect(!earned.isEmpty)
    #expect(earned.allSatisfy(known.contains))
  }

  @Test func someFieldsAreMissing() throws {
    let views = try stream().events.filter { $0.type == "page_view" }
    for property in ["device", "location"] {
      let share = Double(views.count { $0.properties[property] == nil }) / Double(views.count)
      #expect(share > 0.03 && share < 0.1)
    }
    #expect(views.allSatisfy { $0.properties["page"] != nil })
  }
}
