extension PathTable {
  /// The simple probabilistic model of second order (Shao & Li, "Data-driven multi-touch attribution models", KDD
  /// 2011), on a table of sets.
  ///
  /// p(x) and p(x, y) are the rates conv / (conv + null) among journeys that touch x, and both x and y. In a set s
  /// C_s(x) = p(x) + Σ_{y ∈ s∖x} (p(x, y) - p(x) - p(y)) / (2 (|s| - 1)), just p(x) if x is alone. A key's score is
  /// Σ_s conv(s) C_s(x), for revenue Σ_s val(s) C_s(x); the totals are divided in proportion to the scores.
  ///
  /// A score can be negative, and then the credit is. The scores' sum is not: the C of a set add up to its mean
  /// Σ_{x<y ∈ s} p(x, y) / (|s| - 1), above 0 where the set converts. Revenue that only sets without a conversion
  /// bring can leave no score; it is divided equally among the keys of each set.
  ///
  /// - Complexity: O(sets · keys²) time, memory for the pairs of keys that occur together.
  package func shaoLi() -> KeyCredits {
    var alone = Array(repeating: KeySums.zero, count: keyCount)
    var pairs = SymmetricSums(keys: keyCount)
    for set in 0..<count {
      let keys = self[set]
      let credit = credits[set]
      let journeys = credit.conversions + nulls[set]
      let single = KeySums(credit.conversions, journeys, credit.conversions, credit.revenue)
      for key in keys { alone[Int(key)] += single }
      guard keys.count > 1 else { continue }
      let factor = 1 / Double(2 * (keys.count - 1))
      let paired = KeySums(credit.conversions, journeys, credit.conversions * factor, credit.revenue * factor)
      for place in keys.indices {
        for other in keys.startIndex..<place { pairs.add(paired, Int(keys[place]), Int(keys[other])) }
      }
    }

    let rates = alone.map { rate($0) }
    // Conversions and revenue.
    var scores = zip(alone, rates).map { $0.highHalf * $1 }
    pairs.visit { x, y, sums in
      let joint = sums.highHalf * (rate(sums) - rates[x] - rates[y])
      scores[x] += joint
      scores[y] += joint
    }
    let sum = scores.reduce(.zero, +)
    let total = total
    // With nothing to divide by, the linear rule: 0 for conversions, for there are none then.
    var result = sum.min() > 0 ? KeyCredits(keys: keyCount) : shapley(.subsetConversions)
    for key in scores.indices {
      if sum.x > 0 { result.credits[key].conversions = scores[key].x / sum.x * total.conversions }
      if sum.y > 0 { result.credits[key].revenue = scores[key].y / sum.y * total.revenue }
    }
    return result
  }
}

/// Conversions, journeys, and conversions and revenue as a score weighs them.
private typealias KeySums = SIMD4<Double>

private func rate(_ sums: KeySums) -> Double { sums.x > 0 ? sums.x / sums.y : 0 }

/// Sums by pair of different keys: a dense triangle while it is small, a hash table beyond.
private struct SymmetricSums {
  private static var mostDenseKeys: Int { 2000 }

  private var triangle: [KeySums] = []
  private var sparse = KeyedSums<KeySums>()

  init(keys: Int) {
    if keys <= Self.mostDenseKeys { triangle = Array(repeating: .zero, count: keys * max(0, keys - 1) / 2) }
  }

  /// Requires x > y.
  @inline(__always)
  mutating func add(_ sums: KeySums, _ x: Int, _ y: Int) {
    if triangle.isEmpty {
      sparse.add(sums, at: pair(x, y))
    } else {
      triangle[x &* (x &- 1) / 2 &+ y] += sums
    }
  }

  func visit(_ body: (_ x: Int, _ y: Int, KeySums) -> Void) {
    var (x, y) = (1, 0)
    for sums in triangle {
      if sums != .zero { body(x, y, sums) }
      y += 1
      if y == x { (x, y) = (x + 1, 0) }
    }
    for (key, sums) in sparse.sorted() { body(Int(key >> 32), Int(key & 0xFFFF_FFFF), sums) }
  }
}

extension SIMD4<Double>: Summable {}
