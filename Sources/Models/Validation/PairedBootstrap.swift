import Foundation

/// The mean difference of two models' losses on the same customers, and how far chance alone could move it.
public struct PairedBootstrap: Codable, Sendable, Equatable {
  /// Mean loss of the old model less that of the new one: above 0 the new one is better.
  public var gain: Double
  public var standardError: Double
  /// The middle 95 % of the resamples.
  public var lower: Double
  public var upper: Double
  public var rows: Int
  public var resamples: Int

  enum CodingKeys: String, CodingKey {
    case gain, lower, upper, rows, resamples
    case standardError = "standard_error"
  }

  /// More than chance: the whole interval is above 0.
  public var isBetter: Bool { lower > 0 }

  /// Customers are independent, so they may be dealt into up to `groups` equal groups that are drawn whole: a resample
  /// of a million customers then costs a thousand draws.
  private static let groups = 1000

  /// Resamples customers with replacement, both models' losses together (Efron & Tibshirani 1993, chapter 8).
  ///
  /// - Precondition: one loss a row of both, and at least one row.
  init(old: [Double], new: [Double], seed: UInt64, resamples: Int = 1000) {
    precondition(old.count == new.count && !old.isEmpty, "two losses a row")
    let count = min(Self.groups, old.count)
    var (sums, sizes) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    for row in old.indices {
      sums[row % count] += old[row] - new[row]
      sizes[row % count] += 1
    }
    rows = old.count
    self.resamples = resamples
    gain = sums.reduce(0, +) / Double(rows)
    var random = SplitMix64(seed: seed)
    var means = (0..<resamples).map { _ in
      var (sum, size) = (0.0, 0.0)
      for _ in 0..<count {
        let group = Int.random(in: 0..<count, using: &random)
        sum += sums[group]
        size += sizes[group]
      }
      return sum / size
    }
    means.sort()
    let mean = means.reduce(0, +) / Double(resamples)
    let squares = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    standardError = (squares / Double(max(resamples - 1, 1))).squareRoot()
    lower = means[resamples * 25 / 1000]
    upper = means[min(resamples - 1, resamples * 975 / 1000)]
  }
}
