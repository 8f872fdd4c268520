/// Isotonic calibration: the non-decreasing function of the score of least weighted squared error.
///
/// Found by pooling adjacent violators (Ayer et al., Annals of Mathematical Statistics 26, 1955; Zadrozny & Elkan, KDD
/// 2002) in one pass over the sorted scores; equal scores count as one with their mean label. Between the scores it was
/// fitted on it is linear, outside of them constant, as scikit-learn's `IsotonicRegression(out_of_bounds="clip")`.
/// Memory: two numbers for each end of a step.
public struct IsotonicCalibration: Sendable, Equatable {
  /// Ascending scores where the function bends, and its values there.
  public let scores: [Double]
  public let probabilities: [Double]

  /// - Throws: `ModelError.foreignModel` when these are no such function.
  public init(scores: [Double], probabilities: [Double]) throws(ModelError) {
    let isAscending = zip(scores, scores.dropFirst()).allSatisfy { $0 < $1 }
    let isMonotone = zip(probabilities, probabilities.dropFirst()).allSatisfy { $0 <= $1 }
    guard !scores.isEmpty, scores.count == probabilities.count, isAscending, isMonotone,
      scores.allSatisfy(\.isFinite), probabilities.allSatisfy({ (0...1).contains($0) })
    else {
      throw ModelError(
        .foreignModel, "isotonic calibration: scores must ascend and probabilities in 0...1 must not fall")
    }
    self.scores = scores
    self.probabilities = probabilities
  }

  public func callAsFunction(_ score: Double) -> Double {
    var (low, high) = (0, scores.count)
    // The first place with a score above.
    while low < high {
      let middle = (low + high) / 2
      if scores[middle] > score { high = middle } else { low = middle + 1 }
    }
    if low == 0 { return probabilities[0] }
    if low == scores.count { return probabilities[low - 1] }
    let (from, to) = (probabilities[low - 1], probabilities[low])
    // Of two values that are one, interpolation would make a third.
    if from == to { return from }
    let share = (score - scores[low - 1]) / (scores[low] - scores[low - 1])
    return min(from + share * (to - from), to)
  }

  private struct Pool {
    var firstScore: Double
    var lastScore: Double
    var sum: Double
    var weight: Double

    var mean: Double { sum / weight }

    mutating func add(_ other: Pool) {
      lastScore = other.lastScore
      sum += other.sum
      weight += other.weight
    }
  }

  /// - Parameters:
  ///   - scores: any finite numbers.
  ///   - labels: 0 or 1.
  /// - Throws: `ModelError.untrainable` without rows of both classes or for a number that is not finite.
  public init(fitting scores: [Double], labels: [UInt8], weights: [Double]? = nil) throws(ModelError) {
    _ = try CalibrationTotals("isotonic calibration", scores, labels, weights)
    var pools: [Pool] = []
    for pool in Self.distinct(scores, labels, weights) {
      var pool = pool
      while let before = pools.last, before.mean >= pool.mean {
        pools.removeLast()
        var merged = before
        merged.add(pool)
        pool = merged
      }
      pools.append(pool)
    }
    var (ends, values): ([Double], [Double]) = ([], [])
    for pool in pools {
      ends.append(pool.firstScore)
      values.append(min(1, pool.mean))
      if pool.lastScore > pool.firstScore {
        ends.append(pool.lastScore)
        values.append(min(1, pool.mean))
      }
    }
    self.scores = ends
    probabilities = values
  }

  /// One pool for each distinct score, ascending; rows without weight are no rows.
  private static func distinct(_ scores: [Double], _ labels: [UInt8], _ weights: [Double]?) -> [Pool] {
    var pools: [Pool] = []
    for row in scores.indices.sorted(by: { (scores[$0], $0) < (scores[$1], $1) }) {
      let weight = weights?[row] ?? 1
      guard weight > 0 else { continue }
      let pool = Pool(
        firstScore: scores[row], lastScore: scores[row], sum: labels[row] != 0 ? weight : 0, weight: weight)
      if let last = pools.indices.last, pools[last].lastScore == scores[row] {
        pools[last].add(pool)
      } else {
        pools.append(pool)
      }
    }
    return pools
  }
}

extension IsotonicCalibration: Codable {
  private enum Key: String, CodingKey { case scores, probabilities }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    try self.init(
      scores: container.decode([Double].self, forKey: .scores),
      probabilities: container.decode([Double].self, forKey: .probabilities))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(scores, forKey: .scores)
    try container.encode(probabilities, forKey: .probabilities)
  }
}
