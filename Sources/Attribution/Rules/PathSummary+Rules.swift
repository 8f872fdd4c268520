/// The rules: what each gives is a sum over touches, weighted by where in its path a touch stands.
extension PathSummary {
  var firstCredits: [Credit] { sum((first, { _ in 1 })) }

  var lastCredits: [Credit] { sum((last, { _ in 1 })) }

  var linearCredits: [Credit] { sum((touches, { 1 / Double($0) })) }

  /// Every touch gets the share of the others; first, middle and last ones what they have beyond it.
  func positionCredits(_ weights: PositionWeights) -> [Credit] {
    sum(
      (touches, { weights.shares(touches: $0).other }),
      (first, { weights.shares(touches: $0).first - weights.shares(touches: $0).other }),
      (last, { $0 == 1 ? 0 : weights.shares(touches: $0).last - weights.shares(touches: $0).other }),
      (middle, { weights.middle == 0 ? 0 : weights.shares(touches: $0).middle - weights.shares(touches: $0).other }))
  }

  var linearUniqueCredits: [Credit] { sum((distinct, { 1 / Double($0) })) }

  var participationCredits: [Credit] { sum((distinct, { _ in 1 })) }

  /// - Parameter terms: sums by number of touches, and what a touch gets there.
  private func sum(_ terms: ([ByLength], (Int) -> Double)...) -> [Credit] {
    var credits = [Credit](repeating: .zero, count: keys.count)
    for (sums, share) in terms {
      for sum in sums { credits[sum.key] += sum.credit * share(sum.length) }
    }
    return credits
  }
}
