import ArgumentParser
import Foundation
import Journeys
import Models

extension ModelsCommand {
  struct Drift: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Today's features and scores against those of training.",
      discussion: """
        The population stability index (PSI) of each feature against the rows that the model was fitted to, and of \
        the scores against those of the last window: below 0.1 little has changed, above 0.25 much. Once a horizon has \
        passed since training, the scores of one horizon ago are held against what came.

        Example:
          analytics-cli models drift churn --journeys journeys --as-of 2024-08-01
        """)

    @Argument(help: "The task (default: all with a champion).") var task: String?
    @Option(help: "The version (default: the champion).") var version: String?
    @OptionGroup var store: StoreOptions
    @Option(
      help: ArgumentHelp("The midnight that opens this date: no event at or after it is seen.", valueName: "date"))
    var asOf: String
    @OptionGroup var registry: RegistryOptions
    @OptionGroup var zone: TimeZoneOptions
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var answer: OutputOptions

    func validate() throws {
      if let task, PredictionTask(rawValue: task) == nil {
        let names = PredictionTask.allCases.map(\.name).joined(separator: ", ")
        throw ValidationError("'\(task)' is no task; there are \(names)")
      }
      if task == nil, version != nil { throw ValidationError("--version needs the task that it is of") }
    }

    func run() async throws {
      let settings = try await settings.load()
      let calendar = try zone.calendar(settings)
      let moment = try usage { () throws(JourneyError) in try calendar.moment(asOf) }
      let registry = registry.registry(settings)
      let store = try store.open()
      let tasks =
        try task.map { [$0] }
        ?? PredictionTask.allCases.map(\.name).filter { try registry.champion(task: $0) != nil }
      guard !tasks.isEmpty else {
        throw ModelError(.unknownName, "models: \(registry.directory.path) has no champion of any task; train one")
      }
      var reports: [ModelDrift] = []
      for task in tasks {
        let entry = try registry.entry(task: task, version: version)
        let model = try registry.load(TaskModel.self, task: task, version: entry.version)
        reports.append(
          try await ModelDrift(model, version: entry.version, card: entry.card, store: store, asOf: moment))
      }
      try answer.write(DriftAnswer(models: reports))
    }
  }
}

/// The answer of `models drift`.
struct DriftAnswer: Answer {
  let models: [ModelDrift]

  /// Features shown to people for each model.
  private static let shown = 10

  var table: TextTable {
    var table = TextTable(["task", "of", "PSI", ""])
    for model in models {
      func row(_ name: String, _ index: Double) -> [TextTable.Cell] {
        [
          .text(model.task), .text(name), .number(index, decimals: 3),
          .text(index > ModelDrift.muchDrift ? "much" : index > 0.1 ? "some" : ""),
        ]
      }
      table.rows.append(row("scores", model.scores))
      table.rows += model.features.prefix(Self.shown).map { row($0.name, $0.stabilityIndex) }
      table.notes.append("\(model.task) \(model.version), trained as of \(model.trainedAsOf): \(Self.outcome(model))")
    }
    return table
  }

  private static func outcome(_ model: ModelDrift) -> String {
    guard let outcome = model.outcome else { return "no labels yet: \(model.outcomeProblem ?? "")" }
    let until = "until \(outcome.labelsUntil)"
    switch outcome.metrics {
    case .probability(let metrics):
      let error = TextTable.Cell.number(metrics.calibration.expectedCalibrationError, decimals: 4).forPeople
      let auc = metrics.auc.map { ", AUC " + TextTable.Cell.number($0, decimals: 4).forPeople } ?? ""
      return "calibration error \(error)\(auc) \(until)"
    case .value(let metrics):
      return "total error \((metrics.totalError.map { .share($0) } ?? TextTable.Cell.none).forPeople) \(until)"
    }
  }
}
