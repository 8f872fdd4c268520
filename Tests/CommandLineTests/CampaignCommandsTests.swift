import Foundation
import Stores
import TestSupport
import Testing

/// `campaigns performance` and `campaigns kpi` as a user runs them, without a server.
@Suite struct CampaignCommandsTests {
  private let program: Program

  init() throws {
    program = try Program()
    let lines = [
      "customer,time,type,channel,campaign,amount,cost",
      "a,2024-05-02 10:00:00,email_sent,email,eid,,0.10", "b,2024-05-02 10:00:00,email_sent,email,eid,,0.10",
      "a,2024-05-02 10:01:00,email_delivered,email,eid,,", "b,2024-05-02 10:01:00,email_bounced,email,eid,,",
      "a,2024-05-02 11:00:00,email_opened,email,eid,,", "a,2024-05-02 11:05:00,email_clicked,email,eid,,",
      "a,2024-05-03 11:00:00,purchase,email,eid,30.50,", "c,2024-05-31 12:00:00,ad_click,social_media,reels,,1.25",
    ]
    _ = try program.folder.file("events.csv", lines.joined(separator: "\n"))
    let run = try program.run(
      "import", "--output", "journeys", "events.csv", "--columns",
      "customer_id=customer,timestamp=time,event_type=type,channel=channel,campaign_id=campaign,amount=amount,cost=cost"
    )
    #expect(run.status == 0, "\(run.errors)")
  }

  private func rows(_ arguments: String...) throws -> [[String: Any]] {
    let run = try program.run(["campaigns", "performance", "--journeys", "journeys"] + arguments)
    #expect(run.status == 0, "\(run.errors)")
    return try #require(try run.json()["rows"] as? [[String: Any]])
  }

  @Test func figuresOfCampaignsAndDays() throws {
    let rows = try rows()
    #expect(rows.map { $0["id"] as? String } == ["eid", "reels"])
    let eid = rows[0]
    #expect(eid["sent"] as? Int == 2 && eid["delivered"] as? Int == 1 && eid["reach"] as? Int == 1)
    #expect(eid["delivery_rate"] as? Double == 0.5 && eid["open_rate"] as? Double == 1)
    #expect(eid["revenue"] as? Double == 30.5 && eid["cost"] as? Double == 0.2)
    #expect(eid["return_on_ad_spend"] as? Double == 152.5 && eid["cost_per_acquisition"] as? Double == 0.2)
    let email = (eid["channel_performance"] as? [String: [String: Any]])?["email"]
    #expect(email?["conversions"] as? Int == 1 && email?["revenue"] as? Double == 30.5)
    // A rate of nothing is null.
    #expect(rows[1]["open_rate"] is NSNull && rows[1]["roi"] as? Double == -1)

    let days = try self.rows("--daily", "--id", "eid", "--to", "2024-05-03")
    #expect(days.map { $0["date"] as? String } == ["2024-05-02", "2024-05-03"])
    #expect(days.map { $0["conversions"] as? Int } == [0, 1])
    // Nothing was sent that day, and no click: no rate; nothing cost anything: no return.
    #expect(days[1]["conversion_rate"] is NSNull && days[1]["cost"] is NSNull)
  }

  @Test func tablesAndCSVHaveTheColumnsThatAreAskedFor() throws {
    let csv = try program.run(
      "campaigns", "--journeys", "journeys", "--figures", "sent,open_rate,cost", "--format", "csv")
    #expect(csv.text == "id,sent,open_rate,cost\r\neid,2,1.0,0.2\r\nreels,0,,1.25\r\n")
    let parts = try program.run(
      "campaigns", "--journeys", "journeys", "--by", "channel", "--figures", "clicked", "--format", "csv")
    #expect(parts.text == "id,channel,clicked\r\neid,email,1\r\nreels,social_media,1\r\n")
    let table = try program.run("campaigns", "--journeys", "journeys", "--entity", "all", "--format", "table")
    #expect(table.status == 0 && table.text.contains("reels") && table.errors.contains("names a loyalty_program"))
  }

  @Test func costsAndSegmentsFromFiles() throws {
    _ = try program.folder.file("costs.csv", "campaign,cost,date\neid,5,2024-05-02\nreels,7,2024-05-30\n")
    let costs = try program.run(
      "campaigns", "--journeys", "journeys", "--costs", "costs.csv", "--daily", "--figures", "cost", "--format", "csv")
    #expect(costs.text == "id,date,cost\r\neid,2024-05-02,5.0\r\neid,2024-05-03,\r\nreels,2024-05-31,\r\n")
    #expect(costs.errors.contains("1 campaigns cost 7.00"))

    _ = try program.folder.file("members.csv", "segment_id,customer_id,joined\nvip,a,2024-05-03\nvip,b,soon\n")
    let segments = try program.run(
      "campaigns", "--journeys", "journeys", "--entity", "segment", "--segments", "members.csv", "--figures",
      "size,conversions", "--format", "csv")
    #expect(segments.status == 3 && segments.errors.contains("members.csv:3"))
    #expect(segments.text == "id,size,conversions\r\nvip,1,1\r\n")
  }

  @Test func theMonthAgainstItsTargets() throws {
    let run = try program.run(
      "campaigns", "kpi", "--journeys", "journeys", "--month", "2024-05", "--targets", "email.open_rate=0.2")
    #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    let answer = try run.json()
    #expect(answer["missed"] as? [String] == ["email.delivery_rate"])
    let kpis = try #require(answer["kpis"] as? [[String: Any]])
    let delivery = try #require(kpis.first { $0["name"] as? String == "email.delivery_rate" })
    #expect(delivery["value"] as? Double == 0.5 && delivery["denominator"] as? Double == 2)
    #expect(((delivery["campaigns"] as? [[String: Any]])?.first?["campaign"]) as? String == "eid")
    #expect((delivery["interval"] as? [Double])?.count == 2)
    #expect(kpis.first { $0["name"] as? String == "sms.click_rate" }?["value"] is NSNull)
    let table = try program.run("campaigns", "kpi", "--journeys", "journeys", "--month", "2024-05", "--format", "table")
    #expect(table.text.contains("email.delivery_rate is missed by eid (50.0 %"))
    let early = try program.run("campaigns", "kpi", "--journeys", "journeys", "--month", "2024-06")
    #expect(early.status == 0 && early.errors.contains("2024-06 is not over"))
  }

  @Test(arguments: [
    (["--entity", "campain"], "--entity"),
    (["--id", "eidd"], "Did you mean 'eid'?"),
    (["--campaign", "real"], "Did you mean 'reels'?"),
    (["--from", "2024-05-03", "--to", "2024-05-02"], "ends before it begins"),
    (["--from", "soon"], "is no date"),
    (["--entity", "segment"], "file of members"),
    (["--segments", "members.csv"], "--entity segment"),
    (["--commissions", "terms.csv"], "--entity affiliate"),
    (["--costs", "campaigns"], "ANALYTICS_POSTGRES_URL"),
    (["--costs", "campaigns", "--entity", "affiliate"], "not affiliates"),
    (["--costs", "events.csv", "--entity", "sms_campaign"], "sms_campaign, cost"),
    (["--entity", "all", "--id", "eid"], "--entity"),
    (["--figures", "sent,opn_rate"], "Did you mean 'open_rate'?"),
    (["--lookback", "long"], "duration"),
    (["--write"], "ANALYTICS_POSTGRES_URL"),
  ])
  func wrongUsageIsSaidAndEndsWith64(arguments: [String], saying: String) throws {
    var alone = program
    alone.environment["ANALYTICS_POSTGRES_URL"] = ""
    let run = try alone.run(["campaigns", "performance", "--journeys", "journeys"] + arguments)
    #expect(run.status == 64)
    #expect(run.errors.contains(saying), "\(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test(arguments: [
    (["--month", "May"], "2024-05"), (["--month", "2024-13"], "2024-05"),
    (["--month", "2024-05", "--targets", "email.opn_rate=1"], "Did you mean 'email.open_rate'?"),
  ])
  func wrongMonthsAndTargetsToo(arguments: [String], saying: String) throws {
    let run = try program.run(["campaigns", "kpi", "--journeys", "journeys"] + arguments)
    #expect(run.status == 64 && run.errors.contains(saying), "\(run.errors)")
  }
}
