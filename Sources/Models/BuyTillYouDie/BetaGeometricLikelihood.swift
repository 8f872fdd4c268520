import Foundation

/// The log-likelihood of BG/NBD and MBG/NBD with both derivatives in closed form.
///
/// With k chances to drop out, ln L = ln (r)ₓ + r ln α + ln (b)ₖ - ln (a + b)ₖ + ln(e^l₁ + e^l₂), where
/// l₁ = -(r + x) ln(α + T) (alive) and, if k > 0, l₂ = ln a - ln(b + k - 1) - (r + x) ln(α + t_x) (dropped out at t_x).
/// The first part is made once for each x; a history costs three logarithms and an exponential.
package struct BetaGeometricLikelihood: Likelihood {
  package let parameters = 4
  private let histories: CustomerHistories
  private let dropout: BetaGeometricNBD.Dropout
  private let work: HistoryChunks

  package init(_ histories: CustomerHistories, dropout: BetaGeometricNBD.Dropout) {
    self.histories = histories
    self.dropout = dropout
    work = HistoryChunks(histories.starts, size: 8192)
  }

  package var chunks: Int { work.count }

  package func chunkwise(at point: [Double]) -> @Sendable (Int) -> Derivatives {
    let model = BetaGeometricNBD(dropout: dropout, r: point[0], alpha: point[1], a: point[2], b: point[3])
    let chances = histories.purchases.map(model.chances)
    let rates = RisingFactorials(of: model.r, counts: histories.purchases)
    let survivals = RisingFactorials(of: model.b, counts: chances)
    let trials = RisingFactorials(of: model.a + model.b, counts: chances)
    return { chunk in
      var result = Derivatives(parameters: 4)
      for piece in work[chunk] {
        var sums = Sums()
        sums.add(piece, histories, model)
        sums.finish(histories.purchases[piece.group], model, into: &result)
        let weight = sums.weight
        let group = piece.group
        result.value += weight * (rates.logarithm[group] + model.r * log(model.alpha))
        result.value += weight * (survivals.logarithm[group] - trials.logarithm[group])
        result.gradient[0] += weight * (rates.first[group] + log(model.alpha))
        result.gradient[1] += weight * model.r / model.alpha
        result.gradient[2] -= weight * trials.first[group]
        result.gradient[3] += weight * (survivals.first[group] - trials.first[group])
        result.add(weight * rates.second[group], 0, 0)
        result.add(weight / model.alpha, 0, 1)
        result.add(-weight * model.r / (model.alpha * model.alpha), 1, 1)
        result.add(-weight * trials.second[group], 2, 2)
        result.add(-weight * trials.second[group], 2, 3)
        result.add(weight * (survivals.second[group] - trials.second[group]), 3, 3)
      }
      return result
    }
  }

  /// What the histories of one x add to the last term. With w₂ = P(dropped out), c = w₁ w₂, LA = ln(α + T),
  /// LB = ln(α + t_x), A and B their derivatives 1/(α + T) and 1/(α + t_x):
  private struct Sums {
    var weight = 0.0
    var value = 0.0
    var dead = 0.0
    /// Σ (w₁ LA + w₂ LB), Σ (w₁ A + w₂ B), Σ (w₁ A² + w₂ B²).
    var (log, inverse, square) = (0.0, 0.0, 0.0)
    /// Σ c times 1, LA - LB, A - B and their products.
    var (c, cLog, cInverse, cLogLog, cLogInverse, cInverseInverse) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

    mutating func add(_ piece: HistoryChunks.Piece, _ histories: CustomerHistories, _ model: BetaGeometricNBD) {
      let x = histories.purchases[piece.group]
      let k = model.chances(x)
      let shape = model.r + x
      let odds = k > 0 ? Foundation.log(model.a / (model.b + k - 1)) : -.infinity
      let (ages, lasts, weights) = (histories.age.span, histories.lastPurchase.span, histories.weight.span)
      for i in piece.range {
        let n = weights[i]
        let alive = model.alpha + ages[i]
        let aliveLog = Foundation.log(alive)
        let aliveInverse = 1 / alive
        weight += n
        guard k > 0 else {
          value -= n * shape * aliveLog
          log += n * aliveLog
          inverse += n * aliveInverse
          square += n * aliveInverse * aliveInverse
          continue
        }
        let gone = model.alpha + lasts[i]
        let goneLog = Foundation.log(gone)
        let goneInverse = 1 / gone
        let logDifference = aliveLog - goneLog
        let inverseDifference = aliveInverse - goneInverse
        let logit = odds + shape * logDifference
        let e = exp(-abs(logit))
        let near = n / (1 + e)
        let far = e * near
        let (w1, w2) = logit >= 0 ? (far, near) : (near, far)
        value += n * (max(logit, 0) + log1p(e) - shape * aliveLog)
        dead += w2
        log += w1 * aliveLog + w2 * goneLog
        inverse += w1 * aliveInverse + w2 * goneInverse
        square += w1 * aliveInverse * aliveInverse + w2 * goneInverse * goneInverse
        let mixed = far / (1 + e)
        c += mixed
        cLog += mixed * logDifference
        cInverse += mixed * inverseDifference
        cLogLog += mixed * logDifference * logDifference
        cLogInverse += mixed * logDifference * inverseDifference
        cInverseInverse += mixed * inverseDifference * inverseDifference
      }
    }

    func finish(_ x: Double, _ model: BetaGeometricNBD, into result: inout Derivatives) {
      let k = model.chances(x)
      let shape = model.r + x
      result.value += value
      result.gradient[0] -= log
      result.gradient[1] -= shape * inverse
      result.add(cLogLog, 0, 0)
      result.add(shape * cLogInverse - inverse, 0, 1)
      result.add(shape * square + shape * shape * cInverseInverse, 1, 1)
      guard k > 0 else { return }
      let (ia, ib) = (1 / model.a, 1 / (model.b + k - 1))
      result.gradient[2] += ia * dead
      result.gradient[3] -= ib * dead
      result.add(cLog * ia, 0, 2)
      result.add(-cLog * ib, 0, 3)
      result.add(shape * cInverse * ia, 1, 2)
      result.add(-shape * cInverse * ib, 1, 3)
      result.add((c - dead) * ia * ia, 2, 2)
      result.add(-c * ia * ib, 2, 3)
      result.add((c + dead) * ib * ib, 3, 3)
    }
  }
}
