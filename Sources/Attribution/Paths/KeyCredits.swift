/// What a model that sees paths or sets alone gives to every touch key.
package struct KeyCredits: Sendable, Equatable {
  /// By key. Without `sum` they add up to the table's total, to rounding; where a model says so, some are negative.
  package var credits: [Credit]
  /// By key: the standard error that the model's own random draws leave in `credits`; nil where nothing was drawn.
  /// It is not the uncertainty of the data.
  package var standardErrors: [Credit]?
  /// What `credits` add up to where that is not the table's total by design: the worth of the set of all keys in games
  /// that do not divide conversions.
  package var sum: Credit?

  init(_ credits: [Credit], standardErrors: [Credit]? = nil, sum: Credit? = nil) {
    self.credits = credits
    self.standardErrors = standardErrors
    self.sum = sum
  }

  /// Nothing for anybody.
  init(keys: Int) { self.init(Array(repeating: .zero, count: keys)) }
}
