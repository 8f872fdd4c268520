import Journeys

/// Attribution of every day, week or month of its own, in one pass: how credit moves over time.
///
/// A journey belongs to the period in which it ends; the periods add up to the whole.
public struct AttributionEpochs: Aggregation {
  public struct Epoch: Codable, Sendable, Equatable {
    /// `2024-03-05`, `2024-W10` or `2024-03`.
    public let period: String
    public let results: [AttributionResult]
  }

  private static let most = 10_000

  private let attribution: JourneyAttribution
  private let period: CalendarPeriod
  private let calendar: ZonedCalendar
  private let first: Int64
  private let count: Int

  /// - Throws: as `JourneyAttribution`; `.invalidQuery` for more periods than anybody would read.
  public init(
    _ query: AttributionQuery, every period: CalendarPeriod, _ calendar: ZonedCalendar, of store: JourneyStore
  ) throws(AttributionError) {
    attribution = try JourneyAttribution(query, of: store)
    self.period = period
    self.calendar = calendar
    let start = max(store.manifest.firstTimestamp ?? 0, query.period?.lowerBound ?? .min)
    let end = min(store.manifest.lastTimestamp ?? -1, query.period?.upperBound ?? .max)
    first = start <= end ? calendar.period(period, of: start) : 0
    count = start <= end ? Int(calendar.period(period, of: end) - first) + 1 : 0
    guard count <= Self.most else {
      throw AttributionError(
        .invalidQuery, "every \(period.rawValue): that makes \(count) periods; take longer ones, or --from and --to")
    }
  }

  public func empty() -> AttributionTally { AttributionTally(buckets: count) }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout AttributionTally) {
    attribution.foldWhole(customers, of: store, into: &partial) { _, time in
      let place = Int(calendar.period(period, of: time) - first)
      return 0..<count ~= place ? place : nil
    }
  }

  public func merge(_ later: AttributionTally, into partial: inout AttributionTally) { partial.add(later) }

  /// In the order of time.
  public func finish(_ partial: AttributionTally) throws -> [Epoch] {
    var epochs: [Epoch] = []
    for (place, tally) in partial.buckets.enumerated() {
      epochs.append(
        Epoch(
          period: calendar.label(period, first + Int64(place)), results: try attribution.results(of: tally)))
    }
    return epochs
  }
}
