import Foundation
import TestSupport
import Testing

/// `campaigns ab` as a user runs it. That it agrees with reference cases is in `ReferenceCaseCommandTests`.
@Suite struct CampaignsABCommandTests {
  private let program: Program

  /// Sixty recipients of two variants, of whom every third of `a` and every second of `b` buys the day after.
  init() throws {
    program = try Program()
    var lines: [String] = []
    func add(_ customer: String, _ time: String, _ type: String, _ data: String) {
      lines.append(
        #"{"id":"\#(UUID().uuidString)","customer_id":"\#(customer)","event_type":"\#(type)","timestamp":"\#(time)","#
          + #""campaign_id":"spring","event_data":{\#(data)}}"#)
    }
    for number in 0..<60 {
      let variant = number % 2 == 0 ? "a" : "b"
      add("c\(number)", "2024-03-01T10:00:00Z", "email_sent", #""variant":"\#(variant)""#)
      if number / 2 % (variant == "a" ? 3 : 2) == 0 {
        add("c\(number)", "2024-03-02T10:00:00Z", "purchase", #""amount":10"#)
      }
    }
    add("both", "2024-03-01T10:00:00Z", "email_sent", #""variant":"a""#)
    add("both", "2024-03-03T10:00:00Z", "email_sent", #""variant":"b""#)
    add("late", "2024-05-01T10:00:00Z", "page_view", "")
    _ = try program.folder.file("events.jsonl", lines.joined(separator: "\n"))
    let run = try program.run("import", "--output", "journeys", "events.jsonl")
    #expect(run.status == 0, "\(run.errors)")
  }

  @Test func variantsAreHeldAgainstTheControl() throws {
    let run = try program.run("campaigns", "ab", "spring", "--journeys", "journeys", "--control", "a")
    #expect(run.status == 0, "\(run.errors)")
    let result = try run.json()
    #expect((result["sample_ratio"] as? [String: Any])?["p_value"] as? Double == 1)
    let mixed = try #require(result["mixed"] as? [String: Any])
    #expect(mixed["customers"] as? Int == 1 && mixed["ids"] as? [String] == ["both"])
    let variants = try #require(result["variants"] as? [[String: Any]])
    #expect(variants.map { $0["recipients"] as? Int } == [30, 30])
    #expect(variants.map { $0["converting"] as? Int } == [10, 15])
    let metrics = try #require(result["metrics"] as? [[String: Any]])
    #expect(metrics.map { $0["metric"] as? String } == ["rate", "revenue"])
    let test = try #require((metrics[0]["tests"] as? [[String: Any]])?.first)
    #expect(Set(test.keys) == ["variant", "lift", "fixed_horizon", "sequential", "bayes", "without_past"])
    let fixed = try #require(test["fixed_horizon"] as? [String: Any])
    #expect(abs(try #require(fixed["estimate"] as? Double) - 1.0 / 6) < 1e-12)
    let p = try #require(fixed["p_value"] as? Double)
    // Two tests, of which this is not the less likely: Holm's doubles the smaller p-value.
    #expect(try #require(fixed["p_value_adjusted"] as? Double) >= p)

    let table = try program.run(
      "campaigns", "ab", "spring", "--journeys", "journeys", "--format", "table", "--metrics", "rate,order-value",
      "--mixed", "first", "--split", "a=31,b=30", "--correction", "benjamini-hochberg", "--without-past")
    #expect(table.text.contains("order-value") && table.text.contains("count for their first: both"))
    let csv = try program.run("campaigns", "ab", "spring", "--journeys", "journeys", "--format", "csv")
    #expect(csv.text.hasPrefix("metric,variant,recipients,mean,adjusted,lift,difference,from,to,p,"))
  }

  @Test(arguments: [
    (["sprin"], "Did you mean 'spring'?"), (["spring", "--control", "c"], "It has: a, b"),
    (["spring", "--split", "a=1"], "the share of 'b'"), (["spring", "--split", "a=1,b"], "a variant and its share"),
    (["spring", "--split", "a=1,b=x"], "a variant and its share"), (["spring", "--split", "a=1,a=2"], "given twice"),
    (["spring", "--metrics", "rates"], "no metric 'rates'"), (["spring", "--conversion", "purchse"], "'purchase'?"),
    (["spring", "--window", "0d"], "no duration"), (["spring", "--level", "95"], "the level lies between"),
    (["spring", "--from", "2024-03-02", "--to", "2024-03-01"], "ends before it begins"),
    (["spring", "--from", "2024-04-01"], "has no recipients"), (["spring", "--variant-column", "arm"], "column"),
    (["spring", "--past", "7d", "--without-past"], "either --past or"), (["spring", "--query", "q"], "give either"),
    ([], "give either a campaign"), (["--query", "q.json", "--control", "a"], "--control goes with a campaign"),
  ])
  func wrongUsage(_ arguments: [String], _ message: String) throws {
    let run = try program.run(
      ["campaigns", "ab", "--journeys", "journeys"].prefix(arguments.first == "--query" ? 2 : 4)
        + arguments)
    #expect(run.status == 64 && run.output.isEmpty, "\(run.errors)")
    #expect(run.errors.contains(message), "\(run.errors)")
  }

  @Test(arguments: [
    (#"{"kind":"ab_tset"}"#, "Did you mean 'ab_test'?"), (#"{"kind":"funnel"}"#, "'funnel --query'"),
    (#"{"metric":"mean"}"#, "lacks the field 'kind'"),
    (#"{"kind":"ab_srm","users":[1,2],"weigths":[1,1]}"#, "'weights'?"),
    (#"{"kind":"ab_test","metric":"mean","control":{"n":1,"sum":1},"test":{"n":5,"sum":1}}"#, "at least 2"),
    ("[", "no JSON"),
  ])
  func wrongQueries(_ query: String, _ message: String) throws {
    _ = try program.folder.file("q.json", query)
    let run = try program.run("campaigns", "ab", "--query", "q.json")
    #expect(run.status == 64 && run.errors.contains("q.json") && run.errors.contains(message), "\(run.errors)")
  }

  @Test func helpShowsExamples() throws {
    #expect(try program.run("campaigns", "ab", "--help").text.contains("analytics-cli campaigns ab --query test.json"))
  }
}
