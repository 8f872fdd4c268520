import Foundation
import Journeys
import Models
import TestSupport
import Testing

@Suite struct CustomerProfilesTests {
  private let folder: TemporaryDirectory
  private let dhaka: ZonedCalendar
  private let moment = CustomerEvents.moment

  init() throws {
    folder = try TemporaryDirectory()
    dhaka = try ZonedCalendar("Asia/Dhaka")
  }

  private func profiles(
    _ list: CustomerEvents, _ name: String = "store", properties: [String] = []
  ) throws -> [String: CustomerProfile] {
    let store = try list.store(in: folder, name, properties: properties)
    let profiles = CustomerProfiles(of: store, before: moment, calendar: dhaka).profiles(of: 0..<store.customerCount)
    let pairs = profiles.enumerated().compactMap { place, profile in profile.map { (store.customerID(place), $0) } }
    return Dictionary(uniqueKeysWithValues: pairs)
  }

  private func json(_ profile: CustomerProfile) throws -> [String: [String: Any]] {
    let data = try JSONEncoder().encode(profile)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]])
  }

  /// Days before the moment, which is 06:00 in Dhaka, to an hour of the day so many days before.
  private func ago(_ days: Double, at hour: Double) -> Double { days + (6 - hour) / 24 }

  @Test func aProfileCountedByHand() throws {
    var list = CustomerEvents()
    list.add(
      "a", "purchase", daysAgo: ago(90, at: 20.5), amount: 300_000, categories: ["books", "fashion"],
      device: "desktop", brand: "apple")
    list.add(
      "a", "purchase", daysAgo: ago(30, at: 21), amount: 500_000, categories: ["fashion"], device: "mobile",
      brand: "samsung")
    list.add("a", "cart_added", daysAgo: ago(30, at: 19.2), categories: ["electronics"], device: "mobile")
    list.add("a", "email_sent", daysAgo: 31, channel: "email")
    for days in [30.0, 20, 10] { list.add("a", "email_opened", daysAgo: ago(days, at: 10), channel: "email") }
    list.add("a", "sms_sent", daysAgo: 3, channel: "sms")
    list.add("a", "sms_clicked", daysAgo: 0.000001, channel: "sms")
    let profile = try #require(try profiles(list, properties: ["brand"])["a"])

    // fashion 3 · (1/2 + 2^(-1/3)), books 3/2, electronics 2^(-1/3): of about 6.2 in all.
    #expect(profile.preferences.categories == ["fashion", "books", "electronics"])
    #expect(profile.preferences.brands == ["samsung", "apple"])
    #expect(profile.preferences.priceRange?.min == 3000 && profile.preferences.priceRange?.max == 5000)
    // Four days with an answer in 29.8 days.
    #expect(profile.preferences.communicationFrequency == .weekly)
    #expect(profile.behaviour.averageOrderValue == 4000)
    #expect(profile.behaviour.purchaseFrequency == .quarterly)
    // Three opens at 10 lie in 9 to 12; the cart and both purchases in 19 to 22, but spread.
    #expect(profile.behaviour.activeHours == ["09:00", "12:00"])
    #expect(profile.behaviour.devicePreference == "mobile")
    let ages = [30.0, 20, 10].map { ago($0, at: 10) }
    let email = 1 - pow(2, -ages.map { pow(2, -$0 / 30) }.reduce(0, +) / 4)
    let scores = profile.engagementScores
    #expect(abs(try #require(scores.email) - email) < 1e-12)
    // A click just now: A = 2.
    #expect(abs(try #require(scores.sms) - (1 - pow(2, -0.5))) < 1e-6)
    #expect(scores.push == nil && scores.social == nil)
    #expect(profile.behaviour.preferredChannels == ["sms", "email"])
  }

  @Test func anOptOutForgetsAndWhatNeverWasIsAbsent() throws {
    var list = CustomerEvents()
    list.add("left", "email_opened", daysAgo: 9, channel: "email")
    list.add("left", "email_unsubscribed", daysAgo: 8, channel: "email")
    list.add("back", "email_unsubscribed", daysAgo: 8, channel: "email")
    list.add("back", "email_opened", daysAgo: 7, channel: "email")
    list.add("new", "signup", daysAgo: 1)
    list.add("unborn", "purchase", daysAgo: 0, amount: 100)
    let found = try profiles(list)
    #expect(Set(found.keys) == ["left", "back", "new"])
    #expect(found["left"]?.engagementScores.email == 0)
    #expect(found["left"]?.behaviour.preferredChannels == [])
    #expect(try #require(found["back"]?.engagementScores.email) > 0.1)
    #expect(try json(#require(found["new"])).values.allSatisfy(\.isEmpty))
  }

  /// The field names of the service document, nothing else, and hours over midnight.
  @Test func theShapeIsThatOfTheServiceDocument() throws {
    var list = CustomerEvents()
    for days in [1.0, 5, 40] {
      list.add("a", "purchase", daysAgo: ago(days, at: 23.5), amount: 100, categories: ["x"], device: "mobile")
      list.add("a", "push_opened", daysAgo: ago(days, at: 0.5), channel: "push_notification")
    }
    let profile = try #require(try profiles(list)["a"])
    #expect(profile.behaviour.activeHours == ["22:00", "01:00"])
    let json = try json(profile)
    #expect(json.keys.sorted() == ["behavior_data", "engagement_scores", "preferences"])
    #expect(json["preferences"]?.keys.sorted() == ["categories", "communication_frequency", "price_range"])
    #expect(
      json["behavior_data"]?.keys.sorted() == [
        "active_hours", "avg_order_value", "device_preference", "preferred_channels", "purchase_frequency",
      ])
    #expect(json["engagement_scores"]?.keys.sorted() == ["push"])
  }

  /// Scores, frequencies, money and hours are those of the definitions, for every customer of random data.
  @Test func profilesAreTheirDefinitions() throws {
    let list = CustomerEvents.random(300, seed: 21)
    let found = try profiles(list)
    let past = Dictionary(grouping: list.events.filter { $0.time < moment }, by: \.customer)
    #expect(Set(found.keys) == Set(past.keys))
    for (customer, events) in past {
      let profile = try #require(found[customer])
      let naive = NaiveCustomer(events: events.sorted { $0.time < $1.time }, moment: moment, calendar: dhaka)
      for channel in EngagementChannel.allCases {
        let expected = naive.score(channel.rawValue)
        let got = profile.engagementScores[channel]
        #expect((got == nil) == (expected == nil))
        #expect(abs((got ?? 0) - (expected ?? 0)) < 1e-12 && (0...1).contains(got ?? 0))
      }
      let average = naive.number("avg_order_value") ?? 0
      #expect(abs((profile.behaviour.averageOrderValue ?? 0) - average) <= 1e-9 * average)
      #expect(profile.preferences.priceRange?.max == naive.number("max_order_value"))
      #expect(profile.behaviour.purchaseFrequency.map { [$0.rawValue] } ?? [] == naive.texts("purchase_frequency"))
      #expect(profile.behaviour.devicePreference.map(naive.texts("device").contains) ?? naive.texts("device").isEmpty)
      let hours = naive.events.filter { NaiveCustomer.activity.contains($0.type) }
        .map { Int(($0.time / 3_600_000_000 + 6) % 24) }
      if let active = profile.behaviour.activeHours, let start = Int(active[0].prefix(2)) {
        let inside = { (start: Int) in hours.count { ($0 - start + 24) % 24 < 3 } }
        #expect(inside(start) == (0..<24).map(inside).max())
      } else {
        #expect(hours.isEmpty)
      }
    }
  }

  /// Nothing at the moment or after it is seen, and who else is asked for changes nothing.
  @Test func theFutureAndTheNeighboursChangeNothing() throws {
    let list = CustomerEvents.random(200, seed: 22)
    let all = try profiles(list, "all")
    #expect(try profiles(CustomerEvents(events: list.events.filter { $0.time < moment }), "past") == all)
    let store = try JourneyStore(folder.url.appending(path: "all"))
    let kernel = CustomerProfiles(of: store, before: moment, calendar: dhaka)
    let whole = kernel.profiles(of: 0..<store.customerCount)
    var parts: [CustomerProfile?] = []
    for start in stride(from: 0, to: store.customerCount, by: 7) {
      parts += kernel.profiles(of: start..<min(start + 7, store.customerCount))
    }
    #expect(parts == whole)
    #expect(whole.compactMap(\.self).count == all.count)
  }
}
