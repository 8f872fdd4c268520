import ArgumentParser
import Foundation
import Models

struct FitLogisticCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logistic",
    abstract: "L2-regularised logistic regression, to the last digit.",
    discussion: """
      Minimises 1/2 |w|² + C Σ log(1 + exp(-s (w·x + b))) by Newton's method until the gradient vanishes. Categories \
      become one 0/1 feature for each level but the first (levels of the whole file, in the order of their bytes), \
      numbers are standardised on the training rows, blank numbers count as 0.

      Examples:
        analytics-cli fit logistic --table telco.csv --label Churn --positive Yes --drop customerID \\
          --numeric SeniorCitizen,tenure,MonthlyCharges,TotalCharges --test-every 5 --model telco.json
        analytics-cli fit logistic --table bank-full.csv --delimiter ';' --label y --positive yes \\
          --numeric age,balance,day,duration,campaign,pdays,previous --test-every 5 --set C=0.1
        analytics-cli fit logistic --table features
      """)

  @OptionGroup var table: TableOptions
  @OptionGroup var learner: LearnerOptions

  @Option(
    help: ArgumentHelp(
      "Write the model here as JSON, and card.json beside it: give each model a folder.", valueName: "file"))
  var model: String?

  @OptionGroup var answer: OutputOptions

  func run() async throws {
    let (settings, threads) = try learner.logistic()
    let progress = Progress("read", unit: "rows")
    var seconds = FitAnswer.Seconds()
    let (training, test) = try measured(&seconds.read) { try table.read(progress) }
    progress.finish()
    let fitted = try await measured(&seconds.fit) {
      let encoding = try await Encoding.fit(training.data.table, trainingRows: training.rows, threads: threads)
      let fit = try await LogisticRegression(settings: settings, threads: threads).fit(
        DesignMatrix(training.data.table, encoding: encoding, rows: training.rows), labels: training.data.labels)
      return (fit, LogisticModel(fit, label: training.data.label, encoding: encoding, settings: settings))
    }
    let (fit, result) = fitted
    var metrics: BinaryMetrics?
    if let test {
      let probabilities = try await measured(&seconds.predict) {
        let design = try DesignMatrix(test.data.table, encoding: result.encoding, rows: test.rows)
        warn(ofUnknownLevels: design.unknownLevels)
        return try await result.predictProbability(design, threads: threads)
      }
      metrics = try BinaryMetrics(probabilities: probabilities, labels: test.labels)
    }
    let report = FitAnswer(fit, result, trainingRows: training.rows.count, test: metrics, seconds: seconds)
    if let model {
      let file = URL(filePath: model)
      try ModelFile.write(result, to: file)
      try TableCard(report, table: table, settings: settings).write(beside: file)
    }
    try answer.write(report)
  }
}

func warn(ofUnknownLevels count: Int) {
  if count > 0 {
    Stderr.print(
      "table: \(TextTable.Cell.integer(count).forPeople) values in categorical columns are levels that the model was "
        + "not trained with; each counts as the first level of its column")
  }
}

/// The answer of `fit logistic`.
struct FitAnswer: Answer {
  struct Train: Encodable {
    let rows: Int
    let logLoss: Double

    enum CodingKeys: String, CodingKey {
      case rows
      case logLoss = "log_loss"
    }
  }

  struct Seconds: Encodable {
    var read: Double?
    var fit: Double?
    var predict: Double?
  }

  let learner = "logistic"
  let train: Train
  let test: BinaryMetrics?
  let objective: Double
  let gradientNorm: Double
  let iterations: Int
  let intercept: Double
  let coefficients: [String: Double]
  let standardErrors: [String: Double]?
  let seconds: Seconds
  /// In the order of the table, for people.
  private let features: [String]

  enum CodingKeys: String, CodingKey {
    case learner, train, test, objective, iterations, intercept, coefficients, seconds
    case gradientNorm = "gradient_norm"
    case standardErrors = "standard_errors"
  }

  init(
    _ fit: LogisticRegression.Fit, _ model: LogisticModel, trainingRows: Int, test: BinaryMetrics?, seconds: Seconds
  ) {
    train = Train(rows: trainingRows, logLoss: fit.logLoss)
    self.test = test
    objective = fit.objective
    gradientNorm = fit.gradientNorm
    iterations = fit.iterations
    intercept = fit.intercept
    coefficients = model.namedCoefficients
    standardErrors = model.namedStandardErrors
    features = model.encoding.features
    self.seconds = seconds
  }

  var table: TextTable {
    var table = TextTable(
      ["feature", "coefficient", "standard error"],
      title: "Logistic regression of \(TextTable.Cell.integer(train.rows).forPeople) rows")
    table.rows = [Self.row("(intercept)", intercept, standardErrors)]
    table.rows += features.map { Self.row($0, coefficients[$0] ?? .nan, standardErrors) }
    table.notes = [
      String(
        format: "training: log-loss %.6f, objective %.6f, gradient %.1e after %d iterations", train.logLoss, objective,
        gradientNorm, iterations)
    ]
    if let test {
      table.notes.append(
        String(
          format: "test: %d rows, AUC %.4f, log-loss %.4f, Brier %.4f, calibration error %.4f", test.rows,
          test.auc ?? .nan, test.logLoss, test.brier, test.calibration.expectedCalibrationError))
    }
    return table
  }

  private static func row(_ name: String, _ value: Double, _ errors: [String: Double]?) -> [TextTable.Cell] {
    [.text(name), .number(value, decimals: 6), errors?[name].map { .number($0, decimals: 6) } ?? .none]
  }
}
