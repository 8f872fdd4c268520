import Foundation
import Journeys

/// How long it takes from one step of a funnel to another: mean, median, percentiles and a histogram.
public struct FunnelTimes: Encodable, Sendable, Equatable {
  public struct Breakdown: Encodable, Sendable, Equatable {
    public var value: [String]
    public var times: FunnelTimes

    enum CodingKeys: CodingKey { case value }

    public func encode(to encoder: any Encoder) throws {
      try times.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(value, forKey: .value)
    }
  }

  public var customers: Int
  /// Where each bin begins, in seconds, and how many lie in it; one more than the number of bins.
  public var bins: [[Int64]]
  /// To hundredths; nil when nobody converted.
  public var averageSeconds: Double?
  public var medianSeconds: Double?
  /// By percent.
  public var percentileSeconds: [String: Double]
  public var breakdown: [Breakdown]?

  enum CodingKeys: String, CodingKey {
    case customers, bins, breakdown
    case averageSeconds = "average_seconds"
    case medianSeconds = "median_seconds"
    case percentileSeconds = "percentile_seconds"
  }

  /// Percentiles where the query names none.
  private static let percentiles: [Double] = [10, 25, 50, 75, 90, 95]

  init(_ plan: FunnelPlan, _ tally: FunnelTally) {
    self.init(plan.query, tally.groups[0].conversions)
    guard let values = plan.index?.values else { return }
    breakdown = values.enumerated().compactMap { place, value in
      let group = tally.groups[place + 1]
      return group.conversions.isEmpty
        ? nil : Breakdown(value: value, times: FunnelTimes(plan.query, group.conversions))
    }
  }

  /// - Parameter times: microseconds.
  private init(_ query: FunnelQuery, _ times: [Int64]) {
    customers = times.count
    bins = []
    percentileSeconds = [:]
    let sorted = times.sorted()
    guard let least = sorted.first, let most = sorted.last else { return }
    let sum = times.reduce(into: Int128(0)) { $0 += Int128($1) }
    averageSeconds = (Double(sum) / Double(times.count) / 1e4).rounded(.toNearestOrEven) / 100
    medianSeconds = median(times).map { $0 / 1e6 }
    let wanted = query.percentiles.isEmpty ? Self.percentiles : query.percentiles
    percentileSeconds = percentileTable(wanted, ofSorted: sorted) ?? [:]

    var number: Int64?
    if case .timeToConvert(let bins?) = query.report { number = Int64(bins) }
    let low = floorDivide(least, 1_000_000)
    let high = -floorDivide(-most, 1_000_000)
    let count = number ?? Int64(min(60, max(3, cbrt(Double(times.count)).rounded(.up))))
    let width = (high - low + count - 1) / count
    let step = width == 0 ? 60 : width
    bins = (0...count).map { [low + $0 * step, 0] }
    for time in sorted { bins[Int((time - low * 1_000_000) / (step * 1_000_000))][1] += 1 }
  }
}
