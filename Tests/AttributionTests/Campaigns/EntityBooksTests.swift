import Attribution
import Foundation
import Journeys
import TestSupport
import Testing

@Suite("Costs, commissions and segments from elsewhere") struct EntityBooksTests {
  private static let dhaka = try! ZonedCalendar("Asia/Dhaka")
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func rows(_ days: [Int64?]) -> [EntityFigures] { days.map { EntityFigures(.campaign, "eid", day: $0) } }

  private func costs(_ text: String) throws -> EntityCosts {
    try EntityCosts(file: try folder.file("costs.csv", text), of: .campaign)
  }

  @Test("Costs of dates go to their days, and to their time") func dated() throws {
    let costs = try costs(
      "date,campaign,cost\n2024-05-01,eid,10\n2024-05-01,eid,2.5\n2024-05-03,eid,7\n2024-05-01,puja,1\n")
    let first = try #require(CivilDate("2024-05-01")).days
    var query = EntityQuery(.campaign, calendar: Self.dhaka, daily: true)
    var daily = rows([first, first + 1])
    // The third of May and the other campaign have no row.
    let unmatched = try costs.add(to: &daily, of: query)
    #expect(unmatched.entities == 2 && unmatched.cost == 800)
    #expect(daily.map(\.cost) == [1250, nil])
    query.daily = false
    query.period = try Self.dhaka.period(from: "2024-05-02", to: "2024-05-31")
    var whole = rows([nil])
    #expect(try costs.add(to: &whole, of: query).entities == 0)
    #expect(whole[0].cost == 700)
  }

  @Test("Costs without dates are those of the whole and are not divided into days") func undated() throws {
    let costs = try costs("campaign,cost\neid,10\n")
    var whole = rows([nil])
    #expect(try costs.add(to: &whole, of: EntityQuery(.campaign, calendar: Self.dhaka)).entities == 0)
    #expect(whole[0].cost == 1000)
    var daily = rows([0])
    #expect(throws: AttributionError.self) {
      try costs.add(to: &daily, of: EntityQuery(.campaign, calendar: Self.dhaka, daily: true))
    }
  }

  @Test(
    "A file of costs that is none says where",
    arguments: ["a,b\n1,2\n", "campaign,cost\nA,1\nB,x\n", "campaign,cost,date\nA,1,May\n", "campaign,cost\nA,-1\n"])
  func malformed(_ text: String) {
    #expect(throws: AttributionError.self) { try costs(text) }
  }

  @Test("Commission is a rate of the sales and a sum for each, where it is known") func commission() throws {
    var rows = ["P1", "P2", "P3"].map { EntityFigures(.affiliate, $0, day: nil) }
    for place in rows.indices {
      rows[place].counts.conversions = 2
      rows[place].counts.clicked = 4
      rows[place].counts.revenue = 10_010
    }
    AffiliateTerms(["P1": .init(rate: 0.05), "P2": .init(rate: 0.1, fixed: 500)]).add(to: &rows)
    // Half a minor unit goes to the even one: 500.5.
    #expect(rows.map(\.commission) == [500, 2001, nil])
    #expect(Figure.earningsPerClick.value(of: rows[0]) == .price(1.25))
    // Spent is what is known: commission, without any cost.
    #expect(Figure.costPerAcquisition.value(of: rows[1])?.number == 20.01 / 2)
    #expect(Figure.roi.value(of: rows[2]) == nil)
    #expect(throws: AttributionError.self) {
      try AffiliateTerms(file: try folder.file("terms.csv", "affiliate_code,rate\nP1,5\n"))
    }
  }

  private func segments(_ text: String, _ store: JourneyStore) throws -> SegmentMembers {
    try SegmentMembers(file: try folder.file("members.csv", text), calendar: Self.dhaka, of: store)
  }

  @Test("A segment's figures are those of its members while they are in it; its size is of every day") func segment()
    async throws
  {
    func sent(_ customer: String, _ day: Int) -> CampaignShop.Line {
      .init(customer, "2024-05-0\(day)T06:00:00Z", "email_sent", campaign: "eid", channel: "email")
    }
    let shop = try CampaignShop([
      sent("a", 1), sent("a", 2), sent("a", 3), sent("b", 2), sent("c", 3),
      .init("a", "2024-05-02T07:00:00Z", "purchase", data: ["amount": 50]),
    ])
    let members = try segments(
      """
      segment_id,customer_id,joined,left
      vip,a,2024-05-02,2024-05-03
      vip,b,,
      vip,not in the store,2024-05-03,
      old,a,2024-04-01,
      old,b,2024-04-01,2024-04-15
      old,c,2024-05-02T12:00:00Z,
      """, shop.store)
    #expect(members.rejections.count == 0)
    let query = EntityQuery(.segment, calendar: Self.dhaka, daily: true)
    let rows = try await EntityPerformance(query, segments: members, of: shop.store).run(over: shop.store)
    let days = ["2024-05-01", "2024-05-02", "2024-05-03"]
    #expect(rows.map { CivilDate(days: $0.day ?? 0).description } == days + days)
    let (old, vip) = (rows.prefix(3), rows.suffix(3))
    #expect(vip.map(\.size) == [1, 2, 2] && vip.map(\.counts.sent) == [0, 2, 0])
    #expect(vip.map(\.counts.active) == [0, 2, 0] && vip.map(\.counts.revenue) == [0, 5000, 0])
    // One member when May began: b is always in it.
    #expect(vip.map(\.growth) == [0, 1, 1])
    #expect(old.map(\.size) == [1, 2, 2] && old.map(\.growth) == [0, 1, 1] && old.map(\.counts.sent) == [1, 1, 2])

    var whole = EntityQuery(.segment, calendar: Self.dhaka)
    whole.ids = ["vip"]
    let all = try await EntityPerformance(whole, segments: members, of: shop.store).run(over: shop.store)
    #expect(all.map(\.size) == [2] && all[0].counts.sent == 2 && all[0].counts.recipients == 2)
  }

  @Test("Without dates of joining there is no growth; lines that are none are counted") func rejected() async throws {
    let shop = try CampaignShop([.init("a", "2024-05-01T00:00:00Z", "page_view")])
    let members = try segments(
      "customer_id,segment_id,left\na,vip,\n,vip,\nb,vip,soon\nb\nb,vip,2024-05-01\n", shop.store)
    #expect(members.rejections.count == 3 && members.rejections.first.contains("members.csv:3"))
    let query = EntityQuery(.segment, calendar: Self.dhaka)
    let rows = try await EntityPerformance(query, segments: members, of: shop.store).run(over: shop.store)
    #expect(rows.map(\.size) == [1] && rows[0].growth == nil && rows[0].counts.active == 1)
    #expect(throws: AttributionError.self) { try segments("customer,segment\na,vip\n", shop.store) }
  }
}
