import ArgumentParser
import Foundation
import Journeys
import Models

/// What every task of `train` takes.
struct TrainingOptions: ParsableArguments {
  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("The midnight that opens this date: no event at or after it is seen.", valueName: "date"))
  var asOf: String

  @Option(help: ArgumentHelp("The candidates that are tried (default: all).", valueName: "names"))
  var candidates: String?

  @Option(
    help: ArgumentHelp(
      "Windows of the features in days (default: those of 7, 30 and 90 that the history holds twice).",
      valueName: "days,…"))
  var windows: String?

  @Flag(name: [.customLong("force"), .customLong("promote")], help: "Make it the champion even if it does not win.")
  var force = false

  @OptionGroup var learner: LearnerOptions
  @OptionGroup var registry: RegistryOptions
  @OptionGroup var zone: TimeZoneOptions
  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: OutputOptions

  func run(_ task: PredictionTask, horizon: String, discount: Double? = nil) async throws {
    let settings = try await settings.load()
    let calendar = try zone.calendar(settings)
    let (moment, length) = try usage { () throws(JourneyError) in
      (try calendar.moment(asOf), try DurationText.microseconds(horizon))
    }
    var chosen = try taskSettings(task)
    if let discount { chosen.discount = discount }
    let training = try ready { () throws(ModelError) in
      try TaskTraining(task, horizon: length, settings: chosen)
    }
    let registry = registry.registry(settings)
    let champion = try champion(task, registry)
    let progress = Progress("train \(task.name)", unit: "steps")
    var done = 0
    let outcome = try await training.run(
      store: store.open(), asOf: moment, timeZone: calendar, champion: champion.model
    ) { _ in
      try progress.update(share: nil, count: done)
      done += 1
    }
    progress.finish()
    let version = try registry.register(outcome.model, card: outcome.card)
    let wins = outcome.card.challenge?.wins ?? !champion.isThere
    if force || wins { try registry.promote(task: task.name, version: version) }
    let report = TrainAnswer(version: version, isChampion: force || wins, card: outcome.card)
    say(task, champion, report, outcome.card)
    try answer.write(report)
  }

  private func say(_ task: PredictionTask, _ champion: ChampionState, _ report: TrainAnswer, _ card: ModelCard) {
    for (name, loss) in report.better {
      let meaning = card.validation.baselineMeanings[name] ?? ""
      Stderr.print(
        "train \(task.name): on the last window the loss of '\(name)' (\(meaning)) "
          + "is \(loss), better than the model's \(card.validation.model.loss); more history would help")
    }
    for candidate in card.candidates ?? [] {
      if let problem = candidate.problem { Stderr.print("train \(task.name): \(candidate.name): \(problem)") }
    }
    if let problem = card.challenge?.problem ?? champion.problem {
      Stderr.print(
        "train \(task.name): the champion could not be compared: \(problem)"
          + (report.isChampion ? "" : "; it stays, unless --force is given"))
    }
    if let asOf = champion.model?.asOf, card.data.asOf < asOf {
      Stderr.print("train \(task.name): the champion has learned from data up to \(asOf), after --as-of")
    }
  }

  private struct ChampionState {
    var isThere = false
    var model: TaskTraining.Champion?
    var problem: String?
  }

  /// A champion that cannot be read is no reason not to train another.
  private func champion(_ task: PredictionTask, _ registry: ModelRegistry) throws -> ChampionState {
    do throws(ModelError) {
      guard let entry = try registry.champion(task: task.name) else { return ChampionState() }
      let model = try registry.load(TaskModel.self, task: task.name, version: entry.version)
      return ChampionState(
        isThere: true, model: .init(version: entry.version, model: model, asOf: entry.card?.data.asOf))
    } catch {
      return ChampionState(isThere: true, problem: error.message)
    }
  }

  private func taskSettings(_ task: PredictionTask) throws -> TaskTraining.Settings {
    var settings = TaskTraining.Settings()
    settings.candidates = candidates.map(names)
    settings.windows = try FeaturesCommand.days(windows)
    let linear = ["C", "tolerance", "maximumIterations"]
    let isLinear: (String) -> Bool = { pair in linear.contains { pair.hasPrefix($0 + "=") } }
    var regression = learner
    regression.pairs = learner.pairs.filter(isLinear)
    settings.regression = try regression.logistic(settings.regression).settings
    settings.boosting = try ready { () throws(ModelError) in
      try TableBoosting(pairs: learner.pairs.filter { !isLinear($0) }, settings: settings.boosting).settings
    }
    (settings.seed, settings.threads) = (settings.boosting.seed, settings.boosting.threads)
    return settings
  }

  /// A name or a number that cannot be is wrong usage.
  private func ready<Value>(_ make: () throws(ModelError) -> Value) throws -> Value {
    do {
      return try make()
    } catch {
      throw ValidationError(error.message)
    }
  }
}
