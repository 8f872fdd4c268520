import Dispatch
import Synchronization

/// The part of all conversions, and of all revenue, that each key's removal would lose.
///
/// Without a key, every state that contains it is null: who comes to one is lost.
package struct RemovalEffects: Sendable, Equatable {
  /// By key; 0 where there are no conversions.
  package var conversions: [Double]
  /// By key; 0 where there is no revenue.
  package var revenue: [Double]
  /// Of reaching a conversion from the start.
  package var conversionProbability = 0.0
  /// Of the chain, those that occur.
  package var states = 0
  /// The largest relative residual of a system that was solved: at most 1e-12.
  package var residual = 0.0

  init(keys: Int) {
    conversions = Array(repeating: 0, count: keys)
    revenue = conversions
  }

  /// Shares proportional to the effects; no credit where no removal has an effect.
  package func credits(of total: Credit) -> [Credit] {
    let conversionSum = conversions.reduce(0, +)
    let revenueSum = revenue.reduce(0, +)
    return conversions.indices.map { x in
      Credit(
        conversions: conversionSum > 0 ? conversions[x] / conversionSum * total.conversions : 0,
        revenue: revenueSum > 0 ? revenue[x] / revenueSum * total.revenue : 0)
    }
  }
}

extension MarkovChain {
  /// - Throws: `.unsolvable` when a system is not solved to a residual of 1e-12.
  package func removalEffects(by method: ChainSolution.Method = .cheapest) throws(AttributionError) -> RemovalEffects {
    var effects = RemovalEffects(keys: keyCount)
    effects.states = stateCount
    guard conversions.contains(where: { $0.conversions > 0 }) else { return effects }
    let solution = try ChainSolution(self, by: method)
    effects.conversionProbability = solution.all.conversions
    effects.residual = solution.residual
    let states = statesByKey()
    // Each on its own, so that no bit depends on how many run at once.
    let losses = Mutex<[Result<(Credit, residual: Double), AttributionError>?]>(Array(repeating: nil, count: keyCount))
    DispatchQueue.concurrentPerform(iterations: keyCount) { key in
      let loss = Result { () throws(AttributionError) in try solution.loss(without: states[key]) }
      losses.withLock { $0[key] = loss }
    }
    for (key, result) in losses.withLock({ $0 }).enumerated() {
      guard let (loss, residual) = try result?.get() else { continue }
      effects.conversions[key] = loss.conversions / solution.all.conversions
      effects.revenue[key] = solution.all.revenue > 0 ? loss.revenue / solution.all.revenue : 0
      effects.residual = max(effects.residual, residual)
    }
    return effects
  }

  /// By key: the states that contain it.
  func statesByKey() -> [[Int]] {
    var states = [[Int]](repeating: [], count: keyCount)
    for state in starts.indices {
      for key in keys(of: state) where states[Int(key)].last != state { states[Int(key)].append(state) }
    }
    return states
  }
}
