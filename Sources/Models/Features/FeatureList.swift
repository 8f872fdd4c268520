import Foundation
import Journeys

/// Which features a table has, in order: what a model keeps of them, and from which names, documentation and the
/// computation itself come.
public struct FeatureList: Codable, Sendable, Equatable {
  /// Changes when the meaning of a feature does: a model of another version is refused.
  public static let currentVersion = 1

  public let version: Int
  /// Days over which behaviour is counted, ascending.
  public let windows: [Int]
  /// Product categories with a share of their own.
  public let categories: [String]

  /// - Throws: `.invalidSetting` for windows that are not positive, or twice the same.
  public init(windows: [Int], categories: [String] = []) throws(ModelError) {
    try self.init(version: Self.currentVersion, windows: windows, categories: categories)
  }

  private init(version: Int, windows: [Int], categories: [String]) throws(ModelError) {
    guard windows.allSatisfy({ (1...36_500).contains($0) }), Set(windows).count == windows.count else {
      throw ModelError(.invalidSetting, "features: windows are different numbers of days, between 1 and 36500")
    }
    self.version = version
    self.windows = windows.sorted()
    self.categories = categories
  }

  /// Windows that the history holds twice, and the categories that were bought most before a moment.
  ///
  /// In a shorter history such a window holds nearly all there is: it says the same as the features without a window,
  /// and means something else for a model trained there than for one that scores later, with more history behind it.
  /// A day is forgiven, because data seldom begin at midnight.
  public static func usual(
    for store: JourneyStore, before moment: Int64, windows: [Int]? = nil, threads: Int = defaultThreads
  ) async throws -> FeatureList {
    let history = max(0, moment - (store.manifest.firstTimestamp ?? moment))
    let held = [7, 30, 90].filter { Int64(2 * $0 - 1) * microsecondsPerDay <= history }
    let categories = try await CategoryCounts(of: store, before: moment).run(over: store, threads: threads)
    return try FeatureList(windows: windows ?? held, categories: categories)
  }

  private enum CodingKeys: String, CodingKey { case version, windows, categories }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let version = try container.decode(Int.self, forKey: .version)
    guard version == Self.currentVersion else {
      throw ModelError(
        .foreignModel,
        "its features are of version \(version), this program's of version \(Self.currentVersion): train it again")
    }
    try self.init(
      version: version, windows: container.decode([Int].self, forKey: .windows),
      categories: container.decode([String].self, forKey: .categories))
  }

  /// All features, in the order of the columns.
  public var features: [Feature] {
    Self.purchases + Self.engagement + Self.messages + Self.habits + categoryShares + Self.season + windowCounts
  }

  public var names: [String] { features.map(\.name) }

  // MARK: The features

  private static let notBought = "before the first purchase"

  private static let purchases = [
    Feature("recency", .days, "days since the last purchase", missing: notBought) {
      $0.bought ? $0.days(since: $0.lastPurchase) : .nan
    },
    Feature("frequency", .count, "local days with a purchase") { Double($0.purchaseDays) },
    Feature("orders", .count, "purchases") { Double($0.orders) },
    Feature("revenue", .money, "money spent") { Money.major($0.spend) },
    Feature("monetary", .money, "mean spend per day with a purchase", missing: notBought) { $0.meanSpend },
    Feature("last_spend_ratio", .ratio, "spend on the last day with a purchase over the mean", missing: notBought) {
      $0.meanSpend > 0 ? Money.major($0.daySpend) / $0.meanSpend : .nan
    },
    Feature(
      "spend_variation", .ratio, "standard deviation of the spend per day with a purchase over its mean",
      missing: "before the second day with a purchase"
    ) { $0.purchaseDays > 1 && $0.meanSpend > 0 ? $0.spendDeviation / $0.meanSpend : .nan },
    Feature("tenure", .days, "days since the first purchase", missing: notBought) {
      $0.bought ? $0.days(since: $0.firstPurchase) : .nan
    },
    Feature("known_for", .days, "days since the first event of any kind") { $0.days(since: $0.firstEvent) },
    Feature(
      "mean_gap", .days, "mean days between days with a purchase", missing: "before the second day with a purchase"
    ) { $0.purchaseDays > 1 ? $0.meanGap : .nan },
    Feature(
      "gap_variation", .ratio, "standard deviation of the days between purchases over their mean",
      missing: "before the third day with a purchase"
    ) { $0.purchaseDays > 2 ? $0.gapDeviation / $0.meanGap : .nan },
    Feature(
      "overdue", .ratio, "recency over the mean days between purchases",
      missing: "before the second day with a purchase"
    ) { $0.purchaseDays > 1 ? $0.days(since: $0.lastPurchase) / $0.meanGap : .nan },
    Feature(
      "discount_share", .share, "purchases with a discount, coupon or promotion_code in event_data",
      missing: "\(notBought), and where the store keeps none of these columns"
    ) { $0.keepsDiscounts && $0.bought ? Double($0.discounted) / Double($0.orders) : .nan },
  ]

  private static let engagement =
    [
      Feature(
        "activity_recency", .days, "days since the last open, click, visit, cart or purchase",
        missing: "without activity"
      ) { $0.activities > 0 ? $0.days(since: $0.lastActivity) : .nan },
      Feature("active_days", .count, "local days with an open, click, visit, cart or purchase") {
        Double($0.activeDays)
      },
      Feature("email_open_rate", .ratio, "e-mails opened over sent", missing: "before the first e-mail") {
        $0.rate(.emailOpens, of: .emailSent)
      },
      Feature("email_click_rate", .ratio, "clicks in e-mails over e-mails sent", missing: "before the first e-mail") {
        $0.rate(.emailClicks, of: .emailSent)
      },
      Feature("sms_click_rate", .ratio, "clicks in text messages over sent", missing: "before the first one") {
        $0.rate(.smsClicks, of: .smsSent)
      },
      Feature("push_open_rate", .ratio, "push notifications opened over sent", missing: "before the first one") {
        $0.rate(.pushOpens, of: .pushSent)
      },
    ]
    + CustomerTally.channels.enumerated().map { place, channel in
      Feature(
        "channel_share_\(channel)", .share, "activity that came by \(channel), of all with a channel",
        missing: "without activity that has a channel"
      ) { $0.channelShare(place) }
    }

  private static let messages = [
    Feature("messages_per_week", .perWeek, "e-mails, text messages and push notifications sent, per week known") {
      tally in
      BehaviourGroup.messages.reduce(0) { $0 + tally.total($1) } / max(1, tally.days(since: tally.firstEvent) / 7)
    },
    Feature("message_recency", .days, "days since the last message sent", missing: "before the first message") {
      $0.wasSent ? $0.days(since: $0.lastMessage) : .nan
    },
    Feature("campaigns_received", .count, "different campaigns that sent a message") { Double($0.campaigns) },
    Feature("loyalty_earned", .count, "times that loyalty points were earned") { $0.total(.loyaltyEarned) },
    Feature("loyalty_redeemed", .count, "times that loyalty points were redeemed") { $0.total(.loyaltyRedeemed) },
    Feature("has_opted_out", .flag, "1 after an unsubscription or opt-out, else 0") {
      $0.total(.optOuts) > 0 ? 1 : 0
    },
  ]

  private static let habits =
    CustomerTally.devices.enumerated().map { place, device in
      Feature(
        "device_share_\(device)", .share, "activity on \(device), of all with a device",
        missing: "without activity that has a device"
      ) { $0.deviceShare(place) }
    }
    + CustomerTally.dayParts.enumerated().map { place, part in
      Feature(
        "hour_share_\(part)", .share, "activity between \(place * 6):00 and \(place * 6 + 6):00 local time",
        missing: "without activity"
      ) { $0.hourShare(place) }
    }

  private static let noCategories = "without a purchase that has categories"

  private var categoryShares: [Feature] {
    [
      Feature("categories", .count, "different product categories bought") { Double($0.categories.different) },
      Feature(
        "top_category_share", .share, "the category bought most, of all bought", missing: Self.noCategories
      ) { $0.categories.topShare },
    ]
      + categories.enumerated().map { place, category in
        Feature(
          "category_share_\(category)", .share, "category \(category), of all categories bought",
          missing: Self.noCategories
        ) { $0.categories.share(place) }
      }
  }

  private static let season = [
    Feature("season_sin", .balance, "sine of the moment's place in the year, 1 in spring") { $0.season.sine },
    Feature("season_cos", .balance, "cosine of the moment's place in the year, 1 at New Year") { $0.season.cosine },
    Feature(
      "purchases_year_ago", .count, "days with a purchase in the 90 days that began 365 days before the moment",
      missing: "for customers known for less than 365 days"
    ) { $0.days(since: $0.firstEvent) >= 365 ? Double($0.purchasesYearAgo) : .nan },
  ]

  private var windowCounts: [Feature] {
    let edges = CustomerTally.edges(windows)
    return windows.flatMap { window -> [Feature] in
      let edge = edges.firstIndex(of: window) ?? 0
      let double = edges.firstIndex(of: 2 * window) ?? 0
      let counts = BehaviourGroup.allCases.compactMap { group in
        group.windowFeature.map { feature in
          Feature("\(feature.name)_\(window)d", .count, "\(feature.meaning) in the last \(window) days") {
            $0.count(group, within: edge)
          }
        }
      }
      return counts + [
        Feature("revenue_\(window)d", .money, "money spent in the last \(window) days") {
          Money.major($0.spend(within: edge))
        },
        Feature("messages_\(window)d", .count, "messages sent in the last \(window) days") {
          $0.count(BehaviourGroup.messages, within: edge)
        },
        Feature(
          "activity_trend_\(window)d", .balance,
          "activity in the last \(window) days less that in the \(window) before, over both",
          missing: "without activity in both"
        ) {
          let (late, both) = (
            $0.count(BehaviourGroup.activities, within: edge), $0.count(BehaviourGroup.activities, within: double)
          )
          return both > 0 ? (2 * late - both) / both : .nan
        },
      ]
    }
  }
}
