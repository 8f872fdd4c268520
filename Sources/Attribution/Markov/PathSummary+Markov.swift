extension PathSummary {
  func markov(_ settings: ModelSettings) throws(AttributionError) -> AttributionResult {
    var scores: MarkovOrders?
    let order: Int
    switch settings.order {
    case .fixed(let fixed): order = fixed
    case .auto:
      let orders = try paths.bestOrder(
        maximum: ModelSettings.highestTried, seed: settings.seed, withNulls: settings.withNulls)
      scores = orders
      order = orders.best
    }
    // Of order 1 it is counted without keeping paths.
    let chain =
      settings.order == .fixed(1) ? self.chain : try MarkovChain(paths, order: order, withNulls: settings.withNulls)
    let effects = try chain.removalEffects()
    var result = result(.markov, KeyCredits(effects.credits(of: attributed)))
    let places = Dictionary(uniqueKeysWithValues: zip(keys, keys.indices))
    for row in result.rows.indices {
      guard let place = places[result.rows[row].key] else { continue }
      result.rows[row].removalEffect = effects.conversions[place]
      result.rows[row].removalEffectRevenue = effects.revenue[place]
    }
    // Revenue that a file books to paths without a conversion has no effect to be divided by.
    if !effects.revenue.contains(where: { $0 > 0 }) { result.unattributed.revenue += attributed.revenue }
    result.conversionProbability = effects.conversionProbability
    result.order = order
    result.states = effects.states
    result.residual = effects.residual
    result.orders = scores?.scores.map { .init(order: $0.order, negativeLogLikelihood: $0.negativeLogLikelihood) }
    if settings.sequences > 0 {
      result.sequences = try chain.sequenceEffects(count: settings.sequences).map {
        .init(keys: $0.keys.map { keys[$0] }, removalEffect: $0.conversions, removalEffectRevenue: $0.revenue)
      }
    }
    return result
  }
}
