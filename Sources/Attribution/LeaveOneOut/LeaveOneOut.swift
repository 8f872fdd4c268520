extension PathTable {
  /// What a path loses without each of its touches, on a table of paths: the model of Google's fractribution, which
  /// calls itself Shapley and is not.
  ///
  /// With r(path) = conv / (conv + null) of exactly that path, 0 if it never occurs, touch j of a path is worth
  /// m_j = max(0, r(path) - r(path without touch j)). The path's conversions and revenue are divided in proportion to
  /// these; if all are 0 the last touch gets them. A path of one touch gives it everything.
  ///
  /// - Complexity: O(steps): the hash of a path without a step comes from those of what is before and behind it.
  package func leaveOneOut() -> KeyCredits {
    var places = PathIndex(capacity: count)
    for path in 0..<count { places.append(PathIndex.hash(self[path])) }

    var result = KeyCredits(keys: keyCount)
    var worths: [Double] = []
    // By step: the hash of all steps before it.
    var before: [UInt64] = []
    for path in 0..<count where credits[path] != .zero {
      let steps = self[path]
      let end = steps.endIndex
      let rate = rate(path)
      guard steps.count > 1, rate > 0 else {
        result.credits[Int(steps[end - 1])] += credits[path]
        continue
      }
      before.removeAll(keepingCapacity: true)
      worths.removeAll(keepingCapacity: true)
      var prefix: UInt64 = 0
      for step in steps {
        before.append(prefix)
        prefix = prefix &* PathIndex.base &+ PathIndex.hash(step)
      }
      // The hash of the steps behind j, and base to the power of their number.
      var suffix: UInt64 = 0
      var power: UInt64 = 1
      for j in steps.indices.reversed() {
        // In a run of the same step it is the same path whichever of them is left out.
        if j + 1 < end, steps[j] == steps[j + 1] {
          worths.append(worths[worths.count - 1])
        } else {
          let without = places.find(before[j - steps.startIndex] &* power &+ suffix) { candidate in
            let candidate = self[candidate]
            return candidate.count == steps.count - 1
              && candidate.prefix(j - steps.startIndex).elementsEqual(steps[..<j])
              && candidate.suffix(end - j - 1).elementsEqual(steps[(j + 1)...])
          }
          worths.append(max(0, rate - (without.map { self.rate($0) } ?? 0)))
        }
        suffix = suffix &+ power &* PathIndex.hash(steps[j])
        power = power &* PathIndex.base
      }
      let sum = worths.reduce(0, +)
      guard sum > 0 else {
        result.credits[Int(steps[end - 1])] += credits[path]
        continue
      }
      for (step, worth) in zip(steps.reversed(), worths) { result.credits[Int(step)] += credits[path] * (worth / sum) }
    }
    return result
  }

  private func rate(_ path: Int) -> Double {
    let conversions = credits[path].conversions
    return conversions > 0 ? conversions / (conversions + nulls[path]) : 0
  }
}
