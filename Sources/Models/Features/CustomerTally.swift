import Foundation
import Journeys

/// What one customer did before a moment, filled again for every customer, so that none costs an allocation.
///
/// Events are counted by group and by age: `counts[group * bands + band]`. Band k has the ages above edge k - 1 and up
/// to edge k; the last one is older than all edges. Edges are the windows and twice the windows, which trends need.
struct CustomerTally {
  /// Of the service document's `marketing_channel`.
  static let channels = [
    "email", "sms", "push_notification", "social_media", "affiliate", "direct", "organic_search", "paid_search",
  ]
  static let devices = ["mobile", "desktop", "tablet"]
  /// Six hours each, from midnight.
  static let dayParts = ["night", "morning", "afternoon", "evening"]

  /// Ages in days, ascending.
  static func edges(_ windows: [Int]) -> [Int] { Set(windows + windows.map { 2 * $0 }).sorted() }

  let moment: Int64
  let keepsDiscounts: Bool
  let season: (sine: Double, cosine: Double)
  private let edges: [Int64]
  private let bands: Int
  private let counts: SharedBuffer<Int32>
  private let spends: SharedBuffer<Int64>
  private let byChannel = SharedBuffer<Int32>(Self.channels.count, repeating: 0)
  private let byDevice = SharedBuffer<Int32>(Self.devices.count, repeating: 0)
  private let byDayPart = SharedBuffer<Int32>(Self.dayParts.count, repeating: 0)
  private var seenCampaigns: StampSet
  var categories: CategoryTally

  private(set) var firstEvent: Int64 = 0
  private(set) var firstPurchase: Int64 = 0
  private(set) var lastPurchase: Int64 = 0
  private(set) var lastActivity: Int64 = 0
  private(set) var lastMessage: Int64 = 0
  private(set) var purchaseDays = 0
  private(set) var orders = 0
  private(set) var activeDays = 0
  private(set) var activities = 0
  private(set) var discounted = 0
  private(set) var campaigns = 0
  private(set) var purchasesYearAgo = 0
  private(set) var spend: Int64 = 0
  /// On the last day with a purchase.
  private(set) var daySpend: Int64 = 0
  private(set) var wasSent = false
  private var lastPurchaseDay: Int64 = 0
  private var lastActiveDay: Int64 = 0
  /// Of the first purchase of the last day with one.
  private var dayStart: Int64 = 0
  private var withChannel = 0
  private var withDevice = 0
  /// Sums of squares over the days with a purchase that are over, and over the gaps.
  private var spendSquares = 0.0
  private var gapSum = 0.0
  private var gapSquares = 0.0

  init(
    _ list: FeatureList, moment: Int64, calendar: ZonedCalendar, campaigns: Int, categories: CategoryTally,
    keepsDiscounts: Bool
  ) {
    self.moment = moment
    self.keepsDiscounts = keepsDiscounts
    self.categories = categories
    edges = Self.edges(list.windows).map { Int64($0) * microsecondsPerDay }
    bands = edges.count + 1
    counts = SharedBuffer(BehaviourGroup.allCases.count * bands, repeating: 0)
    spends = SharedBuffer(bands, repeating: 0)
    seenCampaigns = StampSet(campaigns)
    let day = calendar.day(moment)
    let date = CivilDate(days: day)
    let newYear = CivilDate(year: date.year, month: 1, day: 1)?.days ?? day
    let angle = 2 * Double.pi * Double(day - newYear) / 365.25
    season = (sin(angle), cos(angle))
  }

  // MARK: Filling

  mutating func begin(firstEvent timestamp: Int64) {
    counts.base.update(repeating: 0, count: counts.count)
    spends.base.update(repeating: 0, count: bands)
    byChannel.base.update(repeating: 0, count: byChannel.count)
    byDevice.base.update(repeating: 0, count: byDevice.count)
    byDayPart.base.update(repeating: 0, count: byDayPart.count)
    seenCampaigns.clear()
    categories.clear()
    firstEvent = timestamp
    (purchaseDays, orders, activeDays, activities, discounted) = (0, 0, 0, 0, 0)
    (campaigns, purchasesYearAgo, withChannel, withDevice) = (0, 0, 0, 0)
    (spend, daySpend, spendSquares, gapSum, gapSquares) = (0, 0, 0, 0, 0)
    wasSent = false
  }

  /// The band of an age; events come in time order, so a search from the band before is short.
  @inline(__always) func band(age: Int64, from start: Int) -> Int {
    var band = start
    while band > 0, age <= edges[band - 1] { band -= 1 }
    return band
  }

  var oldestBand: Int { bands - 1 }

  @inline(__always) func add(_ group: BehaviourGroup, band: Int) { counts.base[group.rawValue * bands + band] += 1 }

  @inline(__always) mutating func addMessage(_ timestamp: Int64, campaign: Int32) {
    lastMessage = timestamp
    wasSent = true
    if campaign >= 0, seenCampaigns.insert(Int(campaign)) { campaigns += 1 }
  }

  /// - Parameters:
  ///   - local: microseconds of the local clock.
  ///   - channel: place among `channels`, `.max` for another one, negative for none; `device` likewise.
  @inline(__always)
  mutating func addActivity(_ timestamp: Int64, local: Int64, day: Int64, channel: Int32, device: Int32) {
    if activities == 0 || day != lastActiveDay { activeDays += 1 }
    activities += 1
    lastActivity = timestamp
    lastActiveDay = day
    byDayPart.base[Int((local - day * microsecondsPerDay) / (microsecondsPerDay / 4))] += 1
    if channel >= 0 {
      withChannel += 1
      if channel < byChannel.count { byChannel.base[Int(channel)] += 1 }
    }
    if device >= 0 {
      withDevice += 1
      if device < byDevice.count { byDevice.base[Int(device)] += 1 }
    }
  }

  mutating func addPurchase(_ timestamp: Int64, day: Int64, amount: Int64, band: Int, isDiscounted: Bool) {
    if purchaseDays == 0 {
      firstPurchase = timestamp
      beginDay(timestamp, band: band)
    } else if day != lastPurchaseDay {
      let gap = Double(timestamp - dayStart) / Double(microsecondsPerDay)
      gapSum += gap
      gapSquares += gap * gap
      spendSquares += Money.major(daySpend) * Money.major(daySpend)
      beginDay(timestamp, band: band)
    }
    orders += 1
    if amount != Money.none {
      spend += amount
      daySpend += amount
      spends.base[band] += amount
    }
    if isDiscounted { discounted += 1 }
    lastPurchase = timestamp
    lastPurchaseDay = day
  }

  /// The count of purchases per window is one of days.
  private mutating func beginDay(_ timestamp: Int64, band: Int) {
    add(.purchases, band: band)
    purchaseDays += 1
    daySpend = 0
    dayStart = timestamp
    let age = moment - timestamp
    if age <= 365 * microsecondsPerDay, age > 275 * microsecondsPerDay { purchasesYearAgo += 1 }
  }

  // MARK: Reading

  var bought: Bool { purchaseDays > 0 }

  func days(since timestamp: Int64) -> Double { Double(moment - timestamp) / Double(microsecondsPerDay) }

  /// Mean spend per day with a purchase; NaN before the first. Returns are negative amounts in some people's data.
  var meanSpend: Double { bought ? Money.major(spend) / Double(purchaseDays) : .nan }

  /// Over all days with a purchase, the last one included.
  var spendDeviation: Double {
    let last = Money.major(daySpend)
    let squares = (spendSquares + last * last) / Double(purchaseDays)
    return max(0, squares - meanSpend * meanSpend).squareRoot()
  }

  var meanGap: Double { gapSum / Double(purchaseDays - 1) }

  var gapDeviation: Double { max(0, gapSquares / Double(purchaseDays - 1) - meanGap * meanGap).squareRoot() }

  /// Events of a group up to an edge of age; of purchases, days.
  func count(_ group: BehaviourGroup, within edge: Int) -> Double {
    var sum: Int32 = 0
    for band in 0...edge { sum += counts.base[group.rawValue * bands + band] }
    return Double(sum)
  }

  func count(_ groups: [BehaviourGroup], within edge: Int) -> Double {
    groups.reduce(0) { $0 + count($1, within: edge) }
  }

  func total(_ group: BehaviourGroup) -> Double { count(group, within: bands - 1) }

  func spend(within edge: Int) -> Int64 {
    var sum: Int64 = 0
    for band in 0...edge { sum += spends.base[band] }
    return sum
  }

  func rate(_ group: BehaviourGroup, of sent: BehaviourGroup) -> Double {
    let sent = total(sent)
    return sent > 0 ? total(group) / sent : .nan
  }

  func channelShare(_ place: Int) -> Double { share(byChannel.base[place], of: withChannel) }

  func deviceShare(_ place: Int) -> Double { share(byDevice.base[place], of: withDevice) }

  func hourShare(_ part: Int) -> Double { share(byDayPart.base[part], of: activities) }

  private func share(_ count: Int32, of all: Int) -> Double { all > 0 ? Double(count) / Double(all) : .nan }
}

/// A set of small numbers that is emptied in one step.
struct StampSet {
  private let stamps: SharedBuffer<Int32>
  private var stamp: Int32 = 1

  init(_ count: Int) { stamps = SharedBuffer(count, repeating: 0) }

  mutating func clear() { stamp += 1 }

  /// - Returns: whether it is new.
  mutating func insert(_ number: Int) -> Bool {
    guard stamps.base[number] != stamp else { return false }
    stamps.base[number] = stamp
    return true
  }
}
