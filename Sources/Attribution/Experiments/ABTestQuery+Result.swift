import Foundation

extension ABTestQuery {
  /// Answers.
  ///
  /// With m and v the mean of a metric and the variance of one customer's value, n customers, control a and test b:
  ///
  /// | | estimate | its variance |
  /// | --- | --- | --- |
  /// | absolute | m_b − m_a | v_b/n_b + v_a/n_a |
  /// | relative | m_b/m_a − 1 | v_b/(m_a² n_b) + v_a m_b²/(m_a⁴ n_a), by the delta method |
  ///
  /// v has n − 1 below for a mean, is p(1 − p) for a proportion, and follows from the delta method for a ratio
  /// (Deng et al. 2018). What was known of the customers before takes part of the variance away: see
  /// `GroupEstimate.adjusted`.
  ///
  /// - Throws: `.invalidQuery` for sums that no customers can have, and settings out of their range.
  public func result() throws(AttributionError) -> ABTestResult {
    try checkSettings()
    let groups = [control, test]
    let plain = [try GroupEstimate(control, metric, "control"), try GroupEstimate(test, metric, "test")]
    let estimates = try GroupEstimate.adjusted(plain, groups, metric)
    return result(estimates[0], estimates[1])
  }

  /// - Throws: `.invalidQuery` for a setting out of its range.
  func checkSettings() throws(AttributionError) {
    guard 0 < alpha, alpha < 1 else { throw AttributionError(.invalidQuery, "A/B test: 'alpha' lies between 0 and 1") }
    guard tuning > 0, tuning.isFinite else {
      throw AttributionError(.invalidQuery, "A/B test: 'tuning' is a number of customers above 0")
    }
    if let prior {
      guard prior.mean.isFinite, prior.variance > 0 else {
        throw AttributionError(.invalidQuery, "A/B test: the variance of 'prior' must be above 0")
      }
    }
  }

  /// The same from the groups' means and variances, in place of those that their sums have.
  func result(_ control: GroupEstimate, _ test: GroupEstimate) -> ABTestResult {
    var result = ABTestResult(
      method: method, metric: metric, difference: difference, alpha: alpha,
      control: .init(n: control.count, mean: control.mean), test: .init(n: test.count, mean: test.mean))
    let variance: Double
    switch difference {
    case .absolute:
      result.estimate = test.mean - control.mean
      variance = test.variance / Double(test.count) + control.variance / Double(control.count)
    case .relative:
      guard control.mean != 0 else {
        result.undefined = "the control's mean is 0, of which no difference is a multiple: ask for an absolute one"
        return result
      }
      let ratio = test.mean / control.mean
      result.estimate = (test.mean - control.mean) / control.mean
      variance =
        (test.variance / Double(test.count) + control.variance / Double(control.count) * ratio * ratio)
        / (control.mean * control.mean)
    }
    guard let estimate = result.estimate, variance > 0, variance.isFinite, estimate.isFinite else {
      result.undefined = "no customer differs from his group's mean: there is nothing to judge a difference by"
      return result
    }
    switch method {
    case .welch: answerWelch(estimate, variance, control, test, &result)
    case .sequential: answerSequential(estimate, variance, Double(control.count + test.count), &result)
    case .bayes: answerBayes(estimate, variance, &result)
    }
    return result
  }

  /// Student's t with the degrees of freedom of the absolute variances, whichever difference is asked for.
  private func answerWelch(
    _ estimate: Double, _ variance: Double, _ control: GroupEstimate, _ test: GroupEstimate,
    _ result: inout ABTestResult
  ) {
    guard let welch = WelchTest((control.variance, control.count), (test.variance, test.count)) else { return }
    let t = StudentT(degreesOfFreedom: welch.degreesOfFreedom)
    let error = variance.squareRoot()
    let reach = t.critical(alpha) * error
    result.standardError = error
    result.interval = [estimate - reach, estimate + reach]
    result.pValue = t.twoSided(estimate / error)
  }

  /// The asymptotic confidence sequence of Waudby-Smith et al. (2023, arXiv 2103.06476), equations 9, 155 and 161.
  private func answerSequential(
    _ estimate: Double, _ variance: Double, _ count: Double, _ result: inout ABTestResult
  ) {
    let square = (-2 * log(alpha) + log1p(-2 * log(alpha))) / tuning
    let grown = count * square + 1
    let spread = (variance * count).squareRoot()
    let reach = spread * (2 * grown * (log(grown) / 2 - log(alpha)) / (count * count * square)).squareRoot()
    result.standardError = variance.squareRoot()
    result.interval = [estimate - reach, estimate + reach]
    let evidence = square * estimate * estimate * count / (2 * variance * grown)
    result.pValue = min(1, exp(log(grown) / 2 - evidence))
  }

  /// A normal likelihood and a normal or flat prior; the interval leaves alpha/2 on either side.
  private func answerBayes(_ estimate: Double, _ variance: Double, _ result: inout ABTestResult) {
    var (mean, spread) = (estimate, variance)
    if let prior {
      let precision = 1 / variance + 1 / prior.variance
      mean = (estimate / variance + prior.mean / prior.variance) / precision
      spread = 1 / precision
    }
    let error = spread.squareRoot()
    let reach = Normal.critical(alpha) * error
    result.estimate = mean
    result.standardError = error
    result.interval = [mean - reach, mean + reach]
    result.chanceToWin = Normal.cumulative(mean / error)
    result.risk = [error * Normal.loss(-mean / error), error * Normal.loss(mean / error)]
  }
}
