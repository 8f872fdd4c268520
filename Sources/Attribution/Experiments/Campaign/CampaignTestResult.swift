import Journeys

/// Which variant of a campaign does better, by how much, and how sure that is.
public struct CampaignTestResult: Encodable, Sendable, Equatable {
  public struct Variant: Encodable, Sendable, Equatable {
    public let variant: String
    /// Customers who count.
    public let recipients: Int
    /// Of whom, or beside whom if they are excluded, so many still have time to convert.
    public let inProgress: Int
    /// Customers who saw this variant first and another later.
    public let mixed: Int
    /// Recipients with a conversion, and their conversions and revenue (major units).
    public let converting: Int
    public let conversions: Int
    public let revenue: Double
    /// Of the recipients; nil without one. Wilson's interval, and that of the normal law.
    public let conversionRate: Double?
    public let conversionRateInterval: [Double]?
    public let revenuePerRecipient: Double?
    public let revenuePerRecipientInterval: [Double]?

    enum CodingKeys: String, CodingKey {
      case variant, recipients, mixed, converting, conversions, revenue
      case inProgress = "in_progress"
      case conversionRate = "conversion_rate"
      case conversionRateInterval = "conversion_rate_interval"
      case revenuePerRecipient = "revenue_per_recipient"
      case revenuePerRecipientInterval = "revenue_per_recipient_interval"
    }
  }

  /// Whether customers fell into the variants as they were meant to.
  public struct SampleRatio: Encodable, Sendable, Equatable {
    public let variants: [String]
    public let users: [Int]
    public let expected: [Double]
    public let chiSquare: Double
    public let pValue: Double
    /// Whether chance alone strays as far less than once in a thousand: then nothing else here can be trusted.
    public let isMismatch: Bool

    enum CodingKeys: String, CodingKey {
      case variants, users, expected
      case chiSquare = "chi_square"
      case pValue = "p_value"
      case isMismatch = "mismatch"
    }
  }

  /// Customers who were shown several variants.
  public struct Mixed: Encodable, Sendable, Equatable {
    public let rule: CampaignTestQuery.MixedRule
    public let customers: Int
    public let ids: [String]
  }

  public let campaign: String
  public let control: String
  public let level: Double
  public let difference: ABTestQuery.Difference
  /// Event types that are counted.
  public let conversions: [String]
  public let windowSeconds: Int64
  public let pastSeconds: Int64
  public let correction: CampaignTestQuery.Correction
  public let sampleRatio: SampleRatio
  public let mixed: Mixed
  /// The control first, the others by name.
  public let variants: [Variant]
  public let metrics: [VariantComparison]
  /// What a reader should know before he believes the rest.
  public let warnings: [String]

  enum CodingKeys: String, CodingKey {
    case campaign, control, level, difference, conversions, correction, mixed, variants, metrics, warnings
    case windowSeconds = "window_seconds"
    case pastSeconds = "past_seconds"
    case sampleRatio = "sample_ratio"
  }
}

extension CampaignTestResult {
  /// - Parameter name: a customer's id by his place in the store.
  /// - Throws: `.invalidQuery`, `.unsolvable`.
  init(
    _ query: CampaignTestQuery, _ counts: CampaignTestCounts, _ name: (Int) -> String
  ) throws(AttributionError) {
    if counts.variants.contains(where: \.sums.isOverflown) {
      throw AttributionError(
        .unsolvable,
        "campaign test: a customer's revenue is too large to be squared; amounts of this size are no money: look for "
          + "wrong ones in the events")
    }
    let names = counts.variants.map(\.name)
    let first = try query.control(among: names)
    let groups = counts.variants.filter { $0.name == first } + counts.variants.filter { $0.name != first }
    control = first
    sampleRatio = try SampleRatio(query, groups)
    let critical = Normal.critical(query.alpha)
    variants = groups.map { Variant($0.name, $0.sums, critical) }
    metrics = try VariantComparison.all(query, groups)
    campaign = query.campaign
    level = 1 - query.alpha
    difference = query.difference
    conversions = query.conversions
    windowSeconds = query.window / 1_000_000
    pastSeconds = query.past / 1_000_000
    correction = query.correction
    mixed = Mixed(rule: query.mixed, customers: counts.mixed.count, ids: counts.mixed.map { name(Int($0)) })
    warnings = Self.warnings(query, variants, sampleRatio)
  }

  private static func warnings(
    _ query: CampaignTestQuery, _ variants: [Variant], _ ratio: SampleRatio
  ) -> [String] {
    var warnings: [String] = []
    if ratio.isMismatch {
      warnings.append(
        "recipients are not split as they were meant to be: something besides chance put them there, so that their "
          + "groups differ in more than the variant; find out what before you believe the rest")
    }
    let open = variants.reduce(0) { $0 + $1.inProgress }
    if open > 0 && query.inProgress == .include {
      warnings.append("\(open) recipients still have time to convert; their window is not over when the data end")
    }
    for variant in variants where min(variant.converting, variant.recipients - variant.converting) < 5 {
      warnings.append(
        "'\(variant.variant)': \(variant.converting) of \(variant.recipients) recipients converted: with fewer than 5 "
          + "on either side the normal law is a poor guide")
    }
    return warnings
  }
}

extension CampaignTestQuery {
  /// - Throws: `.invalidQuery` when there is nothing to compare, or the control is not among the variants.
  fileprivate func control(among names: [String]) throws(AttributionError) -> String {
    func refuse(_ reason: String) -> AttributionError { AttributionError(.invalidQuery, "campaign test: \(reason)") }
    guard let first = names.first else {
      throw refuse(
        "campaign '\(campaign)' has no recipients: no event of it names a '\(variantColumn)' in the time asked for")
    }
    guard names.count > 1 else {
      throw refuse("campaign '\(campaign)' has one variant, '\(first)': there is nothing to compare it with")
    }
    guard let control else { return names.contains("control") ? "control" : first }
    guard names.contains(control) else { throw refuse(unknown(control, names)) }
    return control
  }

  fileprivate func unknown(_ name: String, _ names: [String]) -> String {
    let hint = nearestName(to: name, among: names).map { " Did you mean '\($0)'?" } ?? ""
    return "campaign '\(campaign)' has no variant '\(name)'.\(hint) It has: \(names.joined(separator: ", "))"
  }
}

extension CampaignTestResult.SampleRatio {
  fileprivate init(
    _ query: CampaignTestQuery, _ groups: [(name: String, sums: VariantSums)]
  ) throws(AttributionError) {
    let names = groups.map(\.name)
    if let split = query.split {
      func refuse(_ reason: String) -> AttributionError { AttributionError(.invalidQuery, "campaign test: \(reason)") }
      for name in split.keys.sorted() where !names.contains(name) { throw refuse(query.unknown(name, names)) }
      for name in names where split[name] == nil { throw refuse("the split does not say the share of '\(name)'") }
    }
    let result = try SampleRatioQuery(
      users: groups.map(\.sums.recipients), weights: names.map { query.split?[$0] ?? 1 }
    ).result()
    (variants, users, expected) = (names, result.users, result.expected)
    (chiSquare, pValue, isMismatch) = (result.chiSquare, result.pValue, result.pValue < 0.001)
  }
}

extension CampaignTestResult.Variant {
  fileprivate init(_ name: String, _ sums: VariantSums, _ critical: Double) {
    func list(_ interval: ClosedRange<Double>?) -> [Double]? { interval.map { [$0.lowerBound, $0.upperBound] } }
    variant = name
    recipients = sums.recipients
    inProgress = sums.inProgress
    mixed = sums.mixed
    converting = Int(sums.converting.sum)
    conversions = Int(sums.conversions.sum)
    let rate = Rate(converting, of: recipients)
    conversionRate = rate.value
    conversionRateInterval = list(rate.interval(critical))
    let group = sums.group(.revenue, hasPast: false)
    let moments = Moments(count: group.count, sum: group.sum, sumOfSquares: group.sumSquares ?? 0)
    revenue = moments.sum
    revenuePerRecipient = recipients > 0 ? moments.mean : nil
    revenuePerRecipientInterval = list(moments.meanInterval(critical))
  }
}
