extension PathTable {
  /// Shapley credits of a game, on a table of sets (see `sets`).
  ///
  /// Players are the keys that occur in the table. Revenue is credited by the same game with val in place of conv above
  /// the fraction bar. Everything is exact but `subsetRate` with more than `largestExact` players, whose credits are
  /// means over random orders of arrival, with their standard errors.
  /// - Parameters:
  ///   - seed: of the random orders.
  ///   - permutations: orders drawn, each with its reverse (at least four, an even number); nil for 1,000 to 100,000,
  ///     the more the smaller the table. Errors are near normal only where the sets that matter to a key come about in
  ///     many orders: a small table is cheap to draw often.
  ///   - largestExact: players up to which all 2^players sets are valued (16 bytes each); at most 30.
  package func shapley(
    _ game: ShapleyGame, seed: UInt64 = 0, permutations: Int? = nil, largestExact: Int = 22
  ) -> KeyCredits {
    switch game {
    case .subsetConversions: subsetConversions()
    case .exactSet: exactSet()
    case .subsetRate:
      subsetRate(
        seed: seed, permutations: permutations ?? affordablePermutations, largestExact: min(30, largestExact))
    case .perSetRate: perSetRate()
    }
  }

  /// What 200 million visits of a key in an order allow: about a second.
  private var affordablePermutations: Int { min(100_000, max(1000, 200_000_000 / (steps.count + keyCount + 1))) }

  /// φ_x = Σ_{T ∋ x} conv(T) / |T|: the Shapley value of a sum of unanimity games.
  private func subsetConversions() -> KeyCredits {
    var result = KeyCredits(keys: keyCount)
    for set in 0..<count {
      let share = credits[set] * (1 / Double(self[set].count))
      for key in self[set] { result.credits[Int(key)] += share }
    }
    return result
  }

  /// v is 0 but on the sets that were observed, so φ_x is a sum over those alone: x completes a T that holds it in
  /// (|T|-1)! (K-|T|)! / K! of all orders, and arrives right after a T that does not in |T|! (K-|T|-1)! / K!.
  ///
  /// - Complexity: O(sets · keys of a set).
  private func exactSet() -> KeyCredits {
    let players = occurringKeys
    let weights = ShapleyWeights(players: players.count)
    var result = KeyCredits(keys: keyCount)
    var left = Credit.zero
    var all = Credit.zero
    for set in 0..<count {
      let size = self[set].count
      left += credits[set] * weights.left[size]
      let change = credits[set] * weights.change[size]
      for key in self[set] { result.credits[Int(key)] += change }
      if size == players.count { all += credits[set] }
    }
    for key in players { result.credits[key] += left * -1 }
    result.sum = all
    return result
  }
}
