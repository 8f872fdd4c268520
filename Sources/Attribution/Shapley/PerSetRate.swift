extension PathTable {
  /// For a converting set T of n keys the worths are 0 but on the converting sets U ⊆ T, so with `ShapleyWeights`
  /// φ_x(T) = Σ_{U ⊆ T, U ∋ x} change_n(|U|) v(U) - Σ_{U ⊆ T} left_n(|U|) v(U). These add up to v(T), which is above 0
  /// as T converts: no game is degenerate. φ_x(T) is scaled by conv(T) / v(T), for revenue by val(T) / v(T), so that
  /// revenue is divided in the fractions of the conversions.
  ///
  /// The first sum is gathered by U over all T, so that a pair U ⊆ T costs no more than two additions whatever its
  /// size. Revenue of sets without a conversion has no game: it is divided equally among the set's keys.
  ///
  /// - Complexity: O(keys of the sets + pairs U ⊆ T + sets² / 512 at worst, to find them).
  func perSetRate() -> KeyCredits {
    let index = SubsetIndex(self, (0..<count).filter { credits[$0].conversions > 0 })
    let sizes = index.sets.map { self[$0].count }
    let rates = index.sets.map { credits[$0].conversions / (credits[$0].conversions + nulls[$0]) }
    var weights: [ShapleyWeights?] = Array(repeating: nil, count: (sizes.max() ?? 0) + 1)
    for size in Set(sizes) { weights[size] = ShapleyWeights(players: size) }

    var result = KeyCredits(keys: keyCount)
    var gathered = Array(repeating: Credit.zero, count: index.sets.count)
    for place in index.sets.indices {
      let set = index.sets[place]
      guard let weights = weights[sizes[place]] else { continue }
      let scaled = credits[set] * (1 / rates[place])
      var left = 0.0
      index.subsets(of: place) { subset in
        left += weights.left[sizes[subset]] * rates[subset]
        gathered[subset] += scaled * weights.change[sizes[subset]]
      }
      for key in self[set] { result.credits[Int(key)] += scaled * -left }
    }
    for place in index.sets.indices {
      let credit = gathered[place] * rates[place]
      for key in self[index.sets[place]] { result.credits[Int(key)] += credit }
    }
    for set in 0..<count where credits[set].conversions == 0 && credits[set].revenue != 0 {
      let share = credits[set] * (1 / Double(self[set].count))
      for key in self[set] { result.credits[Int(key)] += share }
    }
    return result
  }
}
