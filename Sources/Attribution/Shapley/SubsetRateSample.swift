/// Shapley values of the subset-rate game from random orders of arrival (Castro, Gómez & Tejada 2009), every order
/// drawn with its reverse (antithetic: Mitchell, Cooper, Frank & Holmes, JMLR 23 (2022)).
///
/// A set of keys begins to count when its last key arrives, so one pass over the sets gives the worth of all K sets
/// that an order goes through, and of those of its reverse. Values of an order add up to the overall rate, so the means
/// do too. Standard errors are those of the mean over pairs.
///
/// - Complexity: O(permutations · (sets · keys of a set + players)).
struct SubsetRateSample {
  private(set) var means: [Credit]
  private(set) var standardErrors: [Credit]

  init(_ table: PathTable, _ places: [Int32], players: Int, seed: UInt64, permutations: Int) {
    let pairs = max(2, (permutations + 1) / 2)
    var random = SplitMix(seed: seed)
    let weights = (0..<table.count).map { set in
      let credit = table.credits[set]
      return SIMD4(credit.conversions, credit.revenue, credit.conversions + table.nulls[set], 0)
    }
    let keys = table.steps.map { places[Int($0)] }
    let offsets = table.offsets

    var order = (0..<Int32(players)).map { $0 }
    var rank = order
    var forward = Array(repeating: SIMD4<Double>.zero, count: players)
    var backward = forward
    var pair = Array(repeating: SIMD2<Double>.zero, count: players)
    // Welford's running mean and sum of squared deviations.
    var mean = pair
    var squares = pair
    for drawn in 1...pairs {
      random.shuffle(&order)
      for (place, player) in order.enumerated() { rank[Int(player)] = Int32(place) }
      for place in 0..<players {
        forward[place] = .zero
        backward[place] = .zero
      }
      rank.withUnsafeBufferPointer { rank in
        for set in weights.indices {
          var first = Int32.max
          var last: Int32 = 0
          for place in offsets[set]..<offsets[set + 1] {
            let rank = rank[Int(keys[place])]
            first = min(first, rank)
            last = max(last, rank)
          }
          forward[Int(last)] += weights[set]
          backward[players - 1 - Int(first)] += weights[set]
        }
      }
      for place in 0..<players { pair[place] = .zero }
      addMarginals(of: forward, to: &pair) { Int(order[$0]) }
      addMarginals(of: backward, to: &pair) { Int(order[players - 1 - $0]) }
      for player in 0..<players {
        let value = pair[player] / 2
        let deviation = value - mean[player]
        mean[player] += deviation / Double(drawn)
        squares[player] += deviation * (value - mean[player])
      }
    }
    let freedom = Double(pairs) * Double(pairs - 1)
    means = mean.map { Credit(conversions: $0.x, revenue: $0.y) }
    standardErrors = squares.map {
      let error = ($0 / freedom).squareRoot()
      return Credit(conversions: error.x, revenue: error.y)
    }
  }
}

/// Adds what every player changes in the rate by arriving, from the journeys that begin to count then.
private func addMarginals(
  of arrivals: [SIMD4<Double>], to values: inout [SIMD2<Double>], player: (Int) -> Int
) {
  var sums = SIMD4<Double>.zero
  var before = SIMD2<Double>.zero
  for place in arrivals.indices {
    sums += arrivals[place]
    let rate = sums.z > 0 ? sums.lowHalf / sums.z : .zero
    values[player(place)] += rate - before
    before = rate
  }
}
