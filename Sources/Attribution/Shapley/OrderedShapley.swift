/// Credits by key and by place in the path.
package struct OrderedCredits: Sendable, Equatable {
  /// By key, by position: at 0 what the key gets for being the first touch of a path, at 1 the second, ... up to the
  /// last position at which it occurs.
  package var credits: [[Credit]]

  /// By key.
  package var totals: KeyCredits {
    KeyCredits(credits.map { positions in positions.reduce(into: .zero) { $0 += $1 } })
  }
}

extension PathTable {
  /// Shapley with an eye for order (Zhao, Mahboobi & Bagheri 2018, "Shapley value methods for attribution modeling in
  /// online advertising"), on a table of paths.
  ///
  /// A key's share of a path in the subset-conversions game, one over the path's distinct keys, is divided equally over
  /// its occurrences in the path and booked by their positions. A key's positions add up to its credit in that game.
  ///
  /// - Complexity: O(steps); memory for the keys' last positions.
  package func orderedShapley() -> OrderedCredits {
    var result = OrderedCredits(credits: Array(repeating: [], count: keyCount))
    var occurrences = Array(repeating: 0, count: keyCount)
    for path in 0..<count {
      var distinct = 0
      for step in self[path] {
        if occurrences[Int(step)] == 0 { distinct += 1 }
        occurrences[Int(step)] += 1
      }
      for (position, step) in self[path].enumerated() {
        let key = Int(step)
        let missing = position + 1 - result.credits[key].count
        if missing > 0 { result.credits[key].append(contentsOf: repeatElement(.zero, count: missing)) }
        result.credits[key][position] += credits[path] * (1 / Double(distinct * occurrences[key]))
      }
      for step in self[path] { occurrences[Int(step)] = 0 }
    }
    return result
  }
}
