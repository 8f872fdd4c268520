/// Finds the split of a leaf that lowers the second-order model of the loss most.
///
/// With G and H the sums of g and h, a leaf of value w has the loss G w + ½ (H + λ) w², least at w = -G / (H + λ). The
/// gain of a split is what twice the loss falls by: G_L² / (H_L + λ) + G_R² / (H_R + λ) - G² / (H + λ) (Chen &
/// Guestrin 2016, equation 7). Where monotone constraints bound the values, w is cut off at the bounds and a split
/// whose two values are in the wrong order is none.
struct SplitFinder: Sendable {
  let features: [FeatureBins]
  let layout: HistogramLayout
  /// For each feature -1, 0 or 1.
  let monotone: [Int]
  let minimumRows: Int32
  let minimumHessian: Double
  let regularization: Double
  /// A gain must be a larger share of the score than rounding can feign.
  static let minimumShare = 1e-12

  var isConstrained: Bool { monotone.contains { $0 != 0 } }

  /// The leaf that is to be split.
  struct Leaf {
    let histogram: Histogram
    let sums: LeafSums
    let quanta: GradientBuffer.Quanta
    let bounds: ClosedRange<Double>
  }

  /// - Parameter isSampled: which features may be split.
  func best(_ leaf: Leaf, features range: Range<Int>, isSampled: [Bool]) -> SplitCandidate {
    var best = SplitCandidate()
    guard leaf.sums.rows >= 2 * minimumRows else { return best }
    let parent = score(leaf.sums, leaf, regularization)
    for feature in range where isSampled[feature] {
      var candidate =
        switch features[feature].kind {
        case .numeric:
          isConstrained ? constrained(feature, leaf, parent: parent) : numeric(feature, leaf, parent: parent)
        case .categorical(let codes): categorical(feature, bins: codes.count, leaf, parent: parent)
        }
      guard candidate.isFound, candidate.gain - parent > candidate.gain * Self.minimumShare else { continue }
      candidate.gain -= parent
      if candidate.isBetter(than: best) { best = candidate }
    }
    return best
  }

  /// Without constraints: from the last bin down with missing values on the left, then, where there are any, from the
  /// first bin up with missing values on the right.
  private func numeric(_ feature: Int, _ leaf: Leaf, parent: Double) -> SplitCandidate {
    let bins = features[feature]
    let first = layout.offsets[feature]
    let (gradients, hessians) = (leaf.histogram.gradients + first, leaf.histogram.hessians + first)
    let counts = leaf.histogram.counts + first
    let (unitG, unitH) = (leaf.quanta.gradient, leaf.quanta.hessian)
    let (totalG, totalH) = (Double(leaf.sums.gradient) * unitG, Double(leaf.sums.hessian) * unitH)
    let rows = leaf.sums.rows
    let missingRows = bins.hasMissing ? counts[bins.count] : 0
    var bestScore = parent
    var best = SplitCandidate()

    var right = LeafSums()
    var bin = bins.count - 1
    while bin > 0 {
      right.gradient &+= gradients[bin]
      right.hessian &+= hessians[bin]
      right.rows &+= counts[bin]
      bin -= 1
      if right.rows < minimumRows { continue }
      if rows &- right.rows < minimumRows { break }
      let (rightG, rightH) = (Double(right.gradient) * unitG, Double(right.hessian) * unitH)
      let (leftG, leftH) = (totalG - rightG, totalH - rightH)
      if rightH < minimumHessian { continue }
      if leftH < minimumHessian { break }
      let a = leftH + regularization
      let b = rightH + regularization
      let score = (leftG * leftG * b + rightG * rightG * a) / (a * b)
      if score > bestScore {
        bestScore = score
        best.gain = score
        best.feature = feature
        best.bin = bin
        best.left = leaf.sums - right
      }
    }
    best.missingGoesLeft = missingRows > 0 || 2 * best.left.rows >= rows
    if missingRows == 0 { return best }

    var left = LeafSums()
    let end = bins.extremes?.upperBound == .infinity ? bins.count - 1 : bins.count
    for bin in 0..<end {
      left.gradient &+= gradients[bin]
      left.hessian &+= hessians[bin]
      left.rows &+= counts[bin]
      if left.rows < minimumRows { continue }
      if rows &- left.rows < minimumRows { break }
      let (leftG, leftH) = (Double(left.gradient) * unitG, Double(left.hessian) * unitH)
      let (rightG, rightH) = (totalG - leftG, totalH - leftH)
      if leftH < minimumHessian { continue }
      if rightH < minimumHessian { break }
      let a = leftH + regularization
      let b = rightH + regularization
      let score = (leftG * leftG * b + rightG * rightG * a) / (a * b)
      if score > bestScore {
        bestScore = score
        best.gain = score
        best.feature = feature
        best.bin = bin
        best.missingGoesLeft = false
        best.left = left
      }
    }
    return best
  }

  /// The same with bounds on the values, and the constraint of this feature.
  private func constrained(_ feature: Int, _ leaf: Leaf, parent: Double) -> SplitCandidate {
    let bins = features[feature]
    let histogram = leaf.histogram
    let first = layout.offsets[feature]
    let missing = bins.hasMissing ? histogram.sums(first + bins.count) : LeafSums()
    var bestScore = parent
    var best = SplitCandidate()
    var right = LeafSums()
    for bin in stride(from: bins.count - 1, to: 0, by: -1) {
      right = right + histogram.sums(first + bin)
      let left = leaf.sums - right
      guard let score = score(left, right, leaf, monotone: monotone[feature]), score > bestScore else { continue }
      bestScore = score
      best = SplitCandidate(
        gain: score, feature: feature, bin: bin - 1,
        missingGoesLeft: missing.rows > 0 || 2 * left.rows >= leaf.sums.rows, left: left)
    }
    if missing.rows == 0 { return best }
    var left = LeafSums()
    let end = bins.extremes?.upperBound == .infinity ? bins.count - 1 : bins.count
    for bin in 0..<end {
      left = left + histogram.sums(first + bin)
      guard let score = score(left, leaf.sums - left, leaf, monotone: monotone[feature]), score > bestScore else {
        continue
      }
      bestScore = score
      best = SplitCandidate(gain: score, feature: feature, bin: bin, missingGoesLeft: false, left: left)
    }
    return best
  }

  /// The score of two children; nil where one is too small or their values are in the wrong order.
  func score(
    _ left: LeafSums, _ right: LeafSums, _ leaf: Leaf, monotone: Int = 0, extraRegularization: Double = 0
  ) -> Double? {
    let regularization = regularization + extraRegularization
    guard left.rows >= minimumRows, right.rows >= minimumRows,
      Double(left.hessian) * leaf.quanta.hessian >= minimumHessian,
      Double(right.hessian) * leaf.quanta.hessian >= minimumHessian
    else { return nil }
    if monotone != 0 {
      let rise = value(right, leaf, regularization) - value(left, leaf, regularization)
      if rise * Double(monotone) < 0 { return nil }
    }
    return score(left, leaf, regularization) + score(right, leaf, regularization)
  }

  /// -(2 G w + (H + λ) w²) at the best w that the bounds allow.
  private func score(_ sums: LeafSums, _ leaf: Leaf, _ regularization: Double) -> Double {
    let g = Double(sums.gradient) * leaf.quanta.gradient
    let h = Double(sums.hessian) * leaf.quanta.hessian + regularization
    guard isConstrained else { return h > 0 ? g * g / h : 0 }
    let w = value(sums, leaf, regularization)
    return -(2 * g * w + h * w * w)
  }

  /// The value of a leaf of these rows.
  func value(_ sums: LeafSums, _ leaf: Leaf, _ regularization: Double) -> Double {
    Self.value(
      gradient: Double(sums.gradient) * leaf.quanta.gradient, hessian: Double(sums.hessian) * leaf.quanta.hessian,
      regularization: regularization, bounds: leaf.bounds)
  }

  static func value(
    gradient: Double, hessian: Double, regularization: Double, bounds: ClosedRange<Double>
  ) -> Double {
    let h = hessian + regularization
    let value = h > 0 ? -gradient / h : 0
    return min(max(value, bounds.lowerBound), bounds.upperBound)
  }
}

extension Histogram {
  @inline(__always) func sums(_ slot: Int) -> LeafSums {
    LeafSums(gradient: gradients[slot], hessian: hessians[slot], rows: counts[slot])
  }
}
