import Foundation

/// ln f = ln Γ(px + q) - ln Γ(px) - ln Γ(q) + q ln γ + (px - 1) ln z̄ + px ln x - (px + q) ln(γ + x z̄) with both
/// derivatives in closed form. All but the last term depends on x alone or on sums that are made once.
package struct GammaGammaLikelihood: Likelihood {
  package let parameters = 3
  /// Distinct x, ascending, and where the totals of each begin.
  private let counts: [Double]
  private let totals: [Double]
  private let weights: [Double]
  private let groupWeights: [Double]
  private let logTotals: [Double]
  /// Σ ln z̄.
  private let logValues: Double
  private let work: HistoryChunks
  /// The mean of z̄ over customers.
  let meanValue: Double

  package init(x: [Double], meanValue: [Double], weight: [Double]?) throws(ModelError) {
    precondition(x.count == meanValue.count && x.count == weight?.count ?? x.count)
    for row in x.indices {
      guard x[row] >= 0, x[row].isFinite else {
        throw ModelError(.malformedTable, "Gamma-Gamma: row \(row + 1): x must be 0 or more")
      }
      guard meanValue[row] >= 0, meanValue[row].isFinite else {
        throw ModelError(.malformedTable, "Gamma-Gamma: row \(row + 1): zbar must be 0 or more")
      }
      guard weight.map({ $0[row] >= 0 && $0[row].isFinite }) ?? true else {
        throw ModelError(.malformedTable, "Gamma-Gamma: row \(row + 1): the weight must be 0 or more")
      }
    }
    let rows = x.indices.filter { x[$0] > 0 && meanValue[$0] > 0 && weight?[$0] ?? 1 > 0 }
    guard rows.count > 1 else {
      throw ModelError(
        .untrainable, "Gamma-Gamma: fewer than two customers with a purchase and its value (x > 0 and zbar > 0)")
    }
    counts = Set(rows.map { x[$0] }).sorted()
    let groups = Dictionary(uniqueKeysWithValues: zip(counts, 0...))
    var starts = [Int](repeating: 0, count: counts.count + 1)
    let groupOfRow = rows.map { groups[x[$0]] ?? 0 }
    for group in groupOfRow { starts[group + 1] += 1 }
    for group in counts.indices { starts[group + 1] += starts[group] }
    work = HistoryChunks(starts, size: 16384)
    var totals = [Double](repeating: 0, count: rows.count)
    var weights = totals
    var groupWeights = [Double](repeating: 0, count: counts.count)
    var logTotals = groupWeights
    var (logValues, sum, customers) = (0.0, 0.0, 0.0)
    for (row, group) in zip(rows, groupOfRow) {
      let n = weight?[row] ?? 1
      let place = starts[group]
      starts[group] += 1
      totals[place] = x[row] * meanValue[row]
      weights[place] = n
      groupWeights[group] += n
      logTotals[group] += n * log(totals[place])
      logValues += n * log(meanValue[row])
      sum += n * meanValue[row]
      customers += n
    }
    self.totals = totals
    self.weights = weights
    self.groupWeights = groupWeights
    self.logTotals = logTotals
    self.logValues = logValues
    self.meanValue = sum / customers
  }

  package var chunks: Int { work.count }

  package func chunkwise(at point: [Double]) -> @Sendable (Int) -> Derivatives {
    let (p, q, gamma) = (point[0], point[1], point[2])
    return { chunk in
      var result = chunk == 0 ? common(p, q, gamma) : Derivatives(parameters: 3)
      for piece in work[chunk] {
        let x = counts[piece.group]
        let (totals, weights) = (totals.span, weights.span)
        var (logs, inverses, squares) = (0.0, 0.0, 0.0)
        for i in piece.range {
          let sum = gamma + totals[i]
          let inverse = weights[i] / sum
          logs += weights[i] * log(sum)
          inverses += inverse
          squares += inverse / sum
        }
        let shape = p * x + q
        result.value -= shape * logs
        result.gradient[0] -= x * logs
        result.gradient[1] -= logs
        result.gradient[2] -= shape * inverses
        result.add(-x * inverses, 0, 2)
        result.add(-inverses, 1, 2)
        result.add(shape * squares, 2, 2)
      }
      return result
    }
  }

  /// All that needs no pass over the customers.
  private func common(_ p: Double, _ q: Double, _ gamma: Double) -> Derivatives {
    var result = Derivatives(parameters: 3)
    result.value -= logValues
    for (group, x) in counts.enumerated() {
      let n = groupWeights[group]
      let (all, own) = (p * x + q, p * x)
      let logs = logTotals[group]
      result.value += n * (logGamma(all) - logGamma(own) - logGamma(q) + q * log(gamma)) + own * logs
      let slope = digamma(all)
      let curvature = trigamma(all)
      result.gradient[0] += n * x * (slope - digamma(own)) + x * logs
      result.gradient[1] += n * (slope - digamma(q) + log(gamma))
      result.gradient[2] += n * q / gamma
      result.add(n * x * x * (curvature - trigamma(own)), 0, 0)
      result.add(n * x * curvature, 0, 1)
      result.add(n * (curvature - trigamma(q)), 1, 1)
      result.add(n / gamma, 1, 2)
      result.add(-n * q / (gamma * gamma), 2, 2)
    }
    return result
  }
}
