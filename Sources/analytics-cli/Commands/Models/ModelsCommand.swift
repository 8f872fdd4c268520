import ArgumentParser
import Foundation
import Models

struct ModelsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "The registry: versions by task, and which of them scores.",
    discussion: """
      Examples:
        analytics-cli models list
        analytics-cli models show churn --plot plots
        analytics-cli models drift --journeys journeys --as-of 2024-08-01
        analytics-cli models promote churn 20240415T031500Z-1c291ca3
        analytics-cli models rollback churn
      """,
    subcommands: [List.self, Show.self, Drift.self, Promote.self, Rollback.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "All versions, oldest first.", discussion: "Example:\n  analytics-cli models list --format table")

    @OptionGroup var registry: RegistryOptions
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
      let registry = registry.registry(try await settings.load())
      let entries = try registry.list()
      try answer.write(ModelList(models: entries.map(ModelList.Model.init)))
      if entries.isEmpty { Stderr.print("models: no model in \(registry.directory.path) yet: 'train' registers one") }
      var problems = entries.compactMap(\.problem)
      for task in Set(entries.map(\.task)).sorted() {
        do throws(ModelError) { _ = try registry.champion(task: task) } catch { problems.append(error.message) }
      }
      for problem in problems { Stderr.print(problem) }
      if !problems.isEmpty { throw ExitCode.someRejected }
    }
  }

  struct Promote: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a version the one that scores.",
      discussion: "Example:\n  analytics-cli models promote churn 20240415T031500Z-1c291ca3")

    @Argument(help: "The task, such as churn.") var task: String
    @Argument(help: "The version, as 'models list' names it.") var version: String
    @OptionGroup var registry: RegistryOptions
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
      try registry.registry(await settings.load()).promote(task: task, version: version)
      try answer.write(ChampionAnswer(task: task, champion: version))
    }
  }

  struct Rollback: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make the champion before the present one the champion again.",
      discussion: "Example:\n  analytics-cli models rollback churn")

    @Argument(help: "The task, such as churn.") var task: String
    @OptionGroup var registry: RegistryOptions
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var answer: OutputOptions

    func run() async throws {
      let version = try registry.registry(await settings.load()).rollback(task: task)
      try answer.write(ChampionAnswer(task: task, champion: version))
    }
  }
}

struct ModelList: Answer {
  struct Model: Encodable {
    let task: String
    let version: String
    let isChampion: Bool
    let asOf: String?
    let learner: String?
    let auc: Double?
    let logLoss: Double?
    let totalError: Double?
    let problem: String?

    enum CodingKeys: String, CodingKey {
      case task, version, learner, auc, problem
      case isChampion = "champion"
      case asOf = "as_of"
      case logLoss = "log_loss"
      case totalError = "total_error"
    }

    init(_ entry: ModelEntry) {
      task = entry.task
      version = entry.version
      isChampion = entry.isChampion
      asOf = entry.card?.data.asOf
      learner = entry.card?.learner
      auc = entry.card?.validation.model.binary?.auc
      logLoss = entry.card?.validation.model.binary?.logLoss
      totalError = entry.card?.validation.model.value?.totalError
      problem = entry.problem
    }
  }

  let models: [Model]

  var table: TextTable {
    var table = TextTable(["task", "version", "champion", "learner", "as of", "AUC", "log-loss", "total error"])
    table.rows = models.map { model in
      [
        .text(model.task), .text(model.version), .text(model.isChampion ? "yes" : ""), .text(model.learner ?? ""),
        .text(model.asOf ?? "damaged"),
        model.auc.map { .number($0, decimals: 4) } ?? .none, model.logLoss.map { .number($0, decimals: 4) } ?? .none,
        model.totalError.map { .share($0) } ?? .none,
      ]
    }
    return table
  }
}

struct ChampionAnswer: Answer {
  let task: String
  let champion: String

  var table: TextTable {
    var table = TextTable(["task", "champion"])
    table.rows = [[.text(task), .text(champion)]]
    return table
  }
}
