import Foundation
import Journeys

/// The answer of `segments evaluate`, in the field names of section 4.4 of the service document.
public struct SegmentReport: Encodable, Sendable {
  public struct Segment: Encodable, Sendable {
    public var id: String?
    public var name: String
    public var type: String?
    public var customerCount: Int
    /// Of all customers.
    public var share: Double
    public var previousCount: Int
    /// count / previous count - 1; nil after none.
    public var growthRate: Double?
    /// Members now who were none then, and the other way round.
    public var joined: Int
    public var left: Int
    /// Major units; nil without an order that has an amount.
    public var averageOrderValue: Double?
    /// Of all orders of the members to date, major units.
    public var totalRevenue: Double
    /// Nil without members.
    public var insights: Insights?
    /// In the order of the store; not part of the JSON.
    public var members: [SegmentMember]

    enum CodingKeys: String, CodingKey {
      case id, share, joined, left
      case name = "segment_name"
      case type = "segment_type"
      case customerCount = "customer_count"
      case previousCount = "previous_count"
      case growthRate = "growth_rate"
      case averageOrderValue = "avg_order_value"
      case totalRevenue = "total_revenue"
      case insights = "segment_insights"
    }
  }

  public struct Insights: Encodable, Sendable, Equatable {
    /// Major units.
    public var averageLifetimeValue: Double
    public var averageOrders: Double
    /// The name of the mean time between days with a purchase; nil when nobody bought on two.
    public var orderFrequency: FrequencyName?
    /// By members who bought of them, the largest first.
    public var topCategories: [String]
    /// By members whose last known location it is.
    public var topLocations: [String]
    public var topDevices: [String]
    /// By mean engagement score over all members, best first; channels of score 0 are left out.
    public var preferredChannels: [String]
    /// Mean score of the members who were reached or seen on the channel; see profiles.
    public var engagementByChannel: [String: Double]

    enum CodingKeys: String, CodingKey {
      case averageLifetimeValue = "avg_customer_lifetime_value"
      case averageOrders = "avg_orders"
      case orderFrequency = "avg_order_frequency"
      case topCategories = "top_categories"
      case topLocations = "top_locations"
      case topDevices = "top_devices"
      case preferredChannels = "preferred_communication_channels"
      case engagementByChannel = "engagement_by_channel"
    }
  }

  /// Microseconds since 1970 UTC.
  public var moment: Int64
  public var previous: Int64
  /// Customers with an event before the moment.
  public var customers: Int
  public var previousCustomers: Int
  public var segments: [Segment]

  enum CodingKeys: String, CodingKey {
    case customers, segments
    case asOf = "as_of"
    case comparedWith = "compared_with"
    case previousCustomers = "previous_customers"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.text(moment), forKey: .asOf)
    try container.encode(Self.text(previous), forKey: .comparedWith)
    try container.encode(customers, forKey: .customers)
    try container.encode(previousCustomers, forKey: .previousCustomers)
    try container.encode(segments, forKey: .segments)
  }

  private static func text(_ moment: Int64) -> String {
    Date(timeIntervalSince1970: Double(moment) / 1e6).ISO8601Format()
  }
}

extension SegmentReport.Segment {
  init(
    _ segment: SegmentDefinition, _ tally: SegmentTally, of customers: Int, categories: [String], locations: [String],
    devices: [String]
  ) {
    id = segment.id
    name = segment.name
    type = segment.type
    customerCount = tally.count
    share = customers == 0 ? 0 : Double(tally.count) / Double(customers)
    previousCount = tally.previous
    growthRate = tally.previous == 0 ? nil : Double(tally.count) / Double(tally.previous) - 1
    joined = tally.joined
    left = tally.left
    averageOrderValue = tally.paidOrders == 0 ? nil : Money.major(tally.spent) / Double(tally.paidOrders)
    totalRevenue = Money.major(tally.spent)
    members = tally.members
    guard tally.count > 0 else { return }
    let channels = EngagementChannel.allCases.filter { tally.reached[$0.place] > 0 }
    let preferred = channels.filter { tally.engagement[$0.place] > 0 }.sorted {
      (tally.engagement[$1.place], $0.place) < (tally.engagement[$0.place], $1.place)
    }
    let gap = tally.gaps == 0 ? nil : Double(tally.gapSeconds) / 86_400 / Double(tally.gaps)
    insights = SegmentReport.Insights(
      averageLifetimeValue: Money.major(tally.spent) / Double(tally.count),
      averageOrders: Double(tally.orders) / Double(tally.count),
      orderFrequency: gap.map(FrequencyName.init(meanDays:)), topCategories: Self.top(tally.categories, categories),
      topLocations: Self.top(tally.locations, locations), topDevices: Self.top(tally.devices, devices),
      preferredChannels: preferred.map(\.marketingChannel),
      engagementByChannel: Dictionary(
        uniqueKeysWithValues: channels.map {
          ($0.rawValue, tally.engagement[$0.place] / Double(tally.reached[$0.place]))
        }))
  }

  /// The five names of the largest counts, of equals in the order of the alphabet.
  private static func top(_ counts: [Int32: Int], _ names: [String]) -> [String] {
    let named = counts.map { (names[Int($0.key)], $0.value) }
    return named.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.prefix(5).map(\.0)
  }
}
