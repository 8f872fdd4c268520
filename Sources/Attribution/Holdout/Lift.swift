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
    guard let test = WelchTest(treated, heldOut) else {
      (standardError, degreesOfFreedom, interval, pValue, incrementalInterval) = (nil, nil, nil, nil, nil)
      return
    }
    let reach = test.reach(level)
    standardError = test.standardError
    degreesOfFreedom = test.degreesOfFreedom
    pValue = test.pValue(difference)
    interval = [difference - reach, difference + reach]
    incrementalInterval = [(difference - reach) * size, (difference + reach) * size]
  }
}
