import Journeys

/// The same funnel over two segments or periods, and how sure it is that they differ.
public struct FunnelComparison: Encodable, Sendable, Equatable {
  public struct Segment: Encodable, Sendable, Equatable {
    public var name: String
    public var steps: [FunnelResult.Step]
  }

  /// Of the share of those who did the first step that came to another: second segment less first.
  public struct Difference: Encodable, Sendable, Equatable {
    public var step: String
    public var difference: Double
    /// Newcombe's hybrid score interval.
    public var interval: [Double]
    /// Of the two-sided score test with the pooled rate. It takes the two for independent: of one customer in both
    /// periods it knows nothing.
    public var pValue: Double

    enum CodingKeys: String, CodingKey {
      case step, difference, interval
      case pValue = "p_value"
    }
  }

  public var segments: [Segment]
  /// Of every step but the first; empty when nobody did the first in one of the two.
  public var differences: [Difference]

  init(_ segments: [Segment], confidence: Double) {
    self.segments = segments
    let (first, second) = (segments[0].steps, segments[1].steps)
    differences = first.indices.dropFirst().compactMap { step in
      let rates = [first, second].map { Rate($0[step].customers, of: $0[0].customers) }
      guard let test = TwoRates(rates[0], rates[1], level: confidence) else { return nil }
      return Difference(
        step: first[step].step, difference: test.difference,
        interval: [test.interval.lowerBound, test.interval.upperBound], pValue: test.pValue)
    }
  }
}

extension FunnelQuery {
  /// Runs the funnel over each of the two segments; nil when there is nothing to compare.
  ///
  /// - Throws: `AttributionError.invalidQuery`, `CancellationError`.
  public func compare(over store: JourneyStore, threads: Int = defaultThreads) async throws -> FunnelComparison? {
    guard comparison.count == 2 else { return nil }
    var segments: [FunnelComparison.Segment] = []
    for segment in comparison {
      var query = self
      query.conditions += segment.conditions
      query.period = segment.period ?? period
      query.breakdown = nil
      segments.append(.init(name: segment.name, steps: try await query.counts(over: store, threads: threads).steps))
    }
    return FunnelComparison(segments, confidence: confidence)
  }
}
