import Foundation

extension PathTable {
  /// What a set would convert less without each of its keys, by a regression on all sets: a deterministic model in the
  /// manner of GA4's data-driven attribution, on a table of sets.
  ///
  /// `RidgeLogistic` with λ = 1 gives p(s) = 1 / (1 + e^-(intercept + Σ_{x ∈ s} β_x)). In every set key x is worth
  /// max(0, p(s) - p(s ∖ x)); conversions and revenue of the set are divided in proportion, equally if all are 0 (no
  /// key of the set helps, or only one outcome was seen at all). The credits of a set are never negative.
  ///
  /// - Throws: `AttributionError` `.unsolvable`, as `RidgeLogistic`.
  /// - Complexity: O(sets · keys²) for each of Newton's steps, and keys³ of all keys.
  package func logisticCounterfactual() throws(AttributionError) -> KeyCredits {
    let model = try RidgeLogistic(self, conversions: credits.map(\.conversions), nulls: nulls, keys: occurringKeys)
    var result = KeyCredits(keys: keyCount)
    result.credits.divide(self) { set, worths in
      let score = self[set].reduce(model.intercept) { $0 + model.coefficients[Int($1)] }
      for key in self[set] {
        let coefficient = model.coefficients[Int(key)]
        // σ(a) - σ(a - β) = σ(a) σ(β - a) (1 - e^-β), without cancellation.
        worths.append(coefficient > 0 ? sigmoid(score) * sigmoid(coefficient - score) * -expm1(-coefficient) : 0)
      }
    }
    return result
  }
}

private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

extension [Credit] {
  /// Adds every set's credit to its keys, in proportion to their worths, equally if all are 0.
  ///
  /// - Parameter worths: appends those of a set's keys, none negative.
  mutating func divide(_ sets: PathTable, by worths: (_ set: Int, _ worths: inout [Double]) -> Void) {
    var parts: [Double] = []
    for set in 0..<sets.count where sets.credits[set] != .zero {
      parts.removeAll(keepingCapacity: true)
      worths(set, &parts)
      let sum = parts.reduce(0, +)
      for (key, part) in zip(sets[set], parts) {
        self[Int(key)] += sets.credits[set] * (sum > 0 ? part / sum : 1 / Double(parts.count))
      }
    }
  }
}
