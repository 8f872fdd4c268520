extension SplitFinder {
  /// LightGBM's rules and their defaults. A set of categories is worth less than a threshold: there are so many that
  /// some fit by chance.
  enum CategoryRules {
    /// So few categories are split off one by one.
    static let oneByOne = 4
    /// Categories on the smaller side, at most.
    static let maximumSet = 32
    /// Added to λ.
    static let regularization = 10.0
    /// Added to H where categories are put in order; rarer categories than this stay on the right.
    static let smoothing = 10.0
    /// Rows between two places where a split is tried, and on the right, at least.
    static let minimumGroup: Int32 = 100
  }

  /// Missing and unknown values go right.
  func categorical(_ feature: Int, bins: Int, _ leaf: Leaf, parent: Double) -> SplitCandidate {
    bins <= CategoryRules.oneByOne
      ? oneAgainstOthers(feature, bins: bins, leaf, parent: parent)
      : sortedByGradient(feature, bins: bins, leaf, parent: parent)
  }

  private func oneAgainstOthers(_ feature: Int, bins: Int, _ leaf: Leaf, parent: Double) -> SplitCandidate {
    var best = SplitCandidate()
    var bestScore = parent
    for bin in 0..<bins {
      let left = leaf.histogram.sums(layout.offsets[feature] + bin)
      guard let score = score(left, leaf.sums - left, leaf), score > bestScore else { continue }
      bestScore = score
      var set = CodeSet()
      set.insert(UInt8(bin))
      best = SplitCandidate(gain: score, feature: feature, categories: set, left: left)
    }
    return best
  }

  /// With categories in the order of G / H the best of all 2^k sets is one of the k beginnings (Fisher 1958; Breiman et
  /// al. 1984, theorem 4.5); smoothing keeps rare ones from the ends.
  private func sortedByGradient(_ feature: Int, bins: Int, _ leaf: Leaf, parent: Double) -> SplitCandidate {
    let first = layout.offsets[feature]
    let ordered = (0..<bins)
      .map { bin -> (bin: Int, sums: LeafSums) in (bin, leaf.histogram.sums(first + bin)) }
      .filter { Double($0.sums.rows) >= CategoryRules.smoothing }
      .map { (bin: $0.bin, sums: $0.sums, ratio: ratio($0.sums, leaf)) }
      .sorted { ($0.ratio, $0.bin) < ($1.ratio, $1.bin) }
    let longest = min(CategoryRules.maximumSet, (ordered.count + 1) / 2)
    var best = SplitCandidate()
    var bestScore = parent
    for isReversed in [false, true] {
      var left = LeafSums()
      var group: Int32 = 0
      var set = CodeSet()
      for step in 0..<longest {
        let (bin, sums, _) = ordered[isReversed ? ordered.count - 1 - step : step]
        left = left + sums
        group += sums.rows
        set.insert(UInt8(bin))
        guard leaf.sums.rows - left.rows >= CategoryRules.minimumGroup else { break }
        guard group >= CategoryRules.minimumGroup,
          let score = score(left, leaf.sums - left, leaf, extraRegularization: CategoryRules.regularization)
        else { continue }
        group = 0
        if score > bestScore {
          bestScore = score
          best = SplitCandidate(
            gain: score, feature: feature, categories: set, extraRegularization: CategoryRules.regularization,
            left: left)
        }
      }
    }
    return best
  }

  private func ratio(_ sums: LeafSums, _ leaf: Leaf) -> Double {
    Double(sums.gradient) * leaf.quanta.gradient
      / (Double(sums.hessian) * leaf.quanta.hessian + CategoryRules.smoothing)
  }
}
