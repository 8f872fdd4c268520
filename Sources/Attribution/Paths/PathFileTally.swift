/// The paths of a file, counted, and what their steps are called.
struct PathFileTally {
  var paths: PathTally<Credit>
  let steps: [String]
  /// By key, that is place in `steps` + 1.
  let isDirect: [Bool]

  func results(_ models: [AttributionModel], _ settings: ModelSettings) throws(AttributionError) -> [AttributionResult]
  {
    let summary = try PathSummary(paths, by: AttributionQuery.Dimensions.channel.text) { .init([steps[$0 - 1]]) }
    var results: [AttributionResult] = []
    for model in models { results.append(try summary.result(model, settings)) }
    return results
  }

  /// Journeys drawn anew: of every distinct path the conversions and the journeys that came to nothing are Poisson
  /// numbers around those that were seen, revenue goes with the conversions. Customers are not known here, so that
  /// journeys count as independent: intervals are too narrow where customers come back often.
  func resampled(_ needs: PathNeeds, _ settings: ModelSettings, seed: UInt64, _ number: Int) -> PathFileTally {
    var lots = SplitMix(seed: SplitMix.mix(seed) &+ UInt64(number))
    // Repeats have been dealt with.
    var counter = PathCounter(needs, repeats: .all, settings)
    counter.isDirect = isDirect
    var sample = PathTally<Credit>()
    paths.paths.forEach { path, sum, nulls in
      let credit = sum * Self.ratio(lots.poisson(sum.conversions), sum.conversions)
      let nulls = lots.poisson(nulls)
      sample.total += credit
      sample.nulls += nulls
      counter.add(path, ages: nil, keyCount: paths.seen.count, credit, nulls: nulls, into: &sample)
    }
    let unattributed = paths.unattributed
    sample.unattributed = unattributed * Self.ratio(lots.poisson(unattributed.conversions), unattributed.conversions)
    sample.total += sample.unattributed
    return PathFileTally(paths: sample, steps: steps, isDirect: isDirect)
  }

  private static func ratio(_ drawn: Double, _ seen: Double) -> Double { seen > 0 ? drawn / seen : 0 }
}
