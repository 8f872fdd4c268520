extension PathTable {
  /// The game of rates has no closed form: its sets are all valued, or orders of arrival drawn.
  func subsetRate(seed: UInt64, permutations: Int, largestExact: Int) -> KeyCredits {
    let players = occurringKeys
    let all = total
    let journeys = all.conversions + nulls.reduce(0, +)
    guard journeys > 0 else {
      var nothing = KeyCredits(keys: keyCount)
      nothing.sum = .zero
      return nothing
    }
    var places = Array(repeating: Int32(0), count: keyCount)
    for (place, key) in players.enumerated() { places[key] = Int32(place) }
    let values: [Credit]
    var errors: [Credit]?
    if players.count <= largestExact {
      values = latticeSubsetRate(places, players: players.count)
    } else {
      let sample = SubsetRateSample(self, places, players: players.count, seed: seed, permutations: permutations)
      values = sample.means
      errors = scattered(sample.standardErrors, players)
    }
    return KeyCredits(scattered(values, players), standardErrors: errors, sum: all * (1 / journeys))
  }

  /// Values of players in their keys' places.
  private func scattered(_ values: [Credit], _ players: [Int]) -> [Credit] {
    var result = Array(repeating: Credit.zero, count: keyCount)
    for (key, value) in zip(players, values) { result[key] = value }
    return result
  }

  /// Values all subsets of the players, a bit each.
  ///
  /// - Complexity: O(players · 2^players) time, 2^players · 16 bytes.
  private func latticeSubsetRate(_ places: [Int32], players: Int) -> [Credit] {
    let masks = (0..<count).map { set in self[set].reduce(0) { $0 | 1 << Int(places[Int($1)]) } }
    func sums(_ weight: (Int) -> Double) -> SubsetLattice {
      var lattice = SubsetLattice(players: players)
      for set in 0..<count { lattice.values[masks[set]] += weight(set) }
      lattice.sumOverSubsets()
      return lattice
    }
    let journeys = sums { credits[$0].conversions + nulls[$0] }
    func shapley(_ weight: (Int) -> Double) -> [Double] {
      var rates = sums(weight)
      for set in rates.values.indices {
        rates.values[set] = journeys.values[set] > 0 ? rates.values[set] / journeys.values[set] : 0
      }
      return rates.shapleyValues()
    }
    return zip(shapley { credits[$0].conversions }, shapley { credits[$0].revenue }).map {
      Credit(conversions: $0, revenue: $1)
    }
  }
}
