import Journeys

/// What is counted of one customer, from the events of a window before a moment; filled again for every customer,
/// so that none costs an allocation.
struct CustomerFacts: Sendable {
  /// The time of what did not happen.
  static let never = Int64.min

  let moment: Int64
  /// By `CustomerAction`.
  private var counts = [Int32](repeating: 0, count: CustomerAction.allCases.count)
  private(set) var paidOrders = 0
  private(set) var spent: Int64 = 0
  private(set) var lastAmount: Int64 = 0
  private(set) var largest: Int64 = 0
  private(set) var smallest: Int64 = 0
  private(set) var purchaseDays = 0
  private var lastPurchaseDay: Int64 = 0
  private(set) var firstPurchase = Self.never
  private(set) var lastPurchase = Self.never
  private(set) var signup = Self.never
  private(set) var firstSeen = Self.never
  private(set) var lastActivity = Self.never
  private(set) var lastCart = Self.never
  private var points: Int64 = 0
  private(set) var engagement = ChannelEngagement()
  var location: Int32 = -1
  var carrier: Int32 = -1
  var device: Int32 = -1
  var firstChannel: Int32 = -1
  /// Bits of the predicates over sets, see `SegmentSets`.
  var setBits: [UInt64]

  init(moment: Int64, setWords: Int) {
    self.moment = moment
    setBits = Array(repeating: 0, count: setWords)
  }

  mutating func removeAll() {
    for i in counts.indices { counts[i] = 0 }
    (paidOrders, spent, lastAmount, largest, smallest) = (0, 0, 0, 0, 0)
    (purchaseDays, lastPurchaseDay, points) = (0, 0, 0)
    (firstPurchase, lastPurchase, signup) = (Self.never, Self.never, Self.never)
    (firstSeen, lastActivity, lastCart) = (Self.never, Self.never, Self.never)
    engagement = ChannelEngagement()
    (location, carrier, device, firstChannel) = (-1, -1, -1, -1)
    for i in setBits.indices { setBits[i] = 0 }
  }

  /// Adds an event, in time order.
  @inline(__always)
  mutating func add(
    _ action: CustomerAction, at time: Int64, isSocial: Bool, _ amount: @autoclosure () -> Int64,
    _ points: @autoclosure () -> Int64, _ calendar: ZonedCalendar
  ) {
    if firstSeen == Self.never { firstSeen = time }
    counts[Int(action.rawValue)] += 1
    if action.isActivity { lastActivity = time }
    switch action {
    case .purchase: addPurchase(at: time, amount(), day: calendar.day(time))
    case .cart: lastCart = time
    case .signup: if signup == Self.never { signup = time }
    case .pointsEarned: self.points += max(points(), 0)
    case .pointsRedeemed: self.points -= max(points(), 0)
    default: engagement.add(action, isSocial: isSocial, age: moment - time)
    }
  }

  private mutating func addPurchase(at time: Int64, _ amount: Int64, day: Int64) {
    if firstPurchase == Self.never { firstPurchase = time }
    if lastPurchase == Self.never || day != lastPurchaseDay { purchaseDays += 1 }
    (lastPurchase, lastPurchaseDay) = (time, day)
    guard amount != Money.none else { return }
    largest = paidOrders == 0 ? amount : max(largest, amount)
    smallest = paidOrders == 0 ? amount : min(smallest, amount)
    paidOrders += 1
    spent += amount
    lastAmount = amount
  }

  func count(_ action: CustomerAction) -> Int { Int(counts[Int(action.rawValue)]) }

  var orders: Int { count(.purchase) }

  /// Missing after purchases on one day only.
  var meanDaysBetweenPurchases: Double? {
    guard purchaseDays > 1 else { return nil }
    return Double(lastPurchase - firstPurchase) / Double(microsecondsPerDay) / Double(purchaseDays - 1)
  }

  // MARK: Fields

  /// Not a number for what is missing.
  func value(_ field: SegmentField.Number) -> Double {
    func major(_ amount: Int64) -> Double { paidOrders > 0 ? Money.major(amount) : .nan }
    func days(since time: Int64) -> Double {
      time == Self.never ? .nan : Double(moment - time) / Double(microsecondsPerDay)
    }
    func number(_ action: CustomerAction) -> Double { Double(count(action)) }
    func rate(_ part: CustomerAction, of whole: CustomerAction) -> Double {
      count(whole) == 0 ? .nan : min(1, number(part) / number(whole))
    }
    func score(_ channel: EngagementChannel) -> Double { engagement[channel] ?? .nan }
    switch field {
    case .customerLifetimeValue: return Money.major(spent)
    case .totalOrders: return Double(orders)
    case .averageOrderValue: return major(spent) / Double(paidOrders)
    case .lastOrderValue: return major(lastAmount)
    case .largestOrderValue: return major(largest)
    case .smallestOrderValue: return major(smallest)
    case .purchaseDays: return Double(purchaseDays)
    case .daysBetweenPurchases: return meanDaysBetweenPurchases ?? .nan
    case .daysSinceLastPurchase: return days(since: lastPurchase)
    case .daysSinceFirstPurchase: return days(since: firstPurchase)
    case .daysSinceSignup: return days(since: signup)
    case .daysSinceLastActivity: return days(since: lastActivity)
    case .daysSinceFirstSeen: return days(since: firstSeen)
    case .emailsSent: return number(.emailSent)
    case .emailsOpened: return number(.emailOpened)
    case .emailsClicked: return number(.emailClicked)
    case .emailOpenRate: return rate(.emailOpened, of: .emailSent)
    case .emailClickRate: return rate(.emailClicked, of: .emailSent)
    case .smsSent: return number(.smsSent)
    case .smsClicked: return number(.smsClicked)
    case .smsClickRate: return rate(.smsClicked, of: .smsSent)
    case .pushSent: return number(.pushSent)
    case .pushOpened: return number(.pushOpened)
    case .pushOpenRate: return rate(.pushOpened, of: .pushSent)
    case .pageViews: return number(.view)
    case .adClicks: return number(.adClick) + number(.affiliateClick)
    case .cartsAdded: return number(.cart)
    case .loyaltyPoints: return Double(points)
    case .emailEngagement: return score(.email)
    case .smsEngagement: return score(.sms)
    case .pushEngagement: return score(.push)
    case .socialEngagement: return score(.social)
    case .engagementScore: return EngagementChannel.allCases.compactMap { engagement[$0] }.max() ?? .nan
    }
  }

  func time(_ field: SegmentField.Date) -> Int64 {
    switch field {
    case .lastPurchase: lastPurchase
    case .firstPurchase: firstPurchase
    case .signup: signup
    case .lastActivity: lastActivity
    case .firstSeen: firstSeen
    }
  }

  /// The code of a name in the names of the field, see `SegmentNames`; -1 for none.
  func code(_ field: SegmentField.Text) -> Int32 {
    switch field {
    case .location: location
    case .device: device
    case .carrier: carrier
    case .preferredChannel: engagement.best.map { Int32($0.place) } ?? -1
    case .acquisitionChannel: firstChannel
    case .purchaseFrequency: meanDaysBetweenPurchases.map { Int32(FrequencyName(meanDays: $0).place) } ?? -1
    }
  }

  func isTrue(_ field: SegmentField.Flag) -> Bool {
    switch field {
    case .hasPurchased: orders > 0
    case .hasAbandonedCart: lastCart != Self.never && lastCart > lastPurchase
    case .emailOptedOut: count(.emailOptOut) > 0
    case .smsOptedOut: count(.smsOptOut) > 0
    }
  }
}
