import Attribution
import Foundation
import Journeys
import TestSupport
import Testing

@Suite("Figures of entities, by hand") struct EntityPerformanceTests {
  private static let dhaka = try! ZonedCalendar("Asia/Dhaka")

  private func figures(
    _ shop: CampaignShop, _ entity: MarketingEntity, daily: Bool = false,
    _ change: (inout EntityQuery) -> Void = { _ in }
  ) async throws -> [EntityFigures] {
    var query = EntityQuery(entity, calendar: Self.dhaka, daily: daily)
    change(&query)
    return try await EntityPerformance(query, of: shop.store).run(over: shop.store)
  }

  /// 40 e-mails to as many customers: 38 delivered, 2 bounced; 9 opens of 8 customers, 4 clicks, 1 unsubscription;
  /// purchases of two customers, one of whom had bought before.
  private static func mailing() throws -> CampaignShop {
    var shop: [CampaignShop.Line] = [.init("c3", "2024-05-01T00:00:00Z", "purchase", data: ["amount": 5])]
    for customer in 0..<40 {
      let name = "c\(customer)"
      func line(_ type: String, _ minute: Int, _ data: [String: Any] = [:]) {
        shop.append(
          .init(
            name, "2024-05-02T10:\(minute):00Z", type, campaign: "eid", channel: "email",
            data: data.merging(["email_campaign_id": "mail"]) { first, _ in first }))
      }
      line("email_sent", 10, ["cost": 0.1])
      line(customer < 38 ? "email_delivered" : "email_bounced", 11)
      if customer < 8 {
        line("email_opened", 12, ["device": customer < 5 ? "mobile" : "desktop", "location": "Dhaka"])
      }
      if customer == 0 { line("email_opened", 13, ["device": "desktop"]) }
      if customer < 4 { line("email_clicked", 14, ["page": customer < 3 ? "/eid" : "/"]) }
      if customer == 7 { line("email_unsubscribed", 15) }
    }
    for (customer, amount) in [("c2", 100.0), ("c3", 60.25)] {
      shop.append(
        .init(customer, "2024-05-02T11:00:00Z", "purchase", campaign: "eid", channel: "email", data: ["amount": amount])
      )
    }
    return try CampaignShop(shop)
  }

  @Test("An e-mailing: counts, customers, rates and money") func mailing() async throws {
    let shop = try Self.mailing()
    var rows = try await figures(shop, .emailCampaign)
    #expect(rows.map(\.id) == ["mail"])
    rows[0].takeCostOfEvents()
    func value(_ figure: Figure) -> Double? { figure.value(of: rows[0])?.number }
    #expect([Figure.sent, .recipients, .delivered, .reach, .bounced].map(value) == [40, 40, 38, 38, 2])
    #expect([Figure.opened, .uniqueOpens, .clicked, .uniqueClicks, .unsubscribed].map(value) == [9, 8, 4, 4, 1])
    #expect([Figure.conversions, .buyers, .newCustomers].map(value) == [2, 2, 1])
    #expect(value(.deliveryRate) == 38.0 / 40 && value(.bounceRate) == 2.0 / 40)
    #expect(value(.openRate) == 9.0 / 38 && value(.uniqueOpenRate) == 8.0 / 38)
    #expect(value(.clickRate) == 4.0 / 40 && value(.clickToOpenRate) == 4.0 / 9)
    #expect(value(.unsubscribeRate) == 1.0 / 38 && value(.conversionRate) == 2.0 / 40)
    #expect(value(.clickToConversionRate) == 0.5)
    #expect(value(.revenue) == 160.25 && value(.revenuePerMessage) == 160.25 / 40)
    #expect(value(.cost) == 4 && value(.costPerClick) == 1 && value(.costPerAcquisition) == 2)
    #expect(value(.customerAcquisitionCost) == 4 && value(.returnOnAdSpend) == 160.25 / 4)
    #expect(value(.roi) == 156.25 / 4)
    #expect(rows[0].parts[.device]?.mapValues(\.opened) == ["mobile": 5, "desktop": 4])
    // Of the channel everything, the customers too.
    #expect(rows[0].parts[.channel]?["email"]?.reach == 38 && rows[0].parts[.location]?["Dhaka"]?.openers == 8)
    #expect(rows[0].parts[.link]?.mapValues(\.clicked) == ["/eid": 3, "/": 1])
    // The same for the campaign, but the purchases are its own.
    let campaign = try await figures(shop, .campaign)
    #expect(campaign.map(\.counts) == rows.map(\.counts))
  }

  @Test("A rate of nothing and what is not known have no value") func nothing() async throws {
    let shop = try CampaignShop([
      .init("a", "2024-05-02T10:00:00Z", "email_sent", campaign: "eid", channel: "email"),
      .init("b", "2024-05-02T10:00:00Z", "ad_impression", campaign: "ads", channel: "social_media"),
    ])
    let rows = try await figures(shop, .campaign)
    func missing(_ row: EntityFigures) -> Set<Figure> {
      Set(Figure.all(of: .campaign).filter { $0.value(of: row) == nil })
    }
    let money: Set<Figure> = [
      .cost, .costPerClick, .costPerAcquisition, .customerAcquisitionCost, .returnOnAdSpend, .roi, .averageOrderValue,
    ]
    // Nobody reports deliveries, so who was sent it is reached; nothing was opened, clicked or bought.
    #expect(missing(rows[1]) == money.union([.deliveryRate, .clickToOpenRate, .clickToConversionRate]))
    #expect(rows[1].counts.reach == 1 && Figure.openRate.value(of: rows[1]) == .share(0))
    #expect(
      missing(rows[0])
        == money.union([
          .deliveryRate, .bounceRate, .openRate, .clickToOpenRate, .unsubscribeRate, .conversionRate,
          .clickToConversionRate, .revenuePerMessage,
        ]))
    #expect(Figure.clickRate.value(of: rows[0]) == .share(0))
  }

  @Test("Days are local; customers count once a day and once in all") func days() async throws {
    let shop = try CampaignShop([
      .init("a", "2024-05-01T17:00:00Z", "push_sent", campaign: "eid", channel: "push_notification"),
      .init("a", "2024-05-01T17:30:00Z", "push_sent", campaign: "eid", channel: "push_notification"),
      .init("a", "2024-05-01T18:00:00Z", "push_sent", campaign: "eid", channel: "push_notification"),
      .init("b", "2024-05-01T18:00:00Z", "push_sent", campaign: "eid", channel: "push_notification"),
    ])
    let days = try await figures(shop, .campaign, daily: true)
    #expect(days.map { CivilDate(days: $0.day ?? 0).description } == ["2024-05-01", "2024-05-02"])
    #expect(days.map(\.counts.sent) == [2, 2] && days.map(\.counts.recipients) == [1, 2])
    #expect(days.map(\.counts.reach) == [1, 2])
    let all = try await figures(shop, .campaign)
    #expect(all.map(\.day) == [nil] && all[0].counts.sent == 4 && all[0].counts.recipients == 2)
    let second = try await figures(shop, .campaign) { $0.period = Self.dhaka.start(ofDay: days[1].day!)...Int64.max }
    #expect(second[0].counts.sent == 2)
  }

  @Test("A purchase inherits the e-mail, text or click of its campaign that came last") func inherited() async throws {
    let mail = { ["email_campaign_id": $0] as [String: Any] }
    func bought(
      _ customer: String, _ time: String, _ campaign: String?, _ channel: String?, _ data: [String: Any] = [:]
    )
      -> CampaignShop.Line
    {
      .init(
        customer, time, "purchase", campaign: campaign, channel: channel,
        data: data.merging(["amount": 1]) { first, _ in first })
    }
    let shop = try CampaignShop([
      .init("a", "2024-05-01T00:00:00Z", "email_opened", campaign: "eid", channel: "email", data: mail("m1")),
      .init("a", "2024-05-02T00:00:00Z", "email_sent", campaign: "eid", channel: "email", data: mail("m2")),
      // At the same instant, before it in the file: of m3.
      bought("a", "2024-05-03T00:00:00Z", "eid", "email"),
      .init("a", "2024-05-03T00:00:00Z", "email_sent", campaign: "eid", channel: "email", data: mail("m3")),
      // Names one itself; has no channel; comes by another; is of another campaign; comes too late.
      bought("a", "2024-05-04T00:00:00Z", "eid", "email", mail("m1")),
      bought("a", "2024-05-05T00:00:00Z", "eid", nil),
      bought("a", "2024-05-05T01:00:00Z", "eid", "sms"),
      bought("a", "2024-05-05T02:00:00Z", "puja", "email"),
      bought("a", "2024-06-03T00:00:00Z", "eid", "email"),
      // Another customer's mails are not his.
      bought("b", "2024-05-04T00:00:00Z", "eid", "email"),
      .init("c", "2024-05-04T00:00:00Z", "affiliate_click", channel: "affiliate", data: ["affiliate_code": "PARTNER1"]),
      bought("c", "2024-05-05T00:00:00Z", nil, "affiliate"), bought("c", "2024-05-05T00:00:00Z", nil, nil),
    ])
    let mails = try await figures(shop, .emailCampaign)
    #expect(mails.map(\.id) == ["m1", "m2", "m3"])
    #expect(mails.map(\.counts.conversions) == [1, 0, 2])
    let shorter = try await figures(shop, .emailCampaign) { $0.lookback = 86_400_000_000 }
    #expect(shorter.map(\.counts.conversions) == [1, 0, 1])
    let longer = try await figures(shop, .emailCampaign) { $0.lookback = 40 * 86_400_000_000 }
    #expect(longer.map(\.counts.conversions) == [1, 0, 3])
    let affiliates = try await figures(shop, .affiliate)
    #expect(affiliates.map(\.id) == ["PARTNER1"] && affiliates[0].counts.conversions == 1)
    #expect(affiliates[0].counts.newCustomers == 1)
  }

  @Test("Ids that are one UUID are one entity, others are themselves") func spelling() async throws {
    let id = "6f0d2f4e-0c5c-4c1e-9a53-2f8f3f6a2b11"
    let shop = try CampaignShop([
      .init("a", "2024-05-01T00:00:00Z", "ad_click", campaign: id),
      .init("a", "2024-05-01T00:00:01Z", "ad_click", campaign: id.uppercased()),
      .init("a", "2024-05-01T00:00:02Z", "ad_click", campaign: "Eid"),
      .init("a", "2024-05-01T00:00:02Z", "ad_click", campaign: "eid"),
    ])
    let rows = try await figures(shop, .campaign)
    #expect(rows.map(\.counts.clicked) == [2, 1, 1] && rows.map(\.counts.clickers) == [1, 1, 1])
    let one = try await figures(shop, .campaign) { $0.ids = [id.uppercased()] }
    #expect(one.map(\.counts.clicked) == [2])
    let filtered = try await figures(shop, .campaign) { $0.campaigns = ["Eid"] }
    #expect(filtered.map(\.id) == ["Eid"])
  }

  @Test("Loyalty: points issued and redeemed, members") func loyalty() async throws {
    func points(_ customer: String, _ type: String, _ points: Int) -> CampaignShop.Line {
      .init(customer, "2024-05-01T00:00:00Z", type, data: ["points": points, "loyalty_program_id": "rewards"])
    }
    let shop = try CampaignShop([
      points("a", "loyalty_earned", 300), points("a", "loyalty_redeemed", 100), points("b", "loyalty_earned", 100),
    ])
    let row = try #require(try await figures(shop, .loyaltyProgram).first)
    let values = Figure.all(of: .loyaltyProgram).prefix(4).map { $0.value(of: row)?.number }
    #expect(values == [2, 400, 100, 0.25])
  }

  @Test("An unknown id or campaign names its neighbour") func unknown() throws {
    let shop = try CampaignShop([.init("a", "2024-05-01T00:00:00Z", "ad_click", campaign: "boishakh")])
    var query = EntityQuery(.campaign, calendar: Self.dhaka)
    query.ids = ["boisakh"]
    var other = EntityQuery(.campaign, calendar: Self.dhaka)
    other.campaigns = ["boisakh"]
    for query in [query, other] {
      let error = #expect(throws: AttributionError.self) { try EntityPerformance(query, of: shop.store) }
      #expect(error?.code == .unknownName && error?.message.contains("Did you mean 'boishakh'?") == true)
    }
    #expect(throws: AttributionError.self) {
      try EntityPerformance(EntityQuery(.segment, calendar: Self.dhaka), of: shop.store)
    }
  }

  @Test("Every figure has its line in the documentation") func documented() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    let text = try String(contentsOf: root.appending(path: "docs/rates.md"), encoding: .utf8)
    #expect(Figure.allCases.filter { !text.contains("`\($0.rawValue)`") } == [])
  }
}
