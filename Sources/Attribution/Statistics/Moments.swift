/// Number, sum and sum of squares of some values.
package struct Moments: Sendable, Equatable {
  package let count: Int
  package let sum: Double
  package let sumOfSquares: Double

  package init(count: Int, sum: Double, sumOfSquares: Double) {
    self.count = count
    self.sum = sum
    self.sumOfSquares = sumOfSquares
  }

  package var mean: Double { sum / Double(count) }

  /// With n − 1 below; nil for a single value.
  package var variance: Double? {
    count > 1 ? max(0, centred(sumOfSquares, sum, sum, count)) / Double(count - 1) : nil
  }

  /// The interval of the mean by the normal law; nil for a single value.
  ///
  /// - Parameter critical: `Normal.critical(1 - level)`.
  package func meanInterval(_ critical: Double) -> ClosedRange<Double>? {
    guard let variance else { return nil }
    let reach = critical * (variance / Double(count)).squareRoot()
    return mean - reach...mean + reach
  }
}

/// Σxy − Σx Σy / n with the products rounded once: their difference is small where the mean is far from 0.
func centred(_ products: Double, _ first: Double, _ second: Double, _ count: Int) -> Double {
  let n = Double(count)
  let (left, right) = (n * products, first * second)
  // The part of each product that rounding took away (Dekker 1971).
  let rest = (-left).addingProduct(n, products) - (-right).addingProduct(first, second)
  return (left - right + rest) / n
}
