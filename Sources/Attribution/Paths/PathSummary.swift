/// What the models need to know of all paths, whether they came from events or from a file.
///
/// Key codes are places in `keys`, in ascending order wherever a list is sorted by them.
struct PathSummary {
  var by: String
  /// Of everything that touched a journey.
  var keys: [AttributionResult.Key]
  var journeys: Double
  var total: Credit
  /// Conversions without a touch.
  var unattributed: Credit
  /// By place in `keys`; empty unless asked for.
  var first: [Credit]
  var last: [Credit]
  var linear: [Credit]
  var chain: MarkovChain

  func result(_ model: AttributionModel) throws(AttributionError) -> AttributionResult {
    switch model {
    case .first: return result(model, first)
    case .last: return result(model, last)
    case .linear: return result(model, linear)
    case .markov:
      let effects = try chain.removalEffects()
      let attributed = Credit(
        conversions: total.conversions - unattributed.conversions, revenue: total.revenue - unattributed.revenue)
      var result = result(model, effects.credits(of: attributed), effects)
      result.conversionProbability = effects.conversionProbability
      // Revenue that a file books to paths without a conversion has no effect to be divided by.
      if !effects.revenue.contains(where: { $0 > 0 }) { result.unattributed.revenue += attributed.revenue }
      return result
    }
  }

  private func result(
    _ model: AttributionModel, _ credits: [Credit], _ effects: RemovalEffects? = nil
  ) -> AttributionResult {
    var rows = keys.indices.map { place in
      AttributionResult.Row(
        key: keys[place], conversions: credits[place].conversions, revenue: credits[place].revenue,
        share: total.conversions > 0 ? credits[place].conversions / total.conversions : 0,
        removalEffect: effects?.conversions[place], removalEffectRevenue: effects?.revenue[place])
    }
    rows.sort { $0.conversions != $1.conversions ? $0.conversions > $1.conversions : $0.key < $1.key }
    return AttributionResult(
      model: model, by: by,
      totals: .init(journeys: journeys, conversions: total.conversions, revenue: total.revenue), rows: rows,
      unattributed: .init(conversions: unattributed.conversions, revenue: unattributed.revenue))
  }
}
