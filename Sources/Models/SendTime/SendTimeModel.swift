/// When customers open what they are sent: rhythms that they share, how much each opens, and the hours of everyone.
///
/// A customer has a rhythm k and a level l, both unseen. A message sent at hour h is opened with the probability
///
///     logit p(h) = rhythm_k(h) + level_l
///
/// and sessions fall into hours by the distribution that belongs to the same rhythm. What was opened counts against
/// what was sent at that hour, so the marketer's own habit does not show in it; and sessions, which nobody scheduled,
/// tell of the hours at which nothing was ever sent, and of customers who never were sent anything. A customer of
/// whom nothing is known is an average over all rhythms: the hours of everyone. Behind a mail-privacy proxy an open is
/// a person's or a machine's: 1 - (1 - c)(1 - p(h)), where c is learnt as well.
///
/// Rhythms are the segments of the hierarchy customer, segment, everyone; they are drawn towards the curve of everyone
/// by a Gaussian process on the circle of hours, whose variance is learnt (see `SendTimeLearner`).
public struct SendTimeModel: Sendable, Equatable {
  /// 24 or 168.
  public var hours: Int
  /// Log-odds that a customer's own level adds, by level.
  public var levels: [Double]
  /// The share of customers by rhythm and level; sums to 1.
  public var shares: [[Double]]
  /// Log-odds of an open by rhythm and hour, at level 0.
  public var rhythms: [[Double]]
  /// The distribution of sessions over the hours, by rhythm; each sums to 1.
  public var sessionHours: [[Double]]
  /// Log-odds of an open by hour, of all sends together: where rhythms are drawn to.
  public var everyone: [Double]
  /// The probability that a machine opens what is not flagged, behind a proxy; nil where no machine was seen.
  public var machineOpenRate: Double?
  /// Standard deviation of rhythms around everyone, log-odds.
  public var rhythmDeviation: Double
  public var logLikelihood: Double
  public var iterations: Int
  public var settings: SendTimeLearner.Settings

  /// The probability of an open by hour, of a customer of whom nothing is known.
  public var prior: [Double] {
    (0..<hours).map { hour in
      var sum = 0.0
      for (rhythm, row) in shares.enumerated() {
        for (level, share) in row.enumerated() { sum += share * sigmoid(rhythms[rhythm][hour] + levels[level]) }
      }
      return sum
    }
  }
}

extension SendTimeModel: Codable {
  package static let learner = "send-time"
  private static let format = 1

  private enum Key: String, CodingKey {
    case learner, format, hours, levels, shares, rhythms, everyone, iterations, settings
    case sessionHours = "session_hours"
    case machineOpenRate = "machine_open_rate"
    case rhythmDeviation = "rhythm_deviation"
    case logLikelihood = "log_likelihood"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let learner = try container.decode(String.self, forKey: .learner)
    let format = try container.decode(Int.self, forKey: .format)
    guard learner == Self.learner, format == Self.format else {
      throw ModelError(
        .foreignModel,
        "model file: learner '\(learner)' of format \(format), where '\(Self.learner)' of \(Self.format) is read")
    }
    hours = try container.decode(Int.self, forKey: .hours)
    levels = try container.decode([Double].self, forKey: .levels)
    shares = try container.decode([[Double]].self, forKey: .shares)
    rhythms = try container.decode([[Double]].self, forKey: .rhythms)
    sessionHours = try container.decode([[Double]].self, forKey: .sessionHours)
    everyone = try container.decode([Double].self, forKey: .everyone)
    machineOpenRate = try container.decodeIfPresent(Double.self, forKey: .machineOpenRate)
    rhythmDeviation = try container.decode(Double.self, forKey: .rhythmDeviation)
    logLikelihood = try container.decode(Double.self, forKey: .logLikelihood)
    iterations = try container.decode(Int.self, forKey: .iterations)
    settings = try container.decode(SendTimeLearner.Settings.self, forKey: .settings)
    let hours = self.hours
    let probabilities = (shares + sessionHours).flatMap(\.self) + [machineOpenRate ?? 0]
    guard SendHistories.isPeriod(hours), everyone.count == hours, !levels.isEmpty, !shares.isEmpty,
      shares.allSatisfy({ [count = levels.count] in $0.count == count }),
      rhythms.count == shares.count, rhythms.allSatisfy({ $0.count == hours }),
      sessionHours.count == shares.count, sessionHours.allSatisfy({ $0.count == hours }),
      probabilities.allSatisfy({ (0...1).contains($0) })
    else { throw ModelError(.foreignModel, "model file: rhythms, levels, shares and hours do not fit together") }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(Self.learner, forKey: .learner)
    try container.encode(Self.format, forKey: .format)
    try container.encode(hours, forKey: .hours)
    try container.encode(levels, forKey: .levels)
    try container.encode(shares, forKey: .shares)
    try container.encode(rhythms, forKey: .rhythms)
    try container.encode(sessionHours, forKey: .sessionHours)
    try container.encode(everyone, forKey: .everyone)
    try container.encodeIfPresent(machineOpenRate, forKey: .machineOpenRate)
    try container.encode(rhythmDeviation, forKey: .rhythmDeviation)
    try container.encode(logLikelihood, forKey: .logLikelihood)
    try container.encode(iterations, forKey: .iterations)
    try container.encode(settings, forKey: .settings)
  }
}
