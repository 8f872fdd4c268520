import Journeys

/// Features before a moment and labels after it, of the customers known by then.
struct ChurnSample: Sendable {
  let rows: CustomerFeatures.Rows
  let features: [CustomerFeatures.Feature]
  /// 1 for no purchase within the horizon.
  let labels: [UInt8]

  var positives: Int { labels.reduce(0) { $0 + Int($1) } }

  init(_ store: JourneyStore, _ kernel: CustomerFeatures, horizon: Int64, threads: Int) async throws {
    features = kernel.features
    rows = try await kernel.run(over: store, threads: threads)
    let bought = try await PurchaseWindow(of: store, from: kernel.moment, to: kernel.moment + horizon)
      .run(over: store, threads: threads)
    labels = rows.customers.map { bought[Int($0)] ? 0 : 1 }
  }
}

/// The moments of a training run, held against the data there are.
struct ChurnWindow {
  let training: Int64
  let validation: Int64
  let asOf: Int64
  /// Microseconds of data before the features of training.
  let history: Int64

  private let calendar: ZonedCalendar

  /// Below this there is no behaviour to learn from.
  private static let leastHistory = 7 * microsecondsPerDay

  init(
    _ manifest: StoreManifest, asOf: Int64, horizon: Int64, _ calendar: ZonedCalendar
  ) throws(ModelError) {
    self.calendar = calendar
    guard let first = manifest.firstTimestamp, let last = manifest.lastTimestamp else {
      throw ModelError(.untrainable, "train churn: the journey store holds no events")
    }
    guard horizon > 0 else { throw ModelError(.invalidSetting, "train churn: the horizon must be positive") }
    // Labels beyond the end of the data would call everybody churned.
    guard asOf - last <= max(microsecondsPerDay, horizon / 10) else {
      throw ModelError(
        .untrainable,
        """
        train churn: the data end at \(calendar.text(last)), long before the labels do (\(calendar.text(asOf))); \
        choose --as-of at most a day after the last event
        """)
    }
    training = asOf - 2 * horizon
    validation = asOf - horizon
    history = training - first
    self.asOf = asOf
    guard history >= Self.leastHistory else {
      let longest = (asOf - first - Self.leastHistory) / 2 / microsecondsPerDay
      let remedy = longest >= 1 ? "choose --horizon \(longest)d or less, or import" : "import"
      throw ModelError(
        .untrainable,
        """
        train churn: the data begin at \(calendar.text(first)), which leaves less than 7 days of history before \
        \(calendar.text(training)) (as-of less two horizons), where the features of training end; \(remedy) a longer \
        history
        """)
    }
  }

  func card(
    _ manifest: StoreManifest, _ training: ChurnSample, _ validation: ChurnSample
  ) -> ModelCard.DataWindow {
    func rows(_ sample: ChurnSample, from: Int64, to: Int64) -> ModelCard.Rows {
      ModelCard.Rows(
        featuresUntil: calendar.text(from), labelsUntil: calendar.text(to), rows: sample.labels.count,
        positives: sample.positives)
    }
    return ModelCard.DataWindow(
      asOf: calendar.text(asOf), timeZone: calendar.identifier,
      horizonDays: Double(asOf - self.validation) / Double(microsecondsPerDay),
      firstEvent: calendar.text(manifest.firstTimestamp ?? 0), lastEvent: calendar.text(manifest.lastTimestamp ?? 0),
      customers: manifest.customers, events: manifest.events, storeChecksum: manifest.checksum,
      training: rows(training, from: self.training, to: self.validation),
      validation: rows(validation, from: self.validation, to: asOf))
  }
}
