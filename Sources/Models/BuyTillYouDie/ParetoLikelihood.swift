import Foundation

/// The log-likelihood of Pareto/NBD with both derivatives in closed form.
///
/// ln L = ln (r)ₓ + r ln α + s ln β + ln M, where M is the sum of (α + T)^-(r + x) (β + T)^-s (alive) and
/// s ∫ (α + u)^-(r + x) (β + u)^-(s + 1) du over (t_x, T) (died at u). The quadrature makes M a sum of exponentials of
/// functions lᵢ of the parameters; with pᵢ = e^lᵢ / M, ∇ ln M = Σ pᵢ ∇lᵢ and ∇² ln M = Σ pᵢ (∇²lᵢ + ∇lᵢ ∇lᵢᵀ) - ∇∇ᵀ.
package struct ParetoLikelihood: Likelihood {
  package let parameters = 4
  private let histories: CustomerHistories
  private let work: HistoryChunks

  package init(_ histories: CustomerHistories) {
    self.histories = histories
    work = HistoryChunks(histories.starts, size: 1024)
  }

  package var chunks: Int { work.count }

  package func chunkwise(at point: [Double]) -> @Sendable (Int) -> Derivatives {
    let model = ParetoNBD(r: point[0], alpha: point[1], s: point[2], beta: point[3])
    let rates = RisingFactorials(of: model.r, counts: histories.purchases)
    return { chunk in
      var result = Derivatives(parameters: 4)
      for piece in work[chunk] {
        let x = histories.purchases[piece.group]
        var sums = Sums(shape: model.r + x, death: model.s)
        for i in piece.range {
          sums.add(
            model, x: x, lastPurchase: histories.lastPurchase[i], age: histories.age[i], weight: histories.weight[i])
        }
        sums.finish(into: &result)
        let weight = sums.weight
        let group = piece.group
        result.value += weight * (rates.logarithm[group] + model.r * log(model.alpha) + model.s * log(model.beta))
        result.gradient[0] += weight * (rates.first[group] + log(model.alpha))
        result.gradient[1] += weight * model.r / model.alpha
        result.gradient[2] += weight * log(model.beta)
        result.gradient[3] += weight * model.s / model.beta
        result.add(weight * rates.second[group], 0, 0)
        result.add(weight / model.alpha, 0, 1)
        result.add(-weight * model.r / (model.alpha * model.alpha), 1, 1)
        result.add(weight / model.beta, 2, 3)
        result.add(-weight * model.s / (model.beta * model.beta), 3, 3)
      }
      return result
    }
  }

  /// The histories of one x.
  private struct Sums {
    let shape: Double
    let death: Double
    var weight = 0.0
    var value = 0.0
    var gradient = SIMD4<Double>.zero
    /// Σ of the second derivatives without the outer products: αα, rα, ββ, sβ, ss.
    var (alphaAlpha, rAlpha, betaBeta, sBeta, sS) = (0.0, 0.0, 0.0, 0.0, 0.0)
    /// Σ (Σ pᵢ ∇lᵢ ∇lᵢᵀ - ∇∇ᵀ), column after column.
    var outer = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)

    init(shape: Double, death: Double) {
      self.shape = shape
      self.death = death
    }

    mutating func add(_ model: ParetoNBD, x: Double, lastPurchase: Double, age: Double, weight n: Double) {
      let (a, b) = (model.alpha + age, model.beta + age)
      let (aLog, bLog) = (log(a), log(b))
      let (aInverse, bInverse) = (1 / a, 1 / b)
      let integral = ParetoIntegral(model, x: x, from: lastPurchase, to: age)
      let alive = -shape * aLog - death * bLog
      let died = log(death) + integral.scale
      // The integrand's largest value is at t_x, and the integral may be longer than 1: both stay below e^700 of this.
      let top = max(alive, died)
      let aliveWeight = exp(alive - top)
      let factor = exp(died - top)
      // Gradients are taken relative to that of being alive: small differences, so that no digits cancel.
      var total = aliveWeight
      var gone = 0.0
      var mean = SIMD4<Double>.zero
      var square = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
      var (aa, ra, bb, sb) = (0.0, 0.0, 0.0, 0.0)
      integral.forEachNode { logs, inverses, share in
        let p = factor * share
        total += p
        gone += p
        let slope = SIMD4<Double>(
          aLog - logs.0, shape * (aInverse - inverses.0), 1 / death + bLog - logs.1,
          death * bInverse - (death + 1) * inverses.1)
        mean += p * slope
        let weighted = p * slope
        square.0 += weighted * slope[0]
        square.1 += weighted * slope[1]
        square.2 += weighted * slope[2]
        square.3 += weighted * slope[3]
        aa += p * shape * inverses.0 * inverses.0
        ra -= p * inverses.0
        bb += p * (death + 1) * inverses.1 * inverses.1
        sb -= p * inverses.1
      }
      let scale = n / total
      mean /= total
      weight += n
      value += n * (top + log(total))
      gradient += n * (mean + SIMD4<Double>(-aLog, -shape * aInverse, -bLog, -death * bInverse))
      alphaAlpha += scale * (aa + aliveWeight * shape * aInverse * aInverse)
      rAlpha += scale * (ra - aliveWeight * aInverse)
      betaBeta += scale * (bb + aliveWeight * death * bInverse * bInverse)
      sBeta += scale * (sb - aliveWeight * bInverse)
      sS -= scale * gone / (death * death)
      outer.0 += scale * square.0 - n * mean * mean[0]
      outer.1 += scale * square.1 - n * mean * mean[1]
      outer.2 += scale * square.2 - n * mean * mean[2]
      outer.3 += scale * square.3 - n * mean * mean[3]
    }

    func finish(into result: inout Derivatives) {
      result.value += value
      for i in 0..<4 { result.gradient[i] += gradient[i] }
      result.addSymmetric(outer.0, outer.1, outer.2, outer.3)
      result.add(alphaAlpha, 1, 1)
      result.add(rAlpha, 0, 1)
      result.add(betaBeta, 3, 3)
      result.add(sBeta, 2, 3)
      result.add(sS, 2, 2)
    }
  }
}
