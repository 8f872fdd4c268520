import Journeys

/// How far each row of an attribution would move with other customers of the same kind: a bootstrap of customers.
///
/// Customers are drawn with replacement (Efron 1979), by random groups of them where there are more than 400: the
/// groups are counted apart in one pass, and every resample is a weighted sum of their counts, finished by the same
/// models. Intervals are those between the quantiles of the resamples. With 400 groups an interval's width is itself
/// known to some 4 %.
public struct AttributionBootstrap: Sendable {
  private let grouped: GroupedAttribution
  private let settings: BootstrapSettings

  /// - Throws: as `JourneyAttribution`.
  public init(
    _ query: AttributionQuery, _ settings: BootstrapSettings, of store: JourneyStore
  ) throws(AttributionError) {
    grouped = GroupedAttribution(try JourneyAttribution(query, of: store), of: store)
    self.settings = settings
  }

  /// The results of all customers, each row with its interval.
  public func run(over store: JourneyStore, threads: Int = defaultThreads) async throws -> [AttributionResult] {
    let groups = try await grouped.run(over: store, threads: threads).buckets
    var whole = PathTally<ExactCredit>()
    for group in groups { whole.add(group) }
    let results = try grouped.attribution.results(of: whole)
    var resamples = Resamples(of: results, settings)
    try await inOrder(chunks: settings.resamples, threads: threads) { number in
      var lots = SplitMix(seed: SplitMix.mix(settings.seed) &+ UInt64(number))
      var times = [Double](repeating: 0, count: groups.count)
      for _ in groups { times[lots.below(groups.count)] += 1 }
      var sample = PathTally<Credit>()
      for (group, times) in zip(groups, times) where times > 0 { sample.add(group, times: times) }
      return try grouped.attribution.results(of: sample)
    } take: { sample in
      resamples.add(sample)
    }
    return resamples.withIntervals()
  }
}

public struct BootstrapSettings: Sendable, Equatable {
  public let resamples: Int
  /// Of the intervals, as 0.9.
  public let level: Double
  public let seed: UInt64

  /// - Throws: `.invalidQuery` for fewer than 20 resamples, which have no tails, or a level outside of 0.5 to 0.999.
  public init(resamples: Int, level: Double = 0.9, seed: UInt64 = 1) throws(AttributionError) {
    guard 20...100_000 ~= resamples, 0.5...0.999 ~= level else {
      throw AttributionError(
        .invalidQuery, "bootstrap: it takes 20 to 100000 resamples and a level between 0.5 and 0.999")
    }
    self.resamples = resamples
    self.level = level
    self.seed = seed
  }
}
