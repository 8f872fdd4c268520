/// The share of those who entered a funnel that has converted so long after, had all been watched as long.
///
/// Who is still inside of the window when the data end is no drop-off yet: the plain rate counts him as one, this
/// (one less the estimate of Kaplan & Meier) only for as long as he was watched. When everybody's window is over, the
/// last point is the plain rate.
public struct ConversionPoint: Encodable, Sendable, Equatable {
  /// A curve of more points is thinned.
  private static let mostPoints = 200

  public var seconds: Double
  public var conversion: Double
  public var interval: [Double]
  /// Who had neither converted before, nor stopped to be watched.
  public var atRisk: Int

  enum CodingKeys: String, CodingKey {
    case seconds, conversion, interval
    case atRisk = "at_risk"
  }

  static func curve(_ group: FunnelTally.Group, _ query: FunnelQuery) -> [ConversionPoint] {
    let estimate = KaplanMeier(
      events: group.conversions, censored: group.watched,
      watchedToEnd: group.reached[0] - group.conversions.count - group.watched.count)
    let critical = Normal.critical(1 - query.confidence)
    let count = estimate.points.count
    let places = count <= mostPoints ? Array(0..<count) : (1...mostPoints).map { $0 * count / mostPoints - 1 }
    return places.map { place in
      let point = estimate.points[place]
      let interval = point.interval(critical)
      return ConversionPoint(
        seconds: Double(point.time) / 1_000_000, conversion: 1 - point.survival,
        interval: [1 - interval.upperBound, 1 - interval.lowerBound], atRisk: point.atRisk)
    }
  }
}
