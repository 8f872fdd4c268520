import Foundation
import Journeys

/// What one customer did before a moment; filled again for every customer, so that none costs an allocation.
struct CustomerSummary {
  private let windowLengths: [Int64]
  /// Events by group and by age: `counts[group * bands + band]`. Band k < windows is what the k-th window has beyond
  /// the shorter ones; the last band is older than all windows.
  private var counts: [Int32]
  private(set) var purchaseDays = 0
  private var spend: Int64 = 0
  private var lastDaySpend: Int64 = 0
  private var lastPurchaseDay: Int64 = 0
  private var firstPurchase: Int64 = 0
  private var lastPurchase: Int64 = 0
  private var firstEvent: Int64 = 0
  private var lastActivity: Int64 = 0

  private var bands: Int { windowLengths.count + 1 }

  init(windows: [Int]) {
    windowLengths = windows.map { Int64($0) * microsecondsPerDay }
    counts = Array(repeating: 0, count: BehaviourGroup.allCases.count * (windows.count + 1))
  }

  mutating func read(
    _ events: Range<Int>, of store: JourneyStore, before moment: Int64, _ groups: BehaviourGroups,
    _ calendar: ZonedCalendar
  ) {
    for i in counts.indices { counts[i] = 0 }
    (purchaseDays, spend, lastDaySpend) = (0, 0, 0)
    let (timestamps, types) = (store.timestamps, store.eventTypes)
    firstEvent = events.isEmpty ? 0 : timestamps[events.lowerBound]
    for event in events {
      let timestamp = timestamps[event]
      guard timestamp < moment else { break }
      guard let group = groups[types[event]] else { continue }
      if group.isActivity { lastActivity = timestamp }
      if group == .purchases {
        let isNewDay = addPurchase(timestamp, amount: store.amounts[event], day: calendar.day(timestamp))
        guard isNewDay else { continue }
      }
      counts[group.rawValue * bands + band(age: moment - timestamp)] += 1
    }
  }

  /// - Returns: whether it is the first of its local day.
  private mutating func addPurchase(_ timestamp: Int64, amount: Int64, day: Int64) -> Bool {
    let isNewDay = purchaseDays == 0 || day != lastPurchaseDay
    if purchaseDays == 0 { firstPurchase = timestamp }
    if isNewDay {
      purchaseDays += 1
      lastDaySpend = 0
    }
    if amount != Money.none {
      spend += amount
      lastDaySpend += amount
    }
    lastPurchase = timestamp
    lastPurchaseDay = day
    return isNewDay
  }

  private func band(age: Int64) -> Int {
    var band = 0
    while band < windowLengths.count, age > windowLengths[band] { band += 1 }
    return band
  }

  private func total(_ group: BehaviourGroup) -> Double {
    var sum: Int32 = 0
    for band in 0..<bands { sum += counts[group.rawValue * bands + band] }
    return Double(sum)
  }

  /// - Precondition: there was a purchase.
  func appendFeatures(at moment: Int64, to values: inout [Float]) {
    func days(since timestamp: Int64) -> Double { Double(moment - timestamp) / Double(microsecondsPerDay) }
    func append(_ value: Double) { values.append(Float(value)) }

    let occasions = Double(purchaseDays)
    let recency = log1p(days(since: lastPurchase))
    let between = Double(lastPurchase - firstPurchase) / Double(microsecondsPerDay)
    let gap = log1p(purchaseDays > 1 ? between / (occasions - 1) : days(since: firstPurchase))
    // Returns are negative amounts in some people's data; a customer can have got back more than was spent.
    let meanSpend = log1p(max(0, Money.major(spend) / occasions))
    let sent = total(.emailSent) + total(.smsSent) + total(.pushSent)
    let weeks = max(1, days(since: firstEvent) / 7)

    append(recency)
    append(log(occasions))
    append(meanSpend)
    append(log1p(days(since: firstPurchase)))
    append(log1p(days(since: firstEvent)))
    append(gap)
    append(recency - gap)
    append(purchaseDays == 1 ? 1 : 0)
    append(log1p(max(0, Money.major(lastDaySpend))) - meanSpend)
    append(log1p(days(since: lastActivity)))
    append((total(.emailOpens) + 1) / (total(.emailSent) + 2))
    append(log1p(sent / weeks))
    append(log1p(total(.loyaltyEarned) + total(.loyaltyRedeemed)))
    append(total(.optOuts) > 0 ? 1 : 0)
    for window in windowLengths.indices {
      for group in BehaviourGroup.allCases where group.windowFeature != nil {
        let counted = (0...window).reduce(Int32(0)) { $0 + counts[group.rawValue * bands + $1] }
        append(log1p(Double(counted)))
      }
    }
  }
}
