import Foundation
import TestSupport
import Testing

/// `attribution`, `funnel` and `cohort` as a user runs them.
@Suite struct AnalysisCommandTests {
  private let program: Program

  init() throws { program = try Program() }

  /// Imports lines of `customer,time,type,channel,amount` as the journey store `journeys`.
  private func importEvents(_ lines: [String]) throws {
    let text = (["customer,time,type,channel,amount"] + lines).joined(separator: "\n")
    try Data(text.utf8).write(to: program.folder.url.appending(path: "events.csv"))
    let run = try program.run(
      "import", "--output", "journeys", "events.csv", "--columns",
      "customer_id=customer,timestamp=time,event_type=type,channel=channel,amount=amount")
    #expect(run.status == 0, "\(run.errors)")
  }

  private func importShop() throws {
    try importEvents([
      "a,2024-03-04 10:00:00,email_opened,email,", "a,2024-03-05 10:00:00,page_view,direct,",
      "a,2024-03-05 11:00:00,purchase,,30", "b,2024-03-06 10:00:00,email_opened,email,",
      "a,2024-03-12 10:00:00,purchase,,12.50", "c,2024-03-19 10:00:00,purchase,,7",
    ])
  }

  @Test func attributionAnswersInJSONAndCSV() throws {
    try importShop()
    let one = try program.run("attribution", "--journeys", "journeys", "--model", "linear", "--scope", "journey")
    #expect(one.status == 0, "\(one.errors)")
    let result = try one.json()
    #expect(result["model"] as? String == "linear" && result["by"] as? String == "channel")
    #expect(result["totals"] as? [String: Double] == ["journeys": 4, "conversions": 3, "revenue": 49.5])
    #expect(result["unattributed"] as? [String: Double] == ["conversions": 2, "revenue": 19.5])
    let rows = try #require(result["rows"] as? [[String: Any]])
    #expect(rows.map { $0["key"] as? String } == ["direct", "email"])
    #expect(rows.map { $0["conversions"] as? Double } == [0.5, 0.5])
    #expect(rows.map { $0["revenue"] as? Double } == [15, 15])

    let all = try program.run("attribution", "--journeys", "journeys").json()
    let models = try #require(all["results"] as? [[String: Any]]).map { $0["model"] as? String }
    #expect(models == ["first", "last", "linear", "markov", "shapley"])

    let csv = try program.run(
      "attribution", "--journeys", "journeys", "--model", "first,last", "--format", "csv", "--by", "channel,campaign")
    let lines = csv.text.split(separator: "\r\n")
    #expect(lines.first == "channel,campaign,first,last,first revenue,last revenue")
    #expect(lines.count == 4 && lines.contains("email,,2.0,0.0,42.5,0.0"))
  }

  @Test func attributionOfTimeCostsCertaintyAndOneJourney() throws {
    try importShop()
    let months = try program.run(
      "attribution", "--journeys", "journeys", "--model", "first", "--every", "week", "--format", "csv")
    #expect(months.status == 0, "\(months.errors)")
    #expect(months.text.hasPrefix("period,channel,first,first revenue\r\n2024-W10,"))

    try Data("channel,cost\nemail,10\ndirect,30\n".utf8).write(to: program.folder.url.appending(path: "costs.csv"))
    let costs = try program.run(
      "attribution", "--journeys", "journeys", "--model", "linear", "--scope", "journey", "--costs", "costs.csv"
    ).json()
    let rows = try #require(costs["rows"] as? [[String: Any]])
    let email = try #require(rows.first { $0["key"] as? String == "email" }?["cost"] as? [String: Double])
    #expect(email["cpa"] == 20 && email["roas"] == 1.5)
    let move = try #require(costs["move"] as? [String: Any])
    #expect(move["from"] as? String == "direct" && move["to"] as? String == "email" && move["amount"] as? Double == 3)

    let sure = try program.run(
      "attribution", "--journeys", "journeys", "--model", "last", "--bootstrap", "50", "--level", "0.8"
    ).json()
    let first = try #require((sure["rows"] as? [[String: Any]])?.first?["interval"] as? [String: Any])
    #expect(Set(first.keys) == ["conversions", "revenue", "share", "rank"])

    let journey = try program.run("attribution", "--journeys", "journeys", "--model", "linear,markov", "--explain", "a")
    #expect(journey.status == 0, "\(journey.errors)")
    let conversions = try #require(try journey.json()["conversions"] as? [[String: Any]])
    #expect(conversions.count == 2)
    let touch = try #require((conversions[0]["touches"] as? [[String: Any]])?.first)
    #expect((touch["credits"] as? [String: Double])?["linear"] == 0.5)
    let nobody = try program.run("attribution", "--journeys", "journeys", "--explain", "someone-secret")
    #expect(nobody.status == 1 && !nobody.errors.contains("someone-secret"))
  }

  @Test func attributionAgainstTheTruthAndByExperiment() throws {
    let generated = try program.run(
      "generate", "--customers", "400", "--days", "40", "--seed", "5", "--holdout", "0.3", "--output", "events.jsonl",
      "--truth", "truth.json")
    #expect(generated.status == 0, "\(generated.errors)")
    let imported = try program.run(
      "import", "--output", "generated", "events.jsonl", "--property", "experiment", "--property", "group")
    #expect(imported.status == 0, "\(imported.errors)")
    let compared = try program.run(
      "attribution", "--journeys", "generated", "--model", "first,last,markov", "--against", "truth.json"
    ).json()
    let truth = try #require(compared["truth"] as? [String: Any])
    #expect((truth["models"] as? [Any])?.count == 3 && (compared["results"] as? [Any])?.count == 3)
    let lift = try program.run("attribution", "--journeys", "generated", "--holdout", "--format", "table")
    #expect(lift.status == 0, "\(lift.errors)")
    #expect(lift.text.contains("email") && lift.text.contains("push_notification"))
  }

  @Test func attributionOfPathsTellsWhatItRejected() throws {
    let text = "path,total_conversions,total_null\nA > B,2,1\nB,1,0\nA,x,1\n"
    try Data(text.utf8).write(to: program.folder.url.appending(path: "paths.csv"))
    let run = try program.run("attribution", "--paths", "paths.csv", "--model", "markov", "--output", "answer.json")
    #expect(run.status == 3 && run.output.isEmpty)
    #expect(run.errors.contains("total_conversions is not a number; the first at paths.csv:4"))
    let answer = try Data(contentsOf: program.folder.url.appending(path: "answer.json"))
    let json = try JSONSerialization.jsonObject(with: answer) as? [String: Any]
    let rows = try #require(json?["rows"] as? [[String: Any]])
    let conversions = rows.compactMap { $0["conversions"] as? Double }
    #expect(abs(conversions[0] - 12.0 / 7) < 1e-12 && abs(conversions[1] - 9.0 / 7) < 1e-12)
    #expect(rows.compactMap { $0["removal_effect"] as? Double } == [1, 0.75])
  }

  @Test func funnelBySteps() throws {
    try importShop()
    let run = try program.run("funnel", "--journeys", "journeys", "--steps", "email_opened,purchase", "--window", "2d")
    let result = try run.json()
    #expect(result["mode"] as? String == "ordered" && result["window_seconds"] as? Double == 172_800)
    #expect((result["breakdowns"] as? [Any])?.isEmpty ?? false)
    let steps = try #require(result["steps"] as? [[String: Any]])
    #expect(steps.map { $0["customers"] as? Int } == [2, 1])
    #expect(steps[1]["conversion_from_start"] as? Double == 0.5)
    #expect(steps[1]["median_seconds_from_previous"] as? Double == 90_000)
    let late = try program.run(
      "funnel", "--journeys", "journeys", "--steps", "email_opened,purchase", "--from", "2024-03-05", "--format", "csv")
    #expect(late.text.hasPrefix("step,customers,from start"))
    #expect(late.text.contains("email_opened,1,1.0,"))
  }

  @Test func funnelWithConditionsBreakdownsTrendsAndCustomers() throws {
    try importShop()
    func funnel(_ options: String...) throws -> Program.Run {
      try program.run(["funnel", "--journeys", "journeys", "--steps"] + options)
    }
    let broken = try funnel("email_opened,purchase[amount>=1]", "--breakdown", "channel").json()
    let parts = try #require(broken["breakdowns"] as? [[String: Any]])
    #expect(parts.contains { $0["value"] as? [String] == ["email"] })
    let unordered = try funnel("purchase,email_opened", "--mode", "unordered").json()
    // Whoever did any of them has begun.
    #expect((unordered["steps"] as? [[String: Any]])?.map { $0["customers"] as? Int } == [3, 1])
    #expect(try funnel("email_opened,purchase", "--customers-at", "-2", "--format", "csv").text == "customer\r\nb\r\n")
    let trend = try funnel("email_opened,purchase", "--trend", "week").json()
    #expect((trend["series"] as? [[String: Any]])?.isEmpty == false)
    let chain = try funnel("email_opened,purchase", "--explain", "a").json()
    #expect((chain["chains"] as? [[String: Any]])?.count == 1)
    let times = try funnel("email_opened,purchase", "--time-to-convert", "--format", "table")
    #expect(times.text.contains("mean 90000 s, median 90000 s"))
    let long = try funnel("email_opened,purchase", "--window", "400d")
    #expect(long.status == 0 && long.errors.contains("the window is longer than the data"))
    let early = try funnel("email_opened,purchase", "--to", "2023-01-01")
    #expect(early.status == 0 && early.errors.contains("no events in the time asked for"))
  }

  @Test(arguments: [
    (["email_opened,purchase["], "brackets"), ([""], "is no step"), (["purchase,,purchase"], "is no step"),
    ([String(repeating: "purchase,", count: 69) + "purchase"], "1 to 64 steps"),
    (["purchase,purchse"], "Did you mean 'purchase'?"), (["purchase[amuont=1]"], "Did you mean 'amount'?"),
    (["purchase[amount>much]"], "'much' is none"), (["purchase", "--breakdown", "chanel"], "Did you mean 'channel'?"),
    (["purchase", "--hold", "order"], "no property 'order'"),
    (["email_opened,purchase", "--exclude", "page_veiw"], "Did you mean 'page_view'?"),
    (["email_opened,purchase", "--exclude", "page_view:2-1"], "two of the steps 1 to 2"),
    (["email_opened,purchase", "--exclude", "page_view:1-3"], "two of the steps 1 to 2"),
    (["purchase", "--exclude", "page_view"], "no second step"),
    (["email_opened,purchase", "--mode", "unordered", "--exclude", "page_view"], "need an order"),
    (["purchase", "--breakdown", "channel", "--attribution", "2"], "from 1 to 1"),
    (["purchase", "--breakdown", "channel", "--limit", "0"], "one value at least"),
    (["purchase", "--window", "0d"], "no duration"), (["purchase", "--window", "9999999d"], "10,000 years"),
    (["purchase", "--percentiles", "101"], "from 0 to 100"), (["purchase", "--sample", "0"], "above 0"),
    (["purchase", "--from", "2024-03-02", "--to", "2024-03-01"], "ends before it begins"),
    (["purchase", "--trend", "day", "--customers-at", "1"], "two answers"),
  ])
  func aFunnelThatCannotBeIsRefused(_ arguments: [String], _ message: String) throws {
    try importShop()
    let run = try program.run(["funnel", "--journeys", "journeys", "--steps"] + arguments)
    #expect(run.status == 64 && run.output.isEmpty && run.errors.contains(message), "\(run.errors)")
  }

  @Test func funnelByQueryFile() throws {
    try importShop()
    let query = """
      {"kind": "funnel", "window_seconds": 172800, "steps": [
        {"name": "opened", "match": [{"event": "email_opened"}]}, {"name": "bought", "match": [{"event": "purchase"}]},
        {"name": "gone", "match": [{"event": "email_unsubscribed"}]}]}
      """
    try Data(query.utf8).write(to: program.folder.url.appending(path: "query.json"))
    let run = try program.run("funnel", "--journeys", "journeys", "--query", "query.json")
    #expect(run.status == 0 && run.errors.contains("no event type 'email_unsubscribed'"))
    let result = try run.json()
    let steps = try #require(result["steps"] as? [[String: Any]])
    #expect(steps.map { $0["count"] as? Int } == [2, 1, 0])
    #expect(steps.map { $0["users"] as? [String] } == [["a", "b"], ["a"], []])
    #expect(steps[1]["avg_seconds"] as? Double == 90_000 && steps[2]["avg_seconds"] is NSNull)
    let dropped = (result["users_at"] as? [[String: Any]])?.first { $0["step"] as? Int == -2 }
    #expect(dropped?["users"] as? [String] == ["b"])
  }

  @Test(arguments: [
    ("kafka:\n  borkers: x\n", "there is no setting 'kafka.borkers'"), ("", "no settings in it"),
    ("timezone: UTC\nkafka: [", "is no YAML"), ("just text", "no settings in it"),
  ]) func configurationIsChecked(_ yaml: String, _ complaint: String) throws {
    try importShop()
    let file = program.folder.url.appending(path: "settings.yaml")
    try Data(yaml.utf8).write(to: file)
    let run = try program.run("cohort", "--journeys", "journeys", "--config", file.path)
    #expect(run.status == 64 && run.errors.contains(complaint), "\(run.errors)")
    try Data("timezone: UTC\nmongodb: {database: shop}\n".utf8).write(to: file)
    #expect(try program.run("cohort", "--journeys", "journeys", "--config", file.path).status == 0)
  }

  @Test func cohortsOfRetentionAndRevenue() throws {
    try importShop()
    let run = try program.run("cohort", "--journeys", "journeys", "--period", "week", "--periods", "2")
    let result = try run.json()
    #expect(result["period"] as? String == "week" && result["metric"] as? String == "retention")
    let cohorts = try #require(result["cohorts"] as? [[String: Any]])
    #expect(cohorts.map { $0["cohort"] as? String } == ["2024-W10", "2024-W12"])
    #expect(cohorts.map { $0["size"] as? Int } == [1, 1])
    #expect(cohorts[0]["values"] as? [Double] == [1, 1])
    #expect((cohorts[1]["values"] as? [Any])?.allSatisfy { $0 is NSNull } ?? false)
    let revenue = try program.run(
      "cohort", "--journeys", "journeys", "--period", "week", "--periods", "2", "--metric", "revenue", "--format", "csv"
    )
    #expect(revenue.text == "cohort,customers,0,1\r\n2024-W10,1,30.0,12.5\r\n2024-W12,1,,\r\n")
    let plotted = try program.run("cohort", "--journeys", "journeys", "--period", "week", "--plot", "triangle.svg")
    #expect(plotted.status == 0)
    let picture = try String(contentsOf: program.folder.url.appending(path: "triangle.svg"), encoding: .utf8)
    #expect(picture.contains("<svg") && picture.contains("2024-W10"))
  }

  @Test(arguments: [
    (["attribution"], "--journeys DIRECTORY or --paths FILE"),
    (["attribution", "--journeys", "journeys", "--model", "magic"], "there is no model 'magic'"),
    (["attribution", "--journeys", "journeys", "--by", "moon"], "has no column 'moon'"),
    (["attribution", "--journeys", "journeys", "--by", "channel,channel"], "each once"),
    (["attribution", "--journeys", "journeys", "--weights", "0.5,0.4,0.3"], "add up to 1.2"),
    (["attribution", "--journeys", "journeys", "--order", "0"], "neither auto nor a number"),
    (["attribution", "--journeys", "journeys", "--bootstrap", "3"], "20 to 100000 resamples"),
    (
      ["attribution", "--journeys", "journeys", "--every", "month", "--bootstrap", "50"],
      "--every shows how credit moves"
    ),
    (["attribution", "--journeys", "journeys", "--write"], "ask --by campaign"),
    (["attribution", "--journeys", "journeys", "--holdout"], "experiment_assigned"),
    (["attribution", "--journeys", "journeys", "--costs", "events"], "has no costs"),
    (["attribution", "--paths", "p.csv", "--model", "time-decay"], "needs to know when touches were"),
    (["attribution", "--paths", "p.csv", "--explain", "a"], "--explain is about events"),
    (["attribution", "--journeys", "journeys", "--conversion", "purchse"], "Did you mean 'purchase'"),
    (
      ["attribution", "--journeys", "journeys", "--touchpoints", "clicks"], "It has: email_opened, page_view, purchase"
    ),
    (["attribution", "--journeys", "journeys", "--lookback", "long"], "no duration"),
    (["attribution", "--paths", "p.csv", "--scope", "window"], "--scope is about events"),
    (["funnel", "--journeys", "journeys"], "--steps a,b,c or --query FILE"),
    (["funnel", "--journeys", "journeys", "--steps", "purchase,joy"], "no event type 'joy'"),
    (["funnel", "--journeys", "journeys", "--steps", "purchase", "--mode", "wild"], "'wild' is invalid"),
    (["funnel", "--journeys", "journeys", "--query", "none.json"], "cannot be read"),
    (["cohort", "--journeys", "journeys", "--by", "signup"], "no event type 'signup'"),
    (["cohort", "--journeys", "journeys", "--periods", "0"], "at least one period"),
    (["cohort", "--journeys", "journeys", "--periods", "1000000000"], "at most 10000"),
    (["cohort", "--journeys", "journeys", "--timezone", "Moon/Sea"], "time zone 'Moon/Sea' is unknown"),
    (["cohort", "--journeys", "journeys", "--config", "none.yaml"], "none.yaml: the file cannot be read"),
    (
      [
        "import", "--output", "x", "--columns", "customer_id=a,timestamp=b,event_type=c", "--constant", "event_type=d",
        "f",
      ],
      "event_type is given twice"
    ),
  ])
  func wrongUsage(_ arguments: [String], _ message: String) throws {
    try importShop()
    let run = try program.run(arguments)
    #expect(run.status == 64 && run.output.isEmpty, "\(run.errors)")
    #expect(run.errors.contains(message), "\(run.errors)")
  }

  /// A link stays one, a pipe is written to, and a device that takes nothing is a failure, not a crash.
  @Test func outputGoesWhereItWasSent() throws {
    try importShop()
    let folder = program.folder.url
    let real = URL(filePath: try program.folder.file("real.json", "old"))
    let link = folder.appending(path: "link.json")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: real)
    #expect(try program.run("cohort", "--journeys", "journeys", "--output", "link.json").status == 0)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == real.path)
    #expect(try JSONSerialization.jsonObject(with: Data(contentsOf: real)) is [String: Any])

    let process = program.process(["cohort", "--journeys", "journeys"])
    process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
    process.standardError = FileHandle(forWritingAtPath: try program.folder.file("errors", ""))
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 1)
    let errors = try String(contentsOf: folder.appending(path: "errors"), encoding: .utf8)
    #expect(errors.contains("No space left on device"))
  }

  @Test func aMissingOrForeignStoreIsAFailure() throws {
    for (directory, message) in [("nowhere", "no such directory"), (".", "no readable manifest.json")] {
      let run = try program.run("attribution", "--journeys", directory)
      #expect(run.status == 1 && run.errors.contains(message), "\(run.errors)")
    }
  }

  @Test func helpShowsExamples() throws {
    for command in ["attribution", "funnel", "cohort"] {
      let run = try program.run(command, "--help")
      #expect(run.status == 0 && run.text.contains("analytics-cli \(command) --journeys journeys"))
    }
  }
}
