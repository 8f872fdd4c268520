import ArgumentParser
import Foundation
import Journeys
import Models

struct TrainSendTimeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send-time",
    abstract: "At which hour does each customer open what a channel sends?",
    discussion: """
      Learns from what was sent, opened and clicked on each channel and from visits that no message caused. Sends of \
      the last --horizon before --as-of are held out: the gain of personal hours over everyone's best hour is what \
      they say of a model that did not see them (self-normalised inverse propensity scoring, 95 % interval). The model \
      that is registered has learnt from all of it. The first model of a registry becomes the champion; a later one \
      with --promote, or with 'models promote'.

      Examples:
        analytics-cli train send-time --journeys journeys --as-of 2024-07-01
        analytics-cli train send-time --journeys journeys --as-of 2024-07-01 --horizon 21d --hours 24 --quiet-hours 21-9
      """)

  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("The midnight that opens this date: no event at or after it is seen.", valueName: "date"))
  var asOf: String

  @Option(help: "The last part of the data, held out to measure the gain.")
  var horizon = "30d"

  @Option(help: ArgumentHelp("168 for hours of the week, 24 for hours of the day.", valueName: "24|168"))
  var hours = 168

  @Option(help: ArgumentHelp("When nothing is to be sent, such as 22-8; or none.", valueName: "hours"))
  var quietHours = "22-8"

  @Option(help: "Messages that a customer bears within 24 hours (default: any number).")
  var perDay: Int?

  @Option(help: "Messages that a customer bears within 7 days (default: any number).")
  var perWeek: Int?

  @Flag(help: "Make it the champion even if there is one.")
  var promote = false

  @OptionGroup var registry: RegistryOptions
  @OptionGroup var zone: TimeZoneOptions
  @OptionGroup var settings: SettingsOptions
  @OptionGroup var answer: OutputOptions

  func run() async throws {
    guard hours == 24 || hours == 168 else { throw ValidationError("--hours is 24 (of the day) or 168 (of the week)") }
    var task = SendTimeTask.Settings()
    task.hours = hours
    do {
      task.policy = try SendPolicy(quietHours: quietHours, perDay: perDay, perWeek: perWeek)
    } catch {
      throw ValidationError(error.message)
    }
    let settings = try await settings.load()
    let calendar = try zone.calendar(settings)
    let (moment, length) = try usage { () throws(JourneyError) in
      (try calendar.moment(asOf), try DurationText.microseconds(horizon))
    }
    let registry = registry.registry(settings)
    let (model, card) = try await SendTimeTask.train(
      store: store.open(), asOf: moment, horizon: length, timeZone: calendar, settings: task)
    let version = try registry.register(task: SendTimeTask.name, model: model, card: card)
    let isChampion = try promote || registry.champion(task: SendTimeTask.name) == nil
    if isChampion { try registry.promote(task: SendTimeTask.name, version: version) }
    try answer.write(SendTimeTrainAnswer(version: version, isChampion: isChampion, model: model, card: card))
  }
}

/// The answer of `train send-time`.
struct SendTimeTrainAnswer: Answer {
  let task: String
  let version: String
  let isChampion: Bool
  let data: ModelCard.DataWindow
  let validation: ModelCard.Validation
  /// By channel.
  let channels: [String: SendTimeEvaluation]

  enum CodingKeys: String, CodingKey {
    case task, version, data, validation, channels
    case isChampion = "champion"
  }

  init(version: String, isChampion: Bool, model: ChannelSendTimes, card: ModelCard) {
    task = card.task
    self.version = version
    self.isChampion = isChampion
    data = card.data
    validation = card.validation
    channels = model.channels.mapValues(\.evaluation)
  }

  var table: TextTable {
    var table = TextTable(
      ["channel", "sends held out", "at own hour", "at best hour of all", "gain", "from", "to", "log-loss", "of all"],
      title: "\(task) \(version)\(isChampion ? ", champion" : "")")
    table.rows = channels.sorted { $0.key < $1.key }.map { channel, evaluation in
      let comparison = evaluation.crossFitted
      func number(_ value: Double?) -> TextTable.Cell { value.map { .number($0, decimals: 4) } ?? .none }
      return [
        .text(channel), .integer(evaluation.heldOutSends), number(comparison?.policy.value),
        number(comparison?.globalBestHour.value), number(comparison?.gain.value), number(comparison?.gain.low),
        number(comparison?.gain.high), number(evaluation.logLoss.model), number(evaluation.logLoss.everyone),
      ]
    }
    table.notes = channels.sorted { $0.key < $1.key }.map { channel, evaluation in
      String(
        format:
          "%@: the marketer has tried the chosen hour of %.0f %% of the customers; of the others nothing is known",
        channel, evaluation.triedHours * 100)
    }
    return table
  }
}
