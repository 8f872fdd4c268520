import ArgumentParser
import Foundation
import Models

struct FitBoostingCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "boosting",
    abstract: "Gradient-boosted trees on histograms, saved in LightGBM's text format.",
    discussion: """
      Leaf-wise trees on the logistic loss; the same bits for a seed on any number of threads. Blank numbers are \
      missing and go where they help. Categories count by the order of their levels, or with \
      --set categorical=native are split off as sets.

      Settings of --set: trees, leaves, learningRate, minSamplesLeaf, bins, l2Regularization, seed, threads, \
      categorical.

      Examples:
        analytics-cli fit boosting --table telco.csv --label Churn --positive Yes --drop customerID \\
          --numeric SeniorCitizen,tenure,MonthlyCharges,TotalCharges --test-every 5 --model telco/model.txt
        analytics-cli fit boosting --table features --set trees=300 leaves=63 learningRate=0.05
      """)

  @OptionGroup var table: TableOptions
  @OptionGroup var learner: LearnerOptions

  @Option(
    help: ArgumentHelp(
      "Write the model here in LightGBM's text format, and card.json beside it: give each model a folder.",
      valueName: "file"))
  var model: String?

  @OptionGroup var answer: OutputOptions

  func run() async throws {
    let boosting = try tableUsage { () throws(ModelError) in try TableBoosting(pairs: learner.pairs) }
    let progress = Progress("read", unit: "rows")
    var read: Double?
    let (training, test) = try measured(&read) { try table.read(progress) }
    progress.finish()
    var outcome = try await boosting.fit(
      .init(training.data, rows: training.rows), test: test.map { .init($0.data, rows: $0.rows) })
    outcome.report.seconds.read = read
    if outcome.report.unknownLevels > 0 {
      Stderr.print("table: \(outcome.report.unknownLevels) values of test rows are new levels: they count as missing")
    }
    if let model {
      let file = URL(filePath: model)
      try ModelFile.write(outcome.model, to: file)
      try TableCard(outcome.report, table: table, settings: boosting.settings).write(beside: file)
    }
    try answer.write(outcome.report)
  }
}

extension BoostingReport: Answer {
  var table: TextTable {
    var table = TextTable(["feature", "splits", "gain"], title: "Boosting, \(trees) trees")
    table.rows = importances.map { [.text($0.feature), .integer($0.splits), .number($0.gain, decimals: 2)] }
    table.notes = [String(format: "training: %d rows, log-loss %.6f", train.rows, train.logLoss)]
    if let test {
      table.notes.append(
        String(
          format: "test: %d rows, AUC %.4f, log-loss %.4f, Brier %.4f", test.rows, test.auc ?? .nan, test.logLoss,
          test.brier))
    }
    return table
  }
}
