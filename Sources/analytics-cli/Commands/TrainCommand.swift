import ArgumentParser
import Foundation
import Journeys
import Models

struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Models of customers: train, validate on a later time, register with a card.",
    discussion: """
      Example:
        analytics-cli train churn --journeys journeys --as-of 2024-07-01 --horizon 90d
      """,
    subcommands: [TrainChurnCommand.self, TrainSendTimeCommand.self])
}

struct TrainChurnCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "churn",
    abstract: "Who will not buy within the horizon? Logistic regression on behaviour before it.",
    discussion: """
      The last labels end at --as-of. Training: features before as-of less two horizons, labels in the horizon after \
      that. Validation: everything one horizon later. Customers count from their first purchase on. The first model of \
      a registry becomes the champion; a later one with --promote, or with 'models promote'.

      Examples:
        analytics-cli train churn --journeys journeys --as-of 2024-07-01 --horizon 90d
        analytics-cli train churn --journeys journeys --as-of 2024-05-01 --horizon 30d --promote --format json
      """)

  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("The midnight that opens this date: no event at or after it is seen.", valueName: "date"))
  var asOf: String

  @Option(help: "How far a label looks ahead.")
  var horizon = "90d"

  @Flag(help: "Make it the champion even if there is one.")
  var promote = false

  @OptionGroup var learner: LearnerOptions
  @OptionGroup var registry: RegistryOptions
  @OptionGroup var zone: TimeZoneOptions
  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: OutputOptions

  func run() async throws {
    var task = ChurnTask.Settings()
    (task.regression, task.threads) = try learner.logistic(task.regression)
    let settings = try await settings.load()
    let calendar = try zone.calendar(settings)
    let (moment, length) = try usage { () throws(JourneyError) in
      (try calendar.moment(asOf), try DurationText.microseconds(horizon))
    }
    let registry = registry.registry(settings)
    let (model, card) = try await ChurnTask.train(
      store: store.open(), asOf: moment, horizon: length, timeZone: calendar, settings: task)
    let version = try registry.register(task: ChurnTask.name, model: model, card: card)
    let isChampion = try promote || registry.champion(task: ChurnTask.name) == nil
    if isChampion { try registry.promote(task: ChurnTask.name, version: version) }
    let report = TrainAnswer(version: version, isChampion: isChampion, card: card)
    for (name, baseline) in report.better {
      Stderr.print(
        "train churn: on the validation rows the log-loss of '\(name)' (\(card.validation.baselineMeanings[name] ?? "")) "
          + "is \(baseline.logLoss), better than the model's \(card.validation.model.logLoss); more history would help")
    }
    try answer.write(report)
  }
}

/// The answer of `train`.
struct TrainAnswer: Answer {
  let task: String
  let version: String
  let isChampion: Bool
  let data: ModelCard.DataWindow
  let validation: ModelCard.Validation

  enum CodingKeys: String, CodingKey {
    case task, version, data, validation
    case isChampion = "champion"
  }

  init(version: String, isChampion: Bool, card: ModelCard) {
    task = card.task
    self.version = version
    self.isChampion = isChampion
    data = card.data
    validation = card.validation
  }

  /// The baselines that the model does not beat.
  var better: [(String, BinaryMetrics)] {
    validation.baselines.filter { $0.value.logLoss < validation.model.logLoss }.sorted { $0.key < $1.key }
  }

  var table: TextTable {
    func row(_ name: String, _ metrics: BinaryMetrics) -> [TextTable.Cell] {
      [
        .text(name), metrics.auc.map { .number($0, decimals: 4) } ?? .none, .number(metrics.logLoss, decimals: 4),
        .number(metrics.brier, decimals: 4), .number(metrics.calibration.expectedCalibrationError, decimals: 4),
        metrics.lift.first.map { .number($0.lift, decimals: 2) } ?? .none,
      ]
    }
    func side(_ name: String, _ rows: ModelCard.Rows) -> String {
      let count = TextTable.Cell.integer(rows.rows).forPeople
      let share = TextTable.Cell.share(Double(rows.positives) / Double(max(rows.rows, 1))).forPeople
      return "\(name): \(count) customers known by \(rows.featuresUntil), \(share) positive until \(rows.labelsUntil)"
    }
    var table = TextTable(
      ["on validation", "AUC", "log-loss", "Brier", "calibration error", "lift of top 10 %"],
      title: "\(task) \(version)\(isChampion ? ", champion" : "")")
    table.rows = [row("model", validation.model)]
    table.rows += validation.baselines.sorted { $0.key < $1.key }.map { row($0.key, $0.value) }
    table.notes = [side("training", data.training), side("validation", data.validation)]
    return table
  }
}
