import Journeys

/// One metric of a campaign's variants against each other.
public struct VariantComparison: Encodable, Sendable, Equatable {
  /// How a variant stands by itself.
  public struct Standing: Encodable, Sendable, Equatable {
    public let variant: String
    /// Of the metric, as it is, and less what the customers' past explains. Nil without enough recipients.
    public let mean: Double?
    public let adjustedMean: Double?
    /// By flat priors and the normal law. Nil, as the loss is, when nobody differs from anybody.
    public internal(set) var probabilityToBeBest: Double?
    /// What choosing this variant costs on average, in units of the metric: how far the best lies above it.
    public internal(set) var expectedLoss: Double?

    enum CodingKeys: String, CodingKey {
      case variant, mean
      case adjustedMean = "adjusted_mean"
      case probabilityToBeBest = "probability_to_be_best"
      case expectedLoss = "expected_loss"
    }
  }

  /// A variant against the control.
  public struct Test: Encodable, Sendable, Equatable {
    public let variant: String
    /// The difference beside the control's mean, without what the past explains; nil where that is 0.
    public let lift: Double?
    /// One look, at a size that was set before (Welch's test).
    public internal(set) var fixedHorizon: Answer
    /// Valid at every look, however often one looks.
    public internal(set) var sequential: Answer
    public let bayes: Answer
    /// The fixed horizon without the customers' past.
    public let withoutPast: Answer
    /// Why there is no test.
    public let undefined: String?

    enum CodingKeys: String, CodingKey {
      case variant, lift, sequential, bayes, undefined
      case fixedHorizon = "fixed_horizon"
      case withoutPast = "without_past"
    }
  }

  public struct Answer: Encodable, Sendable, Equatable {
    public internal(set) var estimate: Double?
    public internal(set) var standardError: Double?
    public internal(set) var interval: [Double]?
    public internal(set) var pValue: Double?
    /// Which may be held against one less the level as if it were the only one.
    public internal(set) var adjustedPValue: Double?
    /// The probability that the variant is better than the control, and the loss of keeping the control and of choosing
    /// the variant, in units of the estimate.
    public internal(set) var chanceToWin: Double?
    public internal(set) var risk: [Double]?

    enum CodingKeys: String, CodingKey {
      case estimate, risk
      case standardError = "standard_error"
      case interval = "ci"
      case pValue = "p_value"
      case adjustedPValue = "p_value_adjusted"
      case chanceToWin = "chance_to_win"
    }
  }

  public let metric: CampaignTestQuery.Metric
  /// The share of the metric's variance that the customers' past explains (CUPED); nil where it is not asked for.
  public let varianceReduction: Double?
  public internal(set) var variants: [Standing]
  public internal(set) var tests: [Test]

  enum CodingKeys: String, CodingKey {
    case metric, variants, tests
    case varianceReduction = "variance_reduction"
  }
}

extension VariantComparison {
  typealias Group = (name: String, sums: VariantSums)

  /// All metrics; p-values are corrected over all of their tests together.
  ///
  /// - Parameter groups: the control first.
  static func all(_ query: CampaignTestQuery, _ groups: [Group]) throws(AttributionError) -> [VariantComparison] {
    var comparisons: [VariantComparison] = []
    for metric in query.metrics { comparisons.append(try VariantComparison(metric, query, groups)) }
    let tests = comparisons.flatMap(\.tests)
    var fixed = query.correction.adjusted(tests.map(\.fixedHorizon.pValue))[...]
    var sequential = query.correction.adjusted(tests.map(\.sequential.pValue))[...]
    for metric in comparisons.indices {
      for test in comparisons[metric].tests.indices {
        comparisons[metric].tests[test].fixedHorizon.adjustedPValue = fixed.removeFirst()
        comparisons[metric].tests[test].sequential.adjustedPValue = sequential.removeFirst()
      }
    }
    return comparisons
  }

  private init(
    _ metric: CampaignTestQuery.Metric, _ query: CampaignTestQuery, _ groups: [Group]
  ) throws(AttributionError) {
    let hasPast = query.past > 0 && metric != .orderValue
    let kind: ABTestQuery.Metric =
      switch metric {
      case .rate: .proportion
      case .conversions, .revenue: .mean
      case .orderValue: .ratio
      }
    let problems = groups.map { $0.sums.problem(metric) }
    // Those of whom there is a mean and a variance, by place.
    let places = groups.indices.filter { problems[$0] == nil }
    let sums = places.map { groups[$0].sums.group(metric, hasPast: hasPast) }
    var plain: [GroupEstimate] = []
    for (place, sums) in zip(places, sums) { plain.append(try GroupEstimate(sums, kind, groups[place].name)) }
    let adjusted = try GroupEstimate.adjusted(plain, sums, kind)
    func spread(_ estimates: [GroupEstimate]) -> Double {
      estimates.reduce(0) { $0 + $1.variance * Double($1.count) }
    }

    self.metric = metric
    varianceReduction = hasPast && spread(plain) > 0 ? 1 - spread(adjusted) / spread(plain) : nil
    variants = groups.indices.map { place in
      let estimate = places.firstIndex(of: place)
      return Standing(
        variant: groups[place].name, mean: estimate.map { plain[$0].mean },
        adjustedMean: hasPast ? estimate.map { adjusted[$0].mean } : nil)
    }
    if let best = BestOfNormals(
      means: adjusted.map(\.mean), errors: adjusted.map { ($0.variance / Double($0.count)).squareRoot() })
    {
      for (number, place) in places.enumerated() {
        variants[place].probabilityToBeBest = best.probabilities[number]
        variants[place].expectedLoss = best.losses[number]
      }
    }
    tests = groups.indices.dropFirst().map { place in
      guard problems[0] == nil, let number = places.firstIndex(of: place) else {
        return Test(groups[place].name, undefined: problems[0].map { "control: \($0)" } ?? problems[place])
      }
      return Test(groups[place].name, query, kind, plain: (plain[0], plain[number]), (adjusted[0], adjusted[number]))
    }
  }
}

extension VariantComparison.Test {
  fileprivate init(_ variant: String, undefined: String?) {
    self.variant = variant
    self.undefined = undefined
    lift = nil
    (fixedHorizon, sequential, bayes, withoutPast) = (.init(), .init(), .init(), .init())
  }

  fileprivate init(
    _ variant: String, _ query: CampaignTestQuery, _ metric: ABTestQuery.Metric,
    plain: (GroupEstimate, GroupEstimate), _ adjusted: (GroupEstimate, GroupEstimate)
  ) {
    let none = ExperimentGroup(count: 0, sum: 0)
    func result(_ method: ABTestQuery.Method, _ pair: (GroupEstimate, GroupEstimate)) -> ABTestResult {
      ABTestQuery(
        metric, control: none, test: none, method: method, difference: query.difference, alpha: query.alpha,
        tuning: query.tuning
      ).result(pair.0, pair.1)
    }
    let fixed = result(.welch, adjusted)
    self.variant = variant
    lift = adjusted.0.mean == 0 ? nil : (adjusted.1.mean - adjusted.0.mean) / adjusted.0.mean
    fixedHorizon = .init(fixed)
    sequential = .init(result(.sequential, adjusted))
    bayes = .init(result(.bayes, adjusted))
    withoutPast = .init(result(.welch, plain))
    undefined = fixed.undefined
  }
}

extension VariantComparison.Answer {
  fileprivate init(_ result: ABTestResult) {
    estimate = result.estimate
    standardError = result.standardError
    interval = result.interval
    pValue = result.pValue
    chanceToWin = result.chanceToWin
    risk = result.risk
  }
}

extension CampaignTestQuery.Correction {
  fileprivate func adjusted(_ pValues: [Double?]) -> [Double?] {
    switch self {
    case .holm: MultipleTests.holm.adjusted(pValues)
    case .benjaminiHochberg: MultipleTests.benjaminiHochberg.adjusted(pValues)
    case .none: pValues
    }
  }
}

extension VariantSums {
  /// Why there is no mean or no variance of a metric.
  fileprivate func problem(_ metric: CampaignTestQuery.Metric) -> String? {
    if recipients < 2 { return "fewer than two recipients" }
    return metric == .orderValue && conversions.sum == 0 ? "no conversions" : nil
  }

  /// What a test needs of a metric; money in major units.
  func group(_ metric: CampaignTestQuery.Metric, hasPast: Bool) -> ExperimentGroup {
    func group(_ outcome: Outcome, unit: Double) -> ExperimentGroup {
      func number(_ sum: Int128, _ unit: Double) -> Double { Double(sum) / unit }
      return ExperimentGroup(
        count: recipients, sum: number(outcome.sum, unit), sumSquares: number(outcome.squares, unit * unit),
        before: hasPast
          ? .init(
            sum: number(outcome.past, unit), sumSquares: number(outcome.pastSquares, unit * unit),
            cross: number(outcome.cross, unit * unit)) : nil)
    }
    let minor = Double(Money.minorPerMajor)
    switch metric {
    case .rate: return group(converting, unit: 1)
    case .conversions: return group(conversions, unit: 1)
    case .revenue: return group(revenue, unit: minor)
    case .orderValue:
      var ratio = group(revenue, unit: minor)
      ratio.denominatorSum = Double(conversions.sum)
      ratio.denominatorSumSquares = Double(conversions.squares)
      ratio.cross = Double(cross) / minor
      return ratio
    }
  }
}
