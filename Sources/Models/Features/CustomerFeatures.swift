import Foundation
import Journeys

/// Features of every customer who has bought before a moment, from the events before it and nothing else.
///
/// An event at the moment or later is not read: `moment` is exclusive, and journeys are sorted by time, so the fold
/// stops there. Purchases of one customer on one local day are one purchase occasion. Counts, money and times enter as
/// ln(1 + x): their effect on log-odds is far nearer to linear so, and a single extreme customer weighs little.
/// Cost: one pass over timestamps and types of the events before the moment, and over the amounts of purchases.
public struct CustomerFeatures: Aggregation {
  public struct Feature: Sendable, Equatable {
    public var name: String
    public var meaning: String
  }

  public struct Partial: Sendable, Codable {
    /// Places in the store, ascending.
    var customers: [Int32] = []
    /// Row after row.
    var values: [Float] = []
  }

  /// The features of some customers.
  public struct Rows: Sendable {
    /// Their places in the store, ascending.
    public var customers: [Int32]
    /// One row each, in the same order.
    public var table: Table
  }

  /// Microseconds since 1970 UTC, exclusive.
  public let moment: Int64
  /// Days, ascending.
  public let windows: [Int]
  public let features: [Feature]
  let calendar: ZonedCalendar
  let groups: BehaviourGroups

  /// - Parameter windows: lengths in days over which behaviour is counted.
  /// - Throws: `.untrainable` when the store has no purchases, `.invalidSetting` for windows that are not positive.
  public init(
    of store: JourneyStore, before moment: Int64, windows: [Int], calendar: ZonedCalendar
  ) throws(ModelError) {
    guard windows.allSatisfy({ $0 > 0 }) else {
      throw ModelError(.invalidSetting, "features: windows are positive numbers of days")
    }
    self.moment = moment
    self.windows = windows.sorted()
    self.calendar = calendar
    features = Self.features(windows: self.windows)
    groups = BehaviourGroups(store.eventTypeNames)
    guard groups.hasPurchases else {
      throw ModelError(
        .untrainable,
        "features: journey store \(store.directory.path) has no events of type 'purchase', by which customers are known"
      )
    }
  }

  /// Of the usual windows those that the history before a moment holds twice.
  ///
  /// In a shorter history such a window holds nearly all there is: it says the same as the features without a window,
  /// and means something else for a model trained there than for one that scores later, with more history behind it.
  /// A day is forgiven, because data seldom begin at midnight.
  static func usualWindows(history microseconds: Int64) -> [Int] {
    [7, 30, 90].filter { Int64(2 * $0 - 1) * microsecondsPerDay <= microseconds }
  }

  private static func features(windows: [Int]) -> [Feature] {
    var features = base
    for window in windows {
      for group in BehaviourGroup.allCases {
        guard let (name, meaning) = group.windowFeature else { continue }
        features.append(
          Feature(name: "\(name)_\(window)d", meaning: "ln(1 + \(meaning) in the last \(window) days)"))
      }
    }
    return features
  }

  /// In the order in which `CustomerSummary` writes them.
  private static let base = [
    Feature(name: "recency", meaning: "ln(1 + days since the last purchase)"),
    Feature(name: "frequency", meaning: "ln(days with a purchase)"),
    Feature(name: "monetary", meaning: "ln(1 + mean spend per day with a purchase, major units)"),
    Feature(name: "tenure", meaning: "ln(1 + days since the first purchase)"),
    Feature(name: "known_for", meaning: "ln(1 + days since the first event of any kind)"),
    Feature(
      name: "mean_gap",
      meaning: "ln(1 + mean days between purchases; after a single one, the days since it)"),
    Feature(name: "recency_to_gap", meaning: "recency - mean_gap: how overdue the next purchase is, in logarithms"),
    Feature(name: "is_single_purchase", meaning: "1 after purchases on one day only, else 0"),
    Feature(name: "last_spend_to_mean", meaning: "ln((1 + spend on the last day with a purchase) / (1 + mean spend))"),
    Feature(
      name: "activity_recency",
      meaning: "ln(1 + days since the last open, click, visit, cart or purchase)"),
    Feature(name: "email_open_rate", meaning: "(e-mails opened + 1) / (e-mails sent + 2)"),
    Feature(name: "messages", meaning: "ln(1 + e-mails, text messages and push notifications sent, per week known)"),
    Feature(name: "loyalty", meaning: "ln(1 + loyalty points earned or redeemed, times)"),
    Feature(name: "has_opted_out", meaning: "1 after an unsubscription or opt-out, else 0"),
  ]

  // MARK: Aggregation

  public func empty() -> Partial { Partial() }

  public func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout Partial) {
    var summary = CustomerSummary(windows: windows)
    partial.values.reserveCapacity(partial.values.count + customers.count * features.count)
    for customer in customers {
      summary.read(store.events(of: customer), of: store, before: moment, groups, calendar)
      guard summary.purchaseDays > 0 else { continue }
      partial.customers.append(Int32(customer))
      summary.appendFeatures(at: moment, to: &partial.values)
    }
  }

  public func merge(_ later: Partial, into partial: inout Partial) {
    partial.customers += later.customers
    partial.values += later.values
  }

  public func finish(_ partial: Partial) -> Rows {
    Rows(customers: partial.customers, table: Table(matrix: partial.values, names: features.map(\.name)))
  }
}
