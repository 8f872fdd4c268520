import Foundation

/// The log-likelihood of BG/BB with both derivatives in closed form.
///
/// L is the sum of B(α + x, β + n - x)/B(α, β) B(γ, δ + n)/B(γ, δ) (alive at n) and, for m = t_x ... n - 1 (died before
/// occasion m + 1), B(α + x, β + m - x)/B(α, β) B(γ + 1, δ + m)/B(γ, δ); derivatives as in `ParetoLikelihood`. All Beta
/// functions are rising factorials, made once for all customers.
package struct BetaBernoulliLikelihood: Likelihood {
  package let parameters = 4
  private let histories: CustomerHistories
  private let work: HistoryChunks
  private let occasions: [Double]

  package init(_ histories: CustomerHistories) {
    self.histories = histories
    work = HistoryChunks(histories.starts, size: 1024)
    occasions = Array(stride(from: 0, through: (histories.age.max() ?? 0) + 1, by: 1))
  }

  package var chunks: Int { work.count }

  private struct Tables {
    var gamma: Double
    var buys: RisingFactorials
    var passes: RisingFactorials
    var both: RisingFactorials
    var survives: RisingFactorials
    var trials: RisingFactorials

    /// One of the terms of L: ln, and its derivatives.
    struct Term {
      var value: Double
      var slope: SIMD4<Double>
      /// αα, αβ, ββ, γγ, γδ, δδ.
      var second: SIMD8<Double>
    }

    /// Died before occasion m + 1, or alive at occasion m.
    func term(x: Int, m: Int, died: Bool) -> Term {
      let next = died ? m + 1 : m
      let death = died ? (log(gamma), 1 / gamma, -1 / (gamma * gamma)) : (0, 0, 0)
      return Term(
        value: buys.logarithm[x] + passes.logarithm[m - x] - both.logarithm[m] + survives.logarithm[m]
          - trials.logarithm[next] + death.0,
        slope: SIMD4(
          buys.first[x] - both.first[m], passes.first[m - x] - both.first[m], death.1 - trials.first[next],
          survives.first[m] - trials.first[next]),
        second: SIMD8(
          buys.second[x] - both.second[m], -both.second[m], passes.second[m - x] - both.second[m],
          death.2 - trials.second[next], -trials.second[next], survives.second[m] - trials.second[next], 0, 0))
    }
  }

  package func chunkwise(at point: [Double]) -> @Sendable (Int) -> Derivatives {
    let (alpha, beta, gamma, delta) = (point[0], point[1], point[2], point[3])
    let tables = Tables(
      gamma: gamma, buys: RisingFactorials(of: alpha, counts: occasions),
      passes: RisingFactorials(of: beta, counts: occasions),
      both: RisingFactorials(of: alpha + beta, counts: occasions),
      survives: RisingFactorials(of: delta, counts: occasions),
      trials: RisingFactorials(of: gamma + delta, counts: occasions))
    return { chunk in
      var result = Derivatives(parameters: 4)
      for piece in work[chunk] {
        for i in piece.range {
          add(
            tables, x: Int(histories.purchases[piece.group]), last: Int(histories.lastPurchase[i]),
            n: Int(histories.age[i]), weight: histories.weight[i], to: &result)
        }
      }
      return result
    }
  }

  private func add(_ tables: Tables, x: Int, last: Int, n: Int, weight: Double, to result: inout Derivatives) {
    let alive = tables.term(x: x, m: n, died: false)
    // Terms relative to that of being alive, with gradients relative to its gradient. All may be far larger than it,
    // so sums are rescaled as a larger one comes.
    var top = 0.0
    var total = 1.0
    var mean = SIMD4<Double>.zero
    var square = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
    var second = alive.second
    for m in last..<n {
      let term = tables.term(x: x, m: m, died: true)
      let value = term.value - alive.value
      if value > top {
        let shrink = exp(top - value)
        top = value
        total *= shrink
        mean *= shrink
        square = (square.0 * shrink, square.1 * shrink, square.2 * shrink, square.3 * shrink)
        second *= shrink
      }
      let p = exp(value - top)
      let slope = term.slope - alive.slope
      total += p
      let weighted = p * slope
      mean += weighted
      square.0 += weighted * slope[0]
      square.1 += weighted * slope[1]
      square.2 += weighted * slope[2]
      square.3 += weighted * slope[3]
      second += p * term.second
    }
    mean /= total
    result.value += weight * (alive.value + top + log(total))
    for i in 0..<4 {
      result.gradient[i] += weight * (alive.slope[i] + mean[i])
    }
    let outer = (square.0 / total, square.1 / total, square.2 / total, square.3 / total)
    result.addSymmetric(
      weight * (outer.0 - mean * mean[0]), weight * (outer.1 - mean * mean[1]), weight * (outer.2 - mean * mean[2]),
      weight * (outer.3 - mean * mean[3]))
    second *= weight / total
    result.add(second[0], 0, 0)
    result.add(second[1], 0, 1)
    result.add(second[2], 1, 1)
    result.add(second[3], 2, 2)
    result.add(second[4], 2, 3)
    result.add(second[5], 3, 3)
  }
}
