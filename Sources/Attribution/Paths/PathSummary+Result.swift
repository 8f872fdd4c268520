extension PathSummary {
  /// What a model makes of the paths.
  ///
  /// - Throws: `.unsolvable` with the reason.
  func result(_ model: AttributionModel, _ settings: ModelSettings) throws(AttributionError) -> AttributionResult {
    switch model {
    case .first: return result(model, KeyCredits(firstCredits))
    case .last: return result(model, KeyCredits(lastCredits))
    case .lastNonDirect: return result(model, KeyCredits(lastNonDirect))
    case .linear: return result(model, KeyCredits(linearCredits))
    case .linearUnique: return result(model, KeyCredits(linearUniqueCredits))
    case .position: return result(model, KeyCredits(positionCredits(settings.weights)))
    case .timeDecay: return result(model, KeyCredits(timeDecay))
    case .decaySteps: return result(model, KeyCredits(stepDecay))
    case .participation:
      let credits = participationCredits
      return result(model, KeyCredits(credits, sum: credits.reduce(.zero, +)))
    case .shapley:
      // The subset game is a sum of unanimity games: a set's conversions are shared equally by its keys.
      let credits =
        settings.game == .subsetConversions
        ? KeyCredits(linearUniqueCredits) : sets.shapley(settings.game, seed: settings.seed)
      var result = result(model, credits)
      result.game = settings.game
      return result
    case .orderedShapley: return orderedShapley()
    case .leaveOneOut: return result(model, paths.leaveOneOut())
    case .shaoLi: return result(model, sets.shaoLi())
    case .ridgeLogistic: return result(model, try sets.logisticCounterfactual())
    case .baggedLogistic: return result(model, try sets.baggedLogistic(seed: settings.seed))
    case .additiveHazard: return additiveHazard()
    case .markov: return try markov(settings)
    }
  }

  private func orderedShapley() -> AttributionResult {
    let ordered = paths.orderedShapley()
    var result = result(.orderedShapley, ordered.totals)
    let places = Dictionary(uniqueKeysWithValues: zip(keys, keys.indices))
    for row in result.rows.indices {
      guard let place = places[result.rows[row].key] else { continue }
      result.rows[row].positions = ordered.credits[place].map { .init($0) }
    }
    return result
  }

  func result(_ model: AttributionModel, _ credits: KeyCredits) -> AttributionResult {
    var rows = keys.indices.map { place in
      AttributionResult.Row(
        key: keys[place], conversions: credits.credits[place].conversions, revenue: credits.credits[place].revenue,
        share: total.conversions > 0 ? credits.credits[place].conversions / total.conversions : 0,
        standardError: credits.standardErrors?[place].conversions,
        standardErrorRevenue: credits.standardErrors?[place].revenue)
    }
    rows.sort { $0.conversions != $1.conversions ? $0.conversions > $1.conversions : $0.key < $1.key }
    return AttributionResult(
      model: model, by: by,
      totals: .init(journeys: journeys, conversions: total.conversions, revenue: total.revenue), rows: rows,
      unattributed: .init(unattributed), sum: credits.sum.map { .init($0) })
  }
}

extension AttributionResult.Credit {
  init(_ credit: Credit) { self.init(conversions: credit.conversions, revenue: credit.revenue) }
}
