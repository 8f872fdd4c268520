import Journeys

/// The moments of a training run, held against the data there are.
///
///     history ─► │ fit labels │ tune labels │ report labels │
///                └ as-of − 3h ┘ as-of − 2h  ┘ as-of − h      ┘ as-of
///
/// With less than one horizon of history before the first of them, fit and tune share the moment as-of − 2h and divide
/// its customers. Either way the labels of what is learnt from end before the first label it is reported on begins, as
/// for a model in use; a random split would let the model see the future of its own customers' neighbours in time.
struct TaskSplit {
  let fit: Int64
  /// Nil where customers are divided instead.
  let tune: Int64?
  let report: Int64
  let asOf: Int64
  let horizon: Int64

  private let calendar: ZonedCalendar

  /// Below this there is no behaviour to learn from.
  private static let leastHistory = 7 * microsecondsPerDay

  init(
    _ task: PredictionTask, _ manifest: StoreManifest, asOf: Int64, horizon: Int64, _ calendar: ZonedCalendar
  ) throws(ModelError) {
    self.calendar = calendar
    let name = "train \(task.name)"
    guard let first = manifest.firstTimestamp, let last = manifest.lastTimestamp else {
      throw ModelError(.untrainable, "\(name): the journey store holds no events")
    }
    guard horizon > 0 else { throw ModelError(.invalidSetting, "\(name): the horizon must be positive") }
    // Labels beyond the end of the data would call everybody churned.
    guard asOf - last <= max(microsecondsPerDay, horizon / 10) else {
      throw ModelError(
        .untrainable,
        """
        \(name): the data end at \(calendar.text(last)), long before the labels do (\(calendar.text(asOf))); \
        choose --as-of at most a day after the last event
        """)
    }
    self.asOf = asOf
    self.horizon = horizon
    report = asOf - horizon
    let byTime = asOf - 3 * horizon - first >= max(Self.leastHistory, horizon)
    fit = asOf - (byTime ? 3 : 2) * horizon
    tune = byTime ? asOf - 2 * horizon : nil
    guard fit - first >= Self.leastHistory else {
      let longest = (asOf - first - Self.leastHistory) / 2 / microsecondsPerDay
      let remedy = longest >= 1 ? "choose --horizon \(longest)d or less, or import" : "import"
      throw ModelError(
        .untrainable,
        """
        \(name): the data begin at \(calendar.text(first)), which leaves less than 7 days of history before \
        \(calendar.text(fit)) (as-of less two horizons), where the features of training end; \(remedy) a longer history
        """)
    }
  }

  func card(
    _ manifest: StoreManifest, _ task: PredictionTask, fit: TaskSample, tune: TaskSample, report: TaskSample
  ) -> ModelCard.DataWindow {
    func rows(_ sample: TaskSample) -> ModelCard.Rows {
      ModelCard.Rows(
        featuresUntil: calendar.text(sample.moment), labelsUntil: calendar.text(sample.moment + horizon),
        rows: sample.count, positives: sample.positives(task))
    }
    return ModelCard.DataWindow(
      asOf: calendar.text(asOf), timeZone: calendar.identifier,
      horizonDays: Double(horizon) / Double(microsecondsPerDay),
      firstEvent: calendar.text(manifest.firstTimestamp ?? 0),
      lastEvent: calendar.text(manifest.lastTimestamp ?? 0), customers: manifest.customers, events: manifest.events,
      storeChecksum: manifest.checksum, training: rows(fit), tuning: rows(tune), validation: rows(report))
  }
}
