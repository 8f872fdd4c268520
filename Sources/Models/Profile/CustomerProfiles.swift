import Foundation
import Journeys

/// The profiles of a store's customers as of a moment: one pass over the events before it, and nothing at or after it.
public struct CustomerProfiles: Sendable {
  private let store: JourneyStore
  private let moment: Int64
  private let calendar: ZonedCalendar
  private let actions: CustomerActions
  private let social: Int32
  private let devices: (codes: Column<Int32>, names: NameTable)?
  private let categories: ListColumn?
  private let brands: ListColumn?

  /// - Parameters:
  ///   - moment: microseconds since 1970 UTC, exclusive.
  ///   - calendar: cuts days and hours.
  public init(of store: JourneyStore, before moment: Int64, calendar: ZonedCalendar) {
    self.store = store
    self.moment = moment
    self.calendar = calendar
    actions = CustomerActions(store.eventTypeNames)
    social = store.channelNames.code(of: EngagementChannel.social.marketingChannel) ?? -2
    devices = store.eventNames("device")
    categories = ListColumn("categories", of: store)
    brands = ListColumn("brands", of: store) ?? ListColumn("brand", of: store)
  }

  /// The profile of each customer of a range; nil for those without an event before the moment.
  public func profiles(of customers: Range<Int>) -> [CustomerProfile?] {
    var scratch = Scratch(
      facts: CustomerFacts(moment: moment, setWords: 0), devices: CodeTally(codes: devices?.names.count ?? 0),
      categories: CodeTally(codes: categories?.names.count ?? 0), brands: CodeTally(codes: brands?.names.count ?? 0))
    return customers.map { profile(store.events(of: $0), &scratch) }
  }

  /// Filled again for every customer.
  private struct Scratch {
    var facts: CustomerFacts
    var devices: CodeTally
    var categories: CodeTally
    var brands: CodeTally
    /// Activities by local hour of the day.
    var hours = [Int](repeating: 0, count: 24)
    var firstAnswer: Int64 = 0
    var answerDays = 0
    var lastAnswerDay = Int64.min

    mutating func removeAll() {
      facts.removeAll()
      devices.removeAll()
      categories.removeAll()
      brands.removeAll()
      for hour in hours.indices { hours[hour] = 0 }
      (answerDays, lastAnswerDay) = (0, Int64.min)
    }
  }

  private func profile(_ events: Range<Int>, _ scratch: inout Scratch) -> CustomerProfile? {
    let (timestamps, types, channels, amounts) = (store.timestamps, store.eventTypes, store.channels, store.amounts)
    guard let first = events.first, timestamps[first] < moment else { return nil }
    scratch.removeAll()
    for event in events {
      let time = timestamps[event]
      guard time < moment else { break }
      let action = actions[types[event]]
      scratch.facts.add(action, at: time, isSocial: channels[event] == social, amounts[event], 0, calendar)
      if action.isActivity {
        let hour = calendar.period(.hour, of: time)
        scratch.hours[Int(hour - floorDivide(hour, 24) * 24)] += 1
        if let devices, devices.codes[event] >= 0 { scratch.devices.add(devices.codes[event]) }
      }
      if action.isAnswer { addAnswer(time, &scratch) }
      addItems(event, action, time, &scratch)
    }
    return profile(scratch)
  }

  private func addAnswer(_ time: Int64, _ scratch: inout Scratch) {
    let day = calendar.day(time)
    if scratch.answerDays == 0 { scratch.firstAnswer = time }
    if day != scratch.lastAnswerDay { scratch.answerDays += 1 }
    scratch.lastAnswerDay = day
  }

  private func addItems(_ event: Int, _ action: CustomerAction, _ time: Int64, _ scratch: inout Scratch) {
    let bought = categories?.items(ofEvent: event) ?? []
    let made = brands?.items(ofEvent: event) ?? []
    guard !bought.isEmpty || !made.isEmpty else { return }
    let age = Double(moment - time) / Double(90 * microsecondsPerDay)
    // Not to 0, which would be none at all, however long ago it is.
    let weight = (action == .purchase ? 3 : 1) * max(exp2(-age), .leastNormalMagnitude)
    for category in bought { scratch.categories.add(category, weight) }
    for brand in made { scratch.brands.add(brand, weight) }
  }

  private func profile(_ scratch: Scratch) -> CustomerProfile {
    let facts = scratch.facts
    var profile = CustomerProfile()
    profile.preferences.categories = Self.preferred(scratch.categories, categories)
    profile.preferences.brands = Self.preferred(scratch.brands, brands)
    if facts.paidOrders > 0 {
      profile.preferences.priceRange = CustomerProfile.PriceRange(
        min: Money.major(facts.smallest), max: Money.major(facts.largest))
      profile.behaviour.averageOrderValue = Money.major(facts.spent) / Double(facts.paidOrders)
    }
    if scratch.answerDays >= 3 {
      let days = Double(moment - scratch.firstAnswer) / Double(microsecondsPerDay)
      profile.preferences.communicationFrequency = FrequencyName(meanDays: days / Double(scratch.answerDays))
    }
    profile.behaviour.purchaseFrequency = facts.meanDaysBetweenPurchases.map(FrequencyName.init(meanDays:))
    if EngagementChannel.allCases.contains(where: { facts.engagement[$0] != nil }) {
      let ranked = facts.engagement.ranked
      let best = ranked.first.flatMap { facts.engagement[$0] } ?? 0
      profile.behaviour.preferredChannels =
        ranked.filter { facts.engagement[$0] ?? 0 >= best / 2 }.map(\.marketingChannel)
    }
    profile.behaviour.activeHours = Self.activeHours(scratch.hours)
    let device = scratch.devices.best
    if device >= 0, let devices { profile.behaviour.devicePreference = devices.names[device] }
    profile.engagementScores = CustomerProfile.EngagementScores(
      email: facts.engagement[.email], sms: facts.engagement[.sms], push: facts.engagement[.push],
      social: facts.engagement[.social])
    return profile
  }

  private static func preferred(_ tally: CodeTally, _ column: ListColumn?) -> [String]? {
    guard let column, !tally.touched.isEmpty else { return nil }
    let least = tally.total / 10
    return tally.ranked.prefix(5).filter { tally[$0] >= least }.map { column.names[Int($0)] }
  }

  private static func activeHours(_ hours: [Int]) -> [String]? {
    guard hours.contains(where: { $0 > 0 }) else { return nil }
    func count(_ hour: Int) -> Int { hours[hour % 24] }
    func weight(_ start: Int) -> (Int, Int) {
      (count(start) + count(start + 1) + count(start + 2), count(start + 1))
    }
    var best = 0
    for start in 1..<24 where weight(start) > weight(best) { best = start }
    func text(_ hour: Int) -> String { (hour % 24 < 10 ? "0" : "") + "\(hour % 24):00" }
    return [text(best), text(best + 3)]
  }
}
