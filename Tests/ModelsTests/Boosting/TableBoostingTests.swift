import Foundation
import Models
import Testing

@Suite struct TableBoostingTests {
  private func table(_ rows: Int) -> LabelledTable {
    var draws = Draws(9)
    let age = (0..<rows).map { _ in Double(draws.below(60)) }
    let plans = (0..<rows).map { _ in Int32(draws.below(3)) }
    let labels = (0..<rows).map { UInt8(age[$0] + (plans[$0] == 1 ? 30 : 0) + draws.uniform() * 30 > 60 ? 1 : 0) }
    return LabelledTable(
      table: Table(columns: [
        TableColumn(name: "age", values: .numbers(age)),
        TableColumn(name: "plan", values: .categories(codes: plans, levels: ["big", "free", "small"])),
      ]), labels: labels, label: LabelledTable.Label(column: "left", positive: "yes"))
  }

  @Test func reportsWhatTheContractNames() async throws {
    let data = table(1000)
    let boosting = try TableBoosting(
      pairs: [
        "trees=20", "leaves=7", "learningRate=0.2", "minSamplesLeaf=10", "bins=64", "seed=3", "threads=2",
        "l2Regularization=0.5", "categorical=native",
      ])
    #expect(boosting.settings.trees == 20 && boosting.settings.l2Regularization == 0.5 && boosting.settings.seed == 3)
    let outcome = try await boosting.fit(
      TableBoosting.Side(data, rows: .training(every: 5, of: 1000)),
      test: TableBoosting.Side(data, rows: .test(every: 5, of: 1000)))
    let json = try #require(
      JSONSerialization.jsonObject(with: JSONEncoder().encode(outcome.report)) as? [String: Any])
    #expect(json["learner"] as? String == "boosting")
    let train = try #require(json["train"] as? [String: Any])
    #expect(train["rows"] as? Int == 800 && train["log_loss"] is Double)
    let test = try #require(json["test"] as? [String: Any])
    #expect(test["rows"] as? Int == 200 && test["brier"] is Double && test["log_loss"] is Double)
    #expect(try #require(test["auc"] as? Double) > 0.9)
    let seconds = try #require(json["seconds"] as? [String: Any])
    #expect(Set(seconds.keys) == ["bin", "fit", "predict"])
    #expect(outcome.report.importances.map(\.feature) == ["age", "plan"])
    #expect(outcome.report.unknownLevels == 0)
  }

  @Test func aFileScoresAnotherTableByItsNames() async throws {
    let data = table(400)
    let outcome = try await TableBoosting(pairs: ["trees=5", "categorical=native"]).fit(TableBoosting.Side(data))
    let file = FileManager.default.temporaryDirectory.appending(path: "boosting-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    try ModelFile.write(outcome.model, to: file)
    #expect(ModelFile.isBoosting(file))
    let model = try ModelFile.boosting(file)
    #expect(model == outcome.model)
    #expect(model.encoding?.label == data.label)
    // Other order of columns and levels, a level that is new, a column too many.
    let other = Table(columns: [
      TableColumn(name: "more", values: .numbers([1, 2, 3])),
      TableColumn(name: "plan", values: .categories(codes: [0, 1, 2], levels: ["free", "huge", "small"])),
      TableColumn(name: "age", values: .numbers([40, 20, 59])),
    ])
    let predictions = try await model.predict(other)
    let rows: [[Double]] = [[40, 1], [20, .nan], [59, 2]]
    #expect(predictions == rows.map { model.link(model.rawScore($0)) })
    #expect(try FeatureMatrix(other, encoding: #require(model.encoding)).unknownLevels == 1)
  }

  @Test func settingsAreSpelledAsInTheContract() {
    let refused = [
      "trees", "Trees=3", "trees=x", "trees=1.5", "leaves=1", "bins=300", "seed=-1", "categorical=maybe", "C=1",
      "learningRate=0",
    ]
    for pair in refused { #expect(throws: ModelError.self) { try TableBoosting(pairs: [pair]) } }
  }
}
