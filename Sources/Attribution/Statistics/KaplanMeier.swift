import Foundation

/// The share that an event has not happened to, as time goes on, when not everybody is watched to the end.
///
/// The product-limit estimate of Kaplan & Meier (1958): S(t) = Π (1 − dᵢ/nᵢ) over the times tᵢ ≤ t at which events
/// happen, dᵢ events among nᵢ who are watched up to tᵢ. Who leaves at tᵢ is still watched there. n log n for the sorting.
package struct KaplanMeier: Sendable, Equatable {
  package struct Point: Sendable, Equatable {
    package let time: Int64
    package let atRisk: Int
    package let events: Int
    /// Behind this time.
    package let survival: Double
    /// Greenwood's (1926) Σ dᵢ/(nᵢ (nᵢ − dᵢ)): the relative variance of the survival.
    package let relativeVariance: Double
  }

  /// One for each time at which an event happens.
  package let points: [Point]

  /// - Parameters:
  ///   - events: times at which it happened.
  ///   - censored: times at which watching ended before it happened.
  ///   - watchedToEnd: how many it did not happen to and who were watched longer than any event took.
  package init(events: [Int64], censored: [Int64], watchedToEnd: Int = 0) {
    let (events, censored) = (events.sorted(), censored.sorted())
    var points: [Point] = []
    var (survival, variance) = (1.0, 0.0)
    var (event, left) = (0, 0)
    while event < events.count {
      let time = events[event]
      let first = event
      while event < events.count && events[event] == time { event += 1 }
      while left < censored.count && censored[left] < time { left += 1 }
      let atRisk = events.count - first + censored.count - left + watchedToEnd
      let count = event - first
      survival *= Double(atRisk - count) / Double(atRisk)
      variance += atRisk > count ? Double(count) / (Double(atRisk) * Double(atRisk - count)) : 0
      points.append(
        Point(time: time, atRisk: atRisk, events: count, survival: survival, relativeVariance: variance))
    }
    self.points = points
  }
}

extension KaplanMeier.Point {
  /// The interval of the survival on the scale of log(−log S), which stays inside 0 to 1 (Kalbfleisch & Prentice 1980).
  ///
  /// - Parameter critical: `Normal.critical(1 - level)`.
  package func interval(_ critical: Double) -> ClosedRange<Double> {
    guard survival > 0, survival < 1 else { return survival...survival }
    let reach = critical * relativeVariance.squareRoot() / abs(log(survival))
    return pow(survival, exp(reach))...pow(survival, exp(-reach))
  }
}
