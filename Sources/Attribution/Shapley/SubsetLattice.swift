/// A number for every subset of some players; player p is bit p of a subset's place.
struct SubsetLattice {
  let players: Int
  var values: [Double]

  init(players: Int) {
    self.players = players
    values = Array(repeating: 0, count: 1 << players)
  }

  /// Every subset gets the sum over its own subsets, itself included (the zeta transform, player by player).
  mutating func sumOverSubsets() {
    values.withUnsafeMutableBufferPointer { values in
      for player in 0..<players {
        let half = 1 << player
        for block in stride(from: 0, to: values.count, by: 2 * half) {
          for subset in block..<block &+ half { values[subset &+ half] += values[subset] }
        }
      }
    }
  }

  /// The Shapley value of every player where `values` are the worths; they are used up.
  ///
  /// With `ShapleyWeights` φ_x is a sum over the subsets with x less one over all. Folding the half with the last
  /// player onto the half without gives the first sums of all players in 2^players additions together, each the sum of
  /// numbers of like size.
  consuming func shapleyValues() -> [Double] {
    let weights = ShapleyWeights(players: players)
    var worths = values
    return worths.withUnsafeMutableBufferPointer { worths in
      let left = pairwiseSum(0..<worths.count) { worths[$0] * weights.left[$0.nonzeroBitCount] }
      for set in worths.indices { worths[set] *= weights.change[set.nonzeroBitCount] }
      var result = Array(repeating: 0.0, count: players)
      for player in stride(from: players - 1, through: 0, by: -1) {
        let half = 1 << player
        result[player] = pairwiseSum(half..<2 * half) { worths[$0] } - left
        for set in 0..<half { worths[set] += worths[set &+ half] }
      }
      return result
    }
  }
}

/// In halves, so that rounding grows with the logarithm of the count.
@inline(__always)
private func pairwiseSum(_ range: Range<Int>, _ term: (Int) -> Double) -> Double {
  // Blocks of 256 terms; the counts are powers of two.
  let block = min(256, range.count)
  var sums: [Double] = []
  for start in stride(from: range.lowerBound, to: range.upperBound, by: block) {
    var sum = 0.0
    for place in start..<start &+ block { sum += term(place) }
    sums.append(sum)
  }
  while sums.count > 1 {
    sums = stride(from: 0, to: sums.count, by: 2).map { sums[$0] + sums[$0 + 1] }
  }
  return sums[0]
}
