/// How much more a treated customer does than one who was held out, and how sure that is.
///
/// The difference of the means x̄ of two groups of n customers with variances s². Its standard error is
/// √(s²₁/n₁ + s²₂/n₂), its law Student's t with the degrees of freedom of Welch (1947) and Satterthwaite (1946): the
/// groups need be neither of one size nor of one variance. By the law of large numbers it holds for skewed money too,
/// but wants some hundred customers in the smaller group.
public struct Lift: Codable, Sendable, Equatable {
  /// Per customer: treated less held out.
  public let absolute: Double
  /// Of what those held out do; nil when they do nothing.
  public let relative: Double?
  /// Nil, as all that follow from it are, for a group of one customer, or when nobody differs from anybody.
  public let standardError: Double?
  public let degreesOfFreedom: Double?
  /// In which the absolute lift lies, as often as the level says.
  public let interval: [Double]?
  /// How often chance alone makes a difference as large, either way.
  public let pValue: Double?
  /// What the channel has brought: the lift times the treated customers.
  public let incremental: Double
  public let incrementalInterval: [Double]?

  enum CodingKeys: String, CodingKey {
    case absolute, relative, interval, incremental
    case standardError = "standard_error"
    case degreesOfFreedom = "degrees_of_freedom"
    case pValue = "p_value"
    case incrementalInterval = "incremental_interval"
  }

  /// Nil unless both groups have a customer.
  init?(_ treated: Moments, _ heldOut: Moments, level: Double) {
    guard treated.count > 0, heldOut.count > 0 else { return nil }
    let difference = treated.mean - heldOut.mean
    let size = Double(treated.count)
    absolute = difference
    relative = heldOut.mean != 0 ? difference / heldOut.mean : nil
    incremental = difference * size
    guard let first = treated.variance, let second = heldOut.variance, first + second > 0 else {
      (standardError, degreesOfFreedom, interval, pValue, incrementalInterval) = (nil, nil, nil, nil, nil)
      return
    }
    let (ofTreated, ofHeldOut) = (first / size, second / Double(heldOut.count))
    let variance = ofTreated + ofHeldOut
    // Shares of the variance, so that no square of it leaves the range of a double.
    let (a, b) = (ofTreated / variance, ofHeldOut / variance)
    let degrees = 1 / (a * a / (size - 1) + b * b / Double(heldOut.count - 1))
    let error = variance.squareRoot()
    let t = StudentT(degreesOfFreedom: degrees)
    let reach = t.critical(1 - level) * error
    standardError = error
    degreesOfFreedom = degrees
    pValue = t.twoSided(difference / error)
    interval = [difference - reach, difference + reach]
    incrementalInterval = [(difference - reach) * size, (difference + reach) * size]
  }
}

/// Number, sum and sum of squares of some values.
struct Moments {
  let count: Int
  let sum: Double
  let sumOfSquares: Double

  var mean: Double { sum / Double(count) }

  /// With n − 1 below; nil for a single value.
  var variance: Double? {
    count > 1 ? max(0, sumOfSquares - sum * mean) / Double(count - 1) : nil
  }
}
