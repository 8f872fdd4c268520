import Foundation

/// The channels that a customer's profile has an engagement score for.
public enum EngagementChannel: String, CaseIterable, Codable, Sendable {
  case email, sms, push, social

  /// The value of the service's `marketing_channel`.
  public var marketingChannel: String {
    switch self {
    case .email: "email"
    case .sms: "sms"
    case .push: "push_notification"
    case .social: "social_media"
    }
  }

  var place: Int {
    switch self {
    case .email: 0
    case .sms: 1
    case .push: 2
    case .social: 3
    }
  }
}

/// How much a customer engages with each channel, between 0 and 1, fading with time.
///
/// With A = Σ v · 2^(-age / 30 days) over the customer's answers on the channel, where an open or a visit has v = 1 and
/// a click v = 2, the score is 1 - 2^(-A / 4): 0.16 for an open just now, 0.29 for one open a month, 0.69 for one a
/// week. An unsubscription or opt-out makes all answers before it count nothing. A channel on which the customer was
/// never reached and never seen has no score.
///
/// Answers are opens and clicks of e-mails, clicks in text messages, opens of push notifications, and, for social
/// media, clicks on ads and visits that came by the channel `social_media`.
struct ChannelEngagement: Sendable, Equatable {
  private static let halfLife = 30 * Double(microsecondsPerDay)

  private var answers = SIMD4<Double>()
  /// Bits by place of the channel.
  private var reached: UInt8 = 0

  /// - Parameters:
  ///   - isSocial: whether the event came by the channel `social_media`.
  ///   - age: microseconds before the moment of the score.
  @inline(__always)
  mutating func add(_ action: CustomerAction, isSocial: Bool, age: Int64) {
    switch action {
    case .emailSent: reach(.email)
    case .emailOpened: answer(.email, 1, age)
    case .emailClicked: answer(.email, 2, age)
    case .emailOptOut: leave(.email)
    case .smsSent: reach(.sms)
    case .smsClicked: answer(.sms, 2, age)
    case .smsOptOut: leave(.sms)
    case .pushSent: reach(.push)
    case .pushOpened: answer(.push, 1, age)
    case .adImpression where isSocial: reach(.social)
    case .adClick where isSocial: answer(.social, 2, age)
    case .view where isSocial: answer(.social, 1, age)
    default: break
    }
  }

  private mutating func reach(_ channel: EngagementChannel) { reached |= 1 << UInt8(channel.place) }

  private mutating func answer(_ channel: EngagementChannel, _ value: Double, _ age: Int64) {
    reach(channel)
    answers[channel.place] += value * exp2(-Double(age) / Self.halfLife)
  }

  private mutating func leave(_ channel: EngagementChannel) {
    reach(channel)
    answers[channel.place] = 0
  }

  /// Nil where the customer was never reached and never seen.
  subscript(channel: EngagementChannel) -> Double? {
    guard reached >> UInt8(channel.place) & 1 == 1 else { return nil }
    return 1 - exp2(-answers[channel.place] / 4)
  }

  /// Channels with a score above 0, best first.
  var ranked: [EngagementChannel] {
    let scored = EngagementChannel.allCases.map { ($0, self[$0] ?? 0) }.filter { $0.1 > 0 }
    return scored.sorted { ($1.1, $0.0.place) < ($0.1, $1.0.place) }.map(\.0)
  }

  /// The channel with the highest score above 0, the first of equals.
  var best: EngagementChannel? {
    var best: EngagementChannel?
    var highest = 0.0
    for channel in EngagementChannel.allCases where answers[channel.place] > highest {
      (best, highest) = (channel, answers[channel.place])
    }
    return best
  }
}
