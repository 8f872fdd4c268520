import Attribution

/// Shapley values by the definition: the mean over all orders of arrival. Sets are bit masks.
func naiveShapley(players: Int, worth: (Int) -> Credit) -> [Credit] {
  var values = Array(repeating: Credit.zero, count: players)
  var orders = 0.0
  func visit(_ here: Int, _ gained: [Credit]) {
    if here == 1 << players - 1 {
      orders += 1
      for player in 0..<players { values[player] += gained[player] }
      return
    }
    for player in 0..<players where here & 1 << player == 0 {
      let next = here | 1 << player
      var gained = gained
      gained[player] = worth(next)
      gained[player] += worth(here) * -1
      visit(next, gained)
    }
  }
  visit(0, values)
  return values.map { $0 * (1 / orders) }
}

/// Credits of a game by its definition alone, on a table of sets of at most a few keys that all occur.
func naiveShapley(_ sets: PathTable, _ game: ShapleyGame) -> [Credit] {
  let masks = (0..<sets.count).map { set in sets[set].reduce(0) { $0 | 1 << Int($1) } }
  func sums(_ mask: Int, subsets: Bool) -> (credit: Credit, journeys: Double) {
    var (credit, journeys) = (Credit.zero, 0.0)
    for set in masks.indices where subsets ? masks[set] & ~mask == 0 : masks[set] == mask {
      credit += sets.credits[set]
      journeys += sets.credits[set].conversions + sets.nulls[set]
    }
    return (credit, journeys)
  }
  switch game {
  case .subsetConversions:
    return naiveShapley(players: sets.keyCount) { sums($0, subsets: true).credit }
  case .exactSet:
    return naiveShapley(players: sets.keyCount) { sums($0, subsets: false).credit }
  case .subsetRate:
    return naiveShapley(players: sets.keyCount) { mask in
      let (credit, journeys) = sums(mask, subsets: true)
      return journeys > 0 ? credit * (1 / journeys) : .zero
    }
  case .perSetRate:
    var credits = Array(repeating: Credit.zero, count: sets.keyCount)
    for set in 0..<sets.count where sets.credits[set].conversions > 0 {
      let keys = sets[set].map { Int($0) }
      let values = naiveShapley(players: keys.count) { mask in
        let (credit, journeys) = sums(
          keys.indices.reduce(0) { mask & 1 << $1 != 0 ? $0 | 1 << keys[$1] : $0 }, subsets: false)
        return Credit(conversions: credit.conversions > 0 ? credit.conversions / journeys : 0, revenue: 0)
      }
      for (key, value) in zip(keys, values) {
        credits[key] += sets.credits[set] * (value.conversions / values.sum.conversions)
      }
    }
    return credits
  }
}
