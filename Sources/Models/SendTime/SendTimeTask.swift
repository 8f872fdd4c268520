import Foundation
import Journeys

/// Trains the send-time models of a journey store and validates them on a later time than they were trained on.
///
///     events ─────────────► split = as-of − h ──────────► as-of
///     validation:  learnt from sends before, held against the sends after it
///     model:       learnt from everything before as-of
///
/// A send counts when its answers had time to come before the split, or before as-of (`SendTimeActivity`); the model
/// that is judged sees no session after the split. For each channel the judgement is a SNIPS of the hours it chose
/// (`SendTimeEvaluation`); the probabilities of an open of all channels together are judged as any classifier's.
public enum SendTimeTask {
  public struct Settings: Sendable {
    public var learner = SendTimeLearner.Settings()
    /// 24 or 168.
    public var hours = 168
    public var policy = SendPolicy.usual
    public var windows = SendTimeActivity.Windows()
    public var threads = defaultThreads

    public init() {}
  }

  public static let name = "send-time"

  static let baselineMeanings = [
    "constant_rate": "the open rate of the training sends of the channel for every send",
    "everyone_by_hour": "the open rate of the hour, the same for everybody",
  ]

  /// - Parameters:
  ///   - asOf: microseconds since 1970 UTC, exclusive.
  ///   - horizon: microseconds before it whose sends are held out.
  /// - Throws: `ModelError` `.untrainable` when no channel has sends on both sides of the split, `.invalidSetting`;
  ///   `CancellationError`.
  public static func train(
    store: JourneyStore, asOf: Int64, horizon: Int64, timeZone: ZonedCalendar, settings: Settings = Settings()
  ) async throws -> (model: ChannelSendTimes, card: ModelCard) {
    guard SendHistories.isPeriod(settings.hours) else {
      throw ModelError(.invalidSetting, "train send-time: hours are 24 (of the day) or 168 (of the week)")
    }
    guard horizon > settings.windows.answer else {
      throw ModelError(
        .invalidSetting,
        "train send-time: the horizon is longer than the \(settings.windows.answer / 3_600_000_000) hours in which a "
          + "send may be answered")
    }
    let split = asOf - horizon
    func histories(split: Int64?) async throws -> [SendHistories] {
      try await SendTimeActivity(
        of: store, before: asOf, split: split, hours: settings.hours, windows: settings.windows, calendar: timeZone
      ).run(over: store, threads: settings.threads)
    }
    let learner = SendTimeLearner(settings: settings.learner, threads: settings.threads)
    var judged = Judgement()
    var evaluations: [String: SendTimeEvaluation] = [:]
    for (channel, history) in zip(SendChannel.allCases, try await histories(split: split)) {
      guard let training = history.tally(fold: 0), history.tally(fold: 1) != nil, training.opens > 0 else { continue }
      let trial = try await SendTimeTrial(history, holding: 1..<2, learner: learner, policy: settings.policy)
      evaluations[channel.rawValue] = SendTimeEvaluation(trial, history, first: 1)
      judged.add(trial, training)
    }
    guard !evaluations.isEmpty else {
      throw ModelError(
        .untrainable,
        """
        train send-time: no channel has opened sends before \(timeZone.text(split)) and sends after it; choose \
        --as-of at most a few days after the last event, another --horizon, or import a longer history
        """)
    }
    var channels: [String: ChannelSendTimes.Channel] = [:]
    for (channel, history) in zip(SendChannel.allCases, try await histories(split: nil)) {
      guard let evaluation = evaluations[channel.rawValue] else { continue }
      channels[channel.rawValue] = .init(model: try await learner.fit(history), evaluation: evaluation)
    }
    let model = ChannelSendTimes(
      hours: settings.hours, timeZone: timeZone.identifier, policy: settings.policy, windows: settings.windows,
      channels: channels)
    return (model, try card(judged, store.manifest, asOf: asOf, split: split, timeZone, settings))
  }

  /// The sends of all channels, held out or learnt from.
  private struct Judgement {
    var predicted: [Double] = []
    var everyone: [Double] = []
    var constant: [Double] = []
    var labels: [UInt8] = []
    var training = (sends: 0, opens: 0)

    mutating func add(_ trial: SendTimeTrial, _ training: (sends: Int, opens: Int)) {
      predicted += trial.predicted
      everyone += trial.predictedOfEveryone
      labels += trial.labels
      let rate = Double(training.opens) / Double(training.sends)
      constant += Array(repeating: rate, count: trial.labels.count)
      self.training = (self.training.sends + training.sends, self.training.opens + training.opens)
    }
  }

  private static func card(
    _ judged: Judgement, _ manifest: StoreManifest, asOf: Int64, split: Int64, _ calendar: ZonedCalendar,
    _ settings: Settings
  ) throws -> ModelCard {
    let answered = { (moment: Int64) in calendar.text(moment - settings.windows.answer) }
    let data = ModelCard.DataWindow(
      asOf: calendar.text(asOf), timeZone: calendar.identifier,
      horizonDays: Double(asOf - split) / Double(microsecondsPerDay),
      firstEvent: calendar.text(manifest.firstTimestamp ?? 0), lastEvent: calendar.text(manifest.lastTimestamp ?? 0),
      customers: manifest.customers, events: manifest.events, storeChecksum: manifest.checksum,
      training: .init(
        featuresUntil: answered(split), labelsUntil: calendar.text(split), rows: judged.training.sends,
        positives: judged.training.opens),
      validation: .init(
        featuresUntil: calendar.text(split), labelsUntil: calendar.text(asOf), rows: judged.labels.count,
        positives: judged.labels.reduce(0) { $0 + Int($1) }))
    let learner = settings.learner
    return ModelCard(
      task: name, learner: SendTimeModel.learner, population: "customers of the journey store, by channel",
      label: "the send is opened or clicked by a person", data: data,
      features: [
        .init(
          name: "sends and answers", meaning: "by channel and hour of the \(settings.hours == 24 ? "day" : "week")"),
        .init(name: "sessions", meaning: "visits that no answer came before, by hour"),
      ],
      settings: [
        "rhythms": Double(learner.rhythms), "levels": Double(learner.levels), "bandwidth": learner.bandwidth,
        "weekday_correlation": learner.weekdayCorrelation, "session_weight": learner.sessionWeight,
        "tolerance": learner.tolerance, "maximum_iterations": Double(learner.maximumIterations),
        "hours": Double(settings.hours), "answer_window_hours": Double(settings.windows.answer) / 3.6e9,
      ],
      seed: nil,
      validation: .init(
        model: try BinaryMetrics(probabilities: judged.predicted, labels: judged.labels),
        baselines: [
          "constant_rate": try BinaryMetrics(probabilities: judged.constant, labels: judged.labels),
          "everyone_by_hour": try BinaryMetrics(probabilities: judged.everyone, labels: judged.labels),
        ],
        baselineMeanings: baselineMeanings))
  }
}

extension SendHistories {
  /// Sends and opens of one part; nil when it has no sends.
  func tally(fold: Int) -> (sends: Int, opens: Int)? {
    var (count, opens) = (0, 0)
    for packed in sends where Send(packed: packed).fold == fold {
      count += 1
      if Send(packed: packed).isOpened { opens += 1 }
    }
    return count > 0 ? (count, opens) : nil
  }
}
