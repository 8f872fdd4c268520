/// Student's test of two means that need not have one variance (Welch 1947), with the degrees of freedom of
/// Satterthwaite (1946).
///
/// Its law holds for skewed money too by the central limit theorem, but wants some hundred values in the smaller group.
package struct WelchTest: Sendable, Equatable {
  package let standardError: Double
  package let degreesOfFreedom: Double

  /// Nil for a group of one value, or when no value differs from its group's mean.
  package init?(_ first: Moments, _ second: Moments) {
    guard let a = first.variance, let b = second.variance else { return nil }
    self.init((a, first.count), (b, second.count))
  }

  /// - Parameters: the sample variance of each group and its number of values.
  init?(_ first: (variance: Double, count: Int), _ second: (variance: Double, count: Int)) {
    let (ofFirst, ofSecond) = (first.variance / Double(first.count), second.variance / Double(second.count))
    let variance = ofFirst + ofSecond
    guard first.count > 1, second.count > 1, variance > 0, variance.isFinite else { return nil }
    standardError = variance.squareRoot()
    // Shares of the variance, so that no square of it leaves the range of a double.
    let (a, b) = (ofFirst / variance, ofSecond / variance)
    degreesOfFreedom = 1 / (a * a / Double(first.count - 1) + b * b / Double(second.count - 1))
  }

  /// How often chance alone makes a difference as large, either way.
  package func pValue(_ difference: Double) -> Double {
    StudentT(degreesOfFreedom: degreesOfFreedom).twoSided(difference / standardError)
  }

  /// Half the width of the interval that holds the true difference as often as `level` says.
  package func reach(_ level: Double) -> Double {
    StudentT(degreesOfFreedom: degreesOfFreedom).critical(1 - level) * standardError
  }
}
