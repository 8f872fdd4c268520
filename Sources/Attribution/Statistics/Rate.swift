/// A share of customers: so many of so many.
package struct Rate: Sendable, Equatable {
  package let hits: Int
  /// At least `hits`.
  package let trials: Int

  package init(_ hits: Int, of trials: Int) {
    self.hits = hits
    self.trials = trials
  }

  /// Nil of none.
  package var value: Double? { trials > 0 ? Double(hits) / Double(trials) : nil }

  /// The interval of Wilson (1927): the rates from which the observed one is not further than `critical` standard
  /// errors. It stays inside 0 to 1 and is no point at 0 or 1. Nil of no trials.
  ///
  /// - Parameter critical: `Normal.critical(1 - level)`.
  package func interval(_ critical: Double) -> ClosedRange<Double>? {
    guard trials > 0 else { return nil }
    let (n, square) = (Double(trials), critical * critical)
    let (x, y) = (Double(hits), Double(trials - hits))
    let reach = critical * (x * y / n + square / 4).squareRoot()
    // The ends are exact at 0 and 1, where the two terms cancel.
    let low = hits == 0 ? 0 : (x + square / 2 - reach) / (n + square)
    let high = hits == trials ? 1 : (x + square / 2 + reach) / (n + square)
    return low...high
  }
}

/// Two rates of independent customers against each other.
package struct TwoRates: Sendable, Equatable {
  /// Second less first.
  package let difference: Double
  /// In which the difference lies, as often as the level says: the hybrid score interval of Newcombe (1998, method 10).
  package let interval: ClosedRange<Double>
  /// How often chance alone makes a difference as large, either way: the score test with the pooled rate. 1 when nobody
  /// or everybody did it in both groups.
  package let pValue: Double

  /// Nil unless both have a trial.
  package init?(_ first: Rate, _ second: Rate, level: Double) {
    let critical = Normal.critical(1 - level)
    guard let a = first.value, let b = second.value, let around = first.interval(critical),
      let other = second.interval(critical)
    else { return nil }
    difference = b - a
    func length(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
    let low = difference - length(b - other.lowerBound, around.upperBound - a)
    interval = low...max(low, difference + length(other.upperBound - b, a - around.lowerBound))
    let pooled = Double(first.hits + second.hits) / Double(first.trials + second.trials)
    let variance = pooled * (1 - pooled) * (1 / Double(first.trials) + 1 / Double(second.trials))
    pValue = variance > 0 ? Normal.twoSided(difference / variance.squareRoot()) : 1
  }
}
