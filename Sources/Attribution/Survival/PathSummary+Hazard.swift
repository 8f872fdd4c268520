extension PathSummary {
  func additiveHazard() -> AttributionResult {
    var hazard = AdditiveHazard(exposures)
    let converged = hazard.converge()
    var result = result(.additiveHazard, KeyCredits(hazard.credits))
    let places = Dictionary(uniqueKeysWithValues: zip(keys, keys.indices))
    for row in result.rows.indices {
      guard let place = places[result.rows[row].key] else { continue }
      let decay = hazard.parameters.decay[place]
      result.rows[row].hazard = .init(
        strength: hazard.parameters.strength[place], decayPerDay: decay > 0 ? decay : nil)
    }
    result.fit = .init(logLikelihood: hazard.logLikelihood, steps: hazard.steps, converged: converged)
    return result
  }
}
