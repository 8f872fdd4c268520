import Foundation

extension AdditiveHazard {
  /// Below this change steps are on their way to a limit.
  private static let near = 1e-3

  /// Steps until the parameters stay where they are.
  ///
  /// Expectation maximisation comes near its limit slowly where keys explain the same conversions. Once it is near,
  /// every fourth step is followed by a leap in the logarithms of the parameters, from where they were zero, two and
  /// four steps ago (SQUAREM's third step length, Varadhan & Roland 2008; of two steps at once, because single ones
  /// alternate), which is taken if it is not less likely. The limit is that of plain steps.
  ///
  /// It is reached when a step changes the rate of conversions after a touch, β ω e^{-ω D}, by less than `tolerance` of
  /// itself, times the key's share of the conversions: the accuracy of credits. Where conversions follow the touches
  /// of a key at a constant rate the limit is at ω = 0, and the way there has no end but `mostSteps`: credits are then
  /// good to three digits or better.
  ///
  /// - Returns: whether the limit was reached.
  package mutating func converge(tolerance: Double = 1e-10, mostSteps: Int = 1000) -> Bool {
    var isNear = false
    var trail = [parameters]
    while steps < mostSteps {
      let before = parameters
      step()
      let change = change(since: before)
      if change <= tolerance { return true }
      isNear = isNear || change <= Self.near
      if !isNear { trail = [] }
      trail.append(parameters)
      guard trail.count == 5 else { continue }
      if let leap = Self.leap(trail[0], trail[2], trail[4]) { _ = attempt(leap) }
      trail = [parameters]
    }
    return false
  }

  private func change(since old: Parameters) -> Double {
    var (largest, all) = (0.0, 0.0)
    for (key, sum) in sums.enumerated() where sum.z > 0 {
      let rate = parameters.strength[key] * parameters.decay[key] / (old.strength[key] * old.decay[key])
      let meanDays = sum.w / sum.z
      largest = max(largest, sum.z * (abs(log(rate)) + abs(parameters.decay[key] - old.decay[key]) * meanDays))
      all += sum.z
    }
    return all > 0 ? largest / all : 0
  }

  private static func leap(_ start: Parameters, _ middle: Parameters, _ end: Parameters) -> Parameters? {
    var (moved, bent) = (0.0, 0.0)
    func lookAt(_ a: Double, _ b: Double, _ c: Double) {
      guard a > 0, b > 0, c > 0 else { return }
      let (first, second) = (log(b / a), log(c / b))
      moved += first * first
      bent += (second - first) * (second - first)
    }
    for key in start.strength.indices {
      lookAt(start.strength[key], middle.strength[key], end.strength[key])
      lookAt(start.decay[key], middle.decay[key], end.decay[key])
    }
    let length = (moved / bent).squareRoot()
    guard length > 1, length.isFinite else { return nil }
    func beyond(_ a: Double, _ b: Double, _ c: Double) -> Double {
      guard a > 0, b > 0, c > 0 else { return c }
      let (first, second) = (log(b / a), log(c / b))
      // From the end; never further than the logarithms hold good.
      let way = 2 * (length - 1) * first + (length * length - 1) * (second - first)
      return c * exp(min(3, max(-3, way)))
    }
    var leap = end
    for key in start.strength.indices {
      leap.strength[key] = beyond(start.strength[key], middle.strength[key], end.strength[key])
      leap.decay[key] = max(slowest, beyond(start.decay[key], middle.decay[key], end.decay[key]))
      if end.decay[key] == 0 { leap.decay[key] = 0 }
    }
    return leap
  }
}
