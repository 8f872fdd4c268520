import Journeys

/// Sums over the members of a segment.
struct SegmentTally: Codable, Sendable, Equatable {
  var count = 0
  var previous = 0
  var joined = 0
  var left = 0
  var orders = 0
  var paidOrders = 0
  /// Minor units.
  var spent: Int64 = 0
  /// Seconds between first and last purchases, and how many gaps between days with a purchase lie in them.
  var gapSeconds: Int64 = 0
  var gaps = 0
  /// Sums of the engagement scores, and how many members have one, by place of the channel.
  var engagement = [Double](repeating: 0, count: EngagementChannel.allCases.count)
  var reached = [Int](repeating: 0, count: EngagementChannel.allCases.count)
  /// Members who have bought of a category, by place in the list's names.
  var categories: [Int32: Int] = [:]
  /// Members by code.
  var locations: [Int32: Int] = [:]
  var devices: [Int32: Int] = [:]
  var members: [SegmentMember] = []

  mutating func count(belongs: Bool, belonged: Bool) {
    if belongs { count += 1 }
    if belonged { previous += 1 }
    if belongs && !belonged { joined += 1 }
    if belonged && !belongs { left += 1 }
  }

  mutating func add(_ facts: CustomerFacts, _ bought: CodeTally) {
    orders += facts.orders
    paidOrders += facts.paidOrders
    spent += facts.spent
    if facts.purchaseDays > 1 {
      gapSeconds += (facts.lastPurchase - facts.firstPurchase) / 1_000_000
      gaps += facts.purchaseDays - 1
    }
    for channel in EngagementChannel.allCases {
      guard let score = facts.engagement[channel] else { continue }
      engagement[channel.place] += score
      reached[channel.place] += 1
    }
    for category in bought.touched { categories[category, default: 0] += 1 }
    if facts.location >= 0 { locations[facts.location, default: 0] += 1 }
    if facts.device >= 0 { devices[facts.device, default: 0] += 1 }
  }

  mutating func merge(_ later: SegmentTally) {
    count += later.count
    previous += later.previous
    joined += later.joined
    left += later.left
    orders += later.orders
    paidOrders += later.paidOrders
    spent += later.spent
    gapSeconds += later.gapSeconds
    gaps += later.gaps
    for place in engagement.indices {
      engagement[place] += later.engagement[place]
      reached[place] += later.reached[place]
    }
    categories.merge(later.categories, uniquingKeysWith: +)
    locations.merge(later.locations, uniquingKeysWith: +)
    devices.merge(later.devices, uniquingKeysWith: +)
    members += later.members
  }
}
