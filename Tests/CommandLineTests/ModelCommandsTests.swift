import Foundation
import TestSupport
import Testing

@Suite struct ModelCommandsTests {
  private let program: Program

  init() throws {
    var program = try Program()
    program.environment["ANALYTICS_MODELS_DIRECTORY"] = program.folder.url.appending(path: "models").path
    self.program = program
  }

  /// Three coefficients of the published optimum stand for all thirty, which the library's own tests compare.
  @Test(.enabled(if: SharedData.exists)) func telcoFitsAndPredicts() throws {
    let table = SharedData.url("data/telco.csv").path
    let run = try program.run(
      "fit", "logistic", "--table", table, "--label", "Churn", "--positive", "Yes", "--drop", "customerID", "--numeric",
      "SeniorCitizen,tenure,MonthlyCharges,TotalCharges", "--test-every", "5", "--set", "C=1", "--model", "telco.json")
    #expect(run.status == 0, "\(run.errors)")
    let answer = try run.json()
    #expect(Set(answer.keys).isSuperset(of: ["learner", "train", "test", "objective", "gradient_norm", "seconds"]))
    let coefficients = try #require(answer["coefficients"] as? [String: Double])
    #expect(coefficients.count == 30)
    for (name, value) in [
      "tenure": -1.3944647748138892, "Contract=Two year": -1.2308705311727077, "TotalCharges": 0.6312755907833532,
    ] {
      #expect(abs((coefficients[name] ?? .nan) - value) < 1e-9)
    }
    let card = program.folder.url.appending(path: "card.json")
    #expect(FileManager.default.fileExists(atPath: card.path))

    let predicted = try program.run("predict", "--model", "telco.json", "--table", table, "--keep", "customerID")
    #expect(predicted.status == 0, "\(predicted.errors)")
    let rows = try #require(try predicted.json()["rows"] as? [[String: Any]])
    #expect(rows.count == 7043)
    #expect(rows[0]["customerID"] as? String == "7590-VHVEG")
    #expect(abs((rows[5]["probability"] as? Double ?? .nan) - 0.7933064051922932) < 1e-9)
  }

  @Test func predictRepeatsTheRowsWhateverIsInThem() throws {
    let rows = (0..<40).map { "\"a \"\"\($0)\"\", \\\n\",\($0 % 2),\(Double($0) / 7),\($0 % 3 == 0 ? "yes" : "no")" }
    let text = "name,x,z,y\n" + rows.joined(separator: "\n") + "\n"
    _ = try program.folder.file("table.csv", text)
    let fit = try program.run(
      "fit", "logistic", "--table", "table.csv", "--label", "y", "--positive", "yes", "--drop", "name", "--numeric",
      "z",
      "--model", "model.json")
    #expect(fit.status == 0, "\(fit.errors)")
    #expect(try fit.json()["test"] == nil)

    let json = try program.run("predict", "--model", "model.json", "--table", "table.csv")
    let first = try #require((try json.json()["rows"] as? [[String: Any]])?.first)
    #expect(first["name"] as? String == "a \"0\", \\\n")
    #expect(Set(first.keys) == ["name", "x", "z", "y", "probability"])

    let csv = try program.run(
      "predict", "--model", "model.json", "--table", "table.csv", "--format", "csv", "--output", "scored.csv")
    #expect(csv.status == 0 && csv.output.isEmpty)
    // What was written reads again, and its old prediction gives way to the new one.
    let again = try program.run("predict", "--model", "model.json", "--table", "scored.csv", "--format", "csv")
    #expect(try again.output == Data(contentsOf: program.folder.url.appending(path: "scored.csv")))
    #expect(again.text.hasPrefix("name,x,z,y,probability\r\n\"a \"\"0\"\", \\\n\",0,0.0,yes,"))
  }

  @Test func treesAndClustersFromATableToPredictions() throws {
    let rows = (0..<400).map { row in "\(row),\(row % 7),\(row % 7 < 3 ? "yes" : "no")" }
    _ = try program.folder.file("table.csv", "id,a,y\n" + rows.joined(separator: "\n") + "\n")
    let fit = try program.run(
      "fit", "boosting", "--table", "table.csv", "--label", "y", "--positive", "yes", "--drop", "id", "--numeric", "a",
      "--test-every", "5", "--model", "model.txt", "--set", "trees=20", "threads=2")
    let test = try #require(try fit.json()["test"] as? [String: Any])
    #expect(test["auc"] as? Double == 1)
    let scored = try program.run(
      "predict", "--model", "model.txt", "--table", "table.csv", "--keep", "id", "--format", "csv")
    let lines = scored.text.split(separator: "\r\n").map { $0.split(separator: ",") }
    #expect(lines[0] == ["id", "probability"] && lines.count == 401)
    #expect(Double(lines[1][1])! > 0.5 && Double(lines[6][1])! < 0.5)
    let clusters = try program.run("fit", "kmeans", "--table", "table.csv", "--columns", "a", "--k", "7").json()
    #expect(try #require(clusters["inertia"] as? Double) < 1e-9)
    let wrong = try program.run(
      "fit", "boosting", "--table", "table.csv", "--label", "y", "--positive", "yes", "--set", "tree=3")
    #expect(wrong.status == 64 && wrong.errors.contains("no setting is called 'tree'"))
  }

  @Test(.enabled(if: SharedData.exists)) func lifetimesAreFittedAndPredicted() throws {
    let table = SharedData.url("data/cdnow_rfm.csv").path
    let columns = "x=x,t_x=tx_days,T=T_days,zbar=zbar"
    let fit = try program.run(
      "fit", "bg-nbd", "--table", table, "--columns", columns, "--per", "7", "--model", "bg.json"
    ).json()
    // CASES.md a.2.
    #expect(abs(try #require(fit["log_likelihood"] as? Double) + 9582.429206673931) < 1e-6)
    let parameters = try #require(fit["parameters"] as? [String: Double])
    #expect(abs(parameters["alpha"]! / 4.4136020190135 - 1) < 1e-6)
    let predictions = try program.run("predict", "--model", "bg.json", "--table", table, "--horizon", "39").json()
    let rows = try #require(predictions["rows"] as? [[String: Any]])
    #expect(abs(try #require(rows[0]["p_alive"] as? Double) - 0.7266203117) < 1e-6)
    #expect(abs((rows[0]["expected_purchases"] as? [String: Double])!["39"]! - 1.225994455) < 1e-6)
  }

  @Test func trainRegistersPromotesAndRollsBack() throws {
    try importShop()
    let first = try train("2024-04-30")
    #expect(first["champion"] as? Bool == true)
    #expect(first["challenge"] == nil)
    // The same model again is no better by more than chance.
    let second = try train("2024-04-30")
    #expect(second["champion"] as? Bool == false)
    let challenge = try #require(second["challenge"] as? [String: Any])
    #expect(challenge["champion"] as? String == first["version"] as? String)
    #expect((challenge["comparison"] as? [String: Any])?["lower"] is Double)
    let (one, two) = (try version(first), try version(second))
    #expect(try champion() == one)
    #expect(try program.run("models", "promote", "churn", two).status == 0)
    #expect(try champion() == two)
    #expect(try program.run("models", "rollback", "churn").json()["champion"] as? String == one)
    #expect(try champion() == one)
    let nothing = try program.run("models", "rollback", "churn")
    #expect(nothing.status == 1 && nothing.errors.contains("no earlier champion"))

    let card = try #require(try program.run("models", "show", "churn", two).json()["card"] as? [String: Any])
    let data = try #require(card["data"] as? [String: Any])
    #expect(data["as_of"] as? String == "2024-04-30T00:00:00+06:00")
    try Data("x".utf8).write(to: program.folder.url.appending(path: "models/churn/\(two)/model.json"))
    let listed = try program.run("models", "list")
    #expect(listed.status == 3 && listed.errors.contains(two))
  }

  @Test func tasksAreTrainedShownPlottedAndWatched() throws {
    try importShop()
    for task in ["churn", "next-purchase", "ltv"] {
      let run = try program.run(
        "train", task, "--journeys", "journeys", "--as-of", "2024-04-30", "--horizon", "30d", "--set", "trees=20",
        "seed=3")
      #expect(run.status == 0, "\(run.errors)")
      #expect(try run.json()["champion"] as? Bool == true)
      let shown = try program.run("models", "show", task, "--plot", "plots", "--format", "table")
      #expect(shown.status == 0 && shown.text.contains("recency: days since the last purchase"), "\(shown.errors)")
    }
    let forced = try train("2024-04-30", "--candidates", "logistic", "--set", "C=1e-9", "--force")
    #expect(forced["champion"] as? Bool == true && forced["learner"] as? String == "logistic")
    let plots = try FileManager.default.contentsOfDirectory(atPath: program.folder.url.appending(path: "plots").path)
    #expect(plots.count == 6 && plots.allSatisfy { $0.hasSuffix("-calibration.svg") || $0.hasSuffix("-gain.svg") })
    let drift = try program.run("models", "drift", "--journeys", "journeys", "--as-of", "2024-04-30")
    #expect(drift.status == 0, "\(drift.errors)")
    let models = try #require(try drift.json()["models"] as? [[String: Any]])
    #expect(models.map { $0["task"] as? String } == ["churn", "next-purchase", "ltv"])
    #expect(models.allSatisfy { $0["score_psi"] is Double && $0["outcome"] != nil })
    let table = try program.run(
      "models", "drift", "ltv", "--journeys", "journeys", "--as-of", "2024-04-30", "--format", "table")
    #expect(table.status == 0 && table.text.contains("total error"))
  }

  @Test func featuresAreWrittenAndListed() throws {
    try importShop()
    let run = try program.run(
      "features", "--journeys", "journeys", "--as-of", "2024-03-01", "--windows", "7,14", "--output", "features")
    #expect(run.status == 0, "\(run.errors)")
    let answer = try run.json()
    #expect(answer["customers"] as? Int == 100)
    let url = program.folder.url.appending(path: "features/manifest.json")
    let manifest = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    #expect(manifest["as_of"] as? String == "2024-03-01T00:00:00+06:00")
    #expect((manifest["features"] as? [Any])?.count == answer["features"] as? Int)
    let size = try Data(contentsOf: program.folder.url.appending(path: "features/X.npy")).count
    #expect(size == 128 + 100 * 4 * (answer["features"] as? Int ?? 0))
    let list = try program.run(
      "features", "--journeys", "journeys", "--as-of", "2024-03-01", "--list", "--format", "table")
    #expect(list.status == 0 && list.text.contains("days since the last purchase"))
    let early = try program.run("features", "--journeys", "journeys", "--as-of", "2020-01-01", "--output", "none")
    #expect(early.status == 1 && early.errors.contains("later --as-of"))
  }

  @Test(arguments: [
    (["features", "--journeys", "journeys", "--as-of", "2024-03-01"], "--output"),
    (["features", "--journeys", "journeys", "--as-of", "2024-03-01", "--list", "--windows", "7,x"], "--windows"),
    (["train", "churn", "--journeys", "journeys", "--as-of", "2024-04-30", "--candidates", "bg-nbd"], "logistic"),
    (["train", "churn", "--journeys", "journeys", "--as-of", "2024-04-30", "--set", "tree=1"], "no setting"),
    (["train", "ltv", "--journeys", "journeys", "--as-of", "2024-04-30", "--discount", "0"], "--discount"),
    (["models", "drift", "weather", "--journeys", "journeys", "--as-of", "2024-04-30"], "next-purchase"),
    (["fit", "logistic", "--table", "table.csv"], "--label"),
    (["fit", "logistic", "--table", "table.csv", "--label", "y", "--set", "trees=3"], "C, tolerance"),
    (["fit", "logistic", "--table", "table.csv", "--label", "y", "--test-every", "1"], "--test-every"),
    (["fit", "logistic", "--table", "table.csv", "--label", "y", "--delimiter", "ab"], "--delimiter"),
    (["train", "churn", "--journeys", "journeys", "--as-of", "soon"], "is no date"),
    (["predict", "--model", "model.json", "--table", "-"], "stdin"),
  ])
  func wrongUsageIsSaidAndEndsWith64(arguments: [String], saying: String) throws {
    _ = try program.folder.file("table.csv", "x,y\n1,0\n2,1\n")
    try importShop()
    let run = try program.run(arguments)
    #expect(run.status == 64)
    #expect(run.errors.contains(saying), "\(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test(arguments: [
    (["fit", "logistic", "--table", "nothing.csv", "--label", "y"], "nothing.csv"),
    (["fit", "logistic", "--table", "table.csv", "--label", "z"], "no column 'z'"),
    (["predict", "--model", "table.csv", "--table", "table.csv"], "no model"),
    (["models", "show", "churn"], "no champion"),
    (["train", "churn", "--journeys", "journeys", "--as-of", "2024-04-30", "--horizon", "90d"], "--horizon"),
    (["train", "churn", "--journeys", "elsewhere", "--as-of", "2024-04-30"], "no such directory"),
  ])
  func failuresNameTheRemedyAndEndWith1(arguments: [String], saying: String) throws {
    _ = try program.folder.file("table.csv", "x,y\n1,0\n2,1\n")
    try importShop()
    let run = try program.run(arguments)
    #expect(run.status == 1)
    #expect(run.errors.contains(saying), "\(run.errors)")
    #expect(run.output.isEmpty)
  }

  /// A hundred customers over 120 days from 2024-01-01, half of whom stop after 60.
  private func importShop() throws {
    var lines = ["customer,time,type,amount"]
    for customer in 0..<100 {
      for day in stride(from: customer % 9, to: customer % 2 == 0 ? 120 : 60, by: 5 + customer % 4) {
        let date = Date(timeIntervalSince1970: 1_704_067_200 + Double(day) * 86_400).ISO8601Format()
        lines.append("c\(customer),\(date),purchase,\(100 + customer)")
      }
    }
    _ = try program.folder.file("events.csv", lines.joined(separator: "\n"))
    let run = try program.run(
      "import", "--output", "journeys", "events.csv", "--columns",
      "customer_id=customer,timestamp=time,event_type=type,amount=amount")
    #expect(run.status == 0, "\(run.errors)")
  }

  private func train(_ asOf: String, _ further: String...) throws -> [String: Any] {
    let run = try program.run(
      ["train", "churn", "--journeys", "journeys", "--as-of", asOf, "--horizon", "30d"] + further)
    #expect(run.status == 0, "\(run.errors)")
    return try run.json()
  }

  private func version(_ answer: [String: Any]) throws -> String { try #require(answer["version"] as? String) }

  private func champion() throws -> String? {
    let models = try #require(try program.run("models", "list").json()["models"] as? [[String: Any]])
    return models.first { $0["champion"] as? Bool == true }?["version"] as? String
  }
}
