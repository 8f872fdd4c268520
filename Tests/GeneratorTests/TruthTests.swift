import Foundation
import Generator
import Testing

/// The truth file agrees with the events.
@Suite struct TruthTests {
  private static let stream = Result {
    try GeneratedStream(
      GeneratorConfiguration(
        customers: 3000, days: 90, seed: 41, badShare: 0.01, duplicateShare: 0.05, lateShare: 0.05))
  }

  private func stream() throws -> GeneratedStream { try Self.stream.get() }

  @Test func everyPurchaseHasItsCause() throws {
    let stream = try stream()
    let truth = stream.truth
    let purchases = stream.events.filter { $0.type == "purchase" }
    #expect(truth.purchases.map(\.event) == purchases.map(\.id.description))
    #expect(truth.totals.purchases == purchases.count)
    #expect(truth.totals.organicPurchases == truth.purchases.count { $0.cause == "organic" })
    let revenue = purchases.reduce(Int64(0)) { $0 + $1.amount }
    #expect(truth.totals.revenue == Decimal(revenue) / 100)
    var caused: [String: (count: Int, revenue: Int64)] = [:]
    for (purchase, event) in zip(truth.purchases, purchases) where purchase.cause != "organic" {
      caused[purchase.cause, default: (0, 0)].count += 1
      caused[purchase.cause, default: (0, 0)].revenue += event.amount
    }
    #expect(Set(truth.channels.keys) == Set(GeneratedChannel.allCases.map(\.name)))
    for (name, channel) in truth.channels {
      #expect(channel.incrementalPurchases == caused[name]?.count ?? 0, "\(name)")
      #expect(channel.incrementalRevenue == Decimal(caused[name]?.revenue ?? 0) / 100, "\(name)")
    }
    for channel in ["email", "sms", "push_notification", "social_media", "paid_search", "affiliate"] {
      #expect(caused[channel]?.count ?? 0 > 5, "\(channel)")
    }
    // Nothing is caused by coming on one's own.
    #expect(caused["direct"] == nil && caused["organic_search"] == nil)
    let all = truth.channels.values.reduce(0) { $0 + $1.incrementalPurchases }
    #expect(all + truth.totals.organicPurchases == purchases.count)
  }

  @Test func customersSumToTheirEvents() throws {
    let stream = try stream()
    var counts: [String: Int] = [:]
    for event in stream.events where event.type == "purchase" { counts[event.customer, default: 0] += 1 }
    #expect(stream.truth.customers.count == 3000)
    for customer in stream.truth.customers {
      #expect(customer.organicPurchases + customer.causedPurchases == counts[customer.customerId] ?? 0)
      #expect(customer.activeHours.count == 24)
      #expect(abs(customer.activeHours.reduce(0, +) - 1) < 1e-5)
    }
    #expect(Set(stream.events.map(\.customer)).isSubset(of: stream.truth.customers.map(\.customerId)))
  }

  @Test func totalsAndCampaignsAreThoseOfTheRun() throws {
    let stream = try stream()
    #expect(stream.truth.totals.produced == stream.counts.produced)
    #expect(stream.truth.totals.valid == stream.counts.valid)
    #expect(stream.truth.totals.bad == stream.counts.bad)
    #expect(stream.truth.totals.duplicates == stream.counts.duplicates)
    #expect(stream.truth.campaigns.map(\.id) == stream.campaigns.map(\.id))
    #expect(stream.truth.campaigns.map(\.nameBn) == stream.campaigns.map(\.nameBangla))
    #expect(stream.truth.campaigns.map(\.spent) == stream.campaigns.map { Decimal($0.spent) / 100 })
    #expect(stream.truth.season.count == 90)
  }

  /// Touches counted in the truth are the touches among the events; intent caught on the way to buying is none.
  @Test func touchesAreTheEngagements() throws {
    let stream = try stream()
    let truth = stream.truth
    #expect(truth.channels["email"]?.touches == stream.count("email_opened") + stream.count("email_clicked"))
    #expect(truth.channels["sms"]?.touches == stream.count("sms_delivered") + stream.count("sms_clicked"))
    #expect(truth.channels["push_notification"]?.touches == stream.count("push_opened"))
    let affiliate = try #require(truth.channels["affiliate"]).touches
    #expect(affiliate > 0 && affiliate < stream.count("affiliate_click"))
  }

  /// The purchases that a channel causes are as many as its touches' effects say. Persuadability averages 1; a touch
  /// causes nothing for prospects and for those who have dropped out, so the expectation is an upper bound.
  @Test func causedPurchasesFollowTheEffects() throws {
    let stream = try stream()
    let effects = stream.truth.touchEffects
    let opened = try #require(effects["email_opened"]) * Double(stream.count("email_opened"))
    let clicked = try #require(effects["email_clicked"]) * Double(stream.count("email_clicked"))
    let found = Double(try #require(stream.truth.channels["email"]).incrementalPurchases)
    #expect(found < (opened + clicked) + 4 * (opened + clicked).squareRoot())
    #expect(found > 0.3 * (opened + clicked))
  }

  /// Without effects the same customers buy organically what they bought before, and nothing else.
  @Test func organicPurchasesDoNotDependOnTheChannels() throws {
    var idle = GeneratorConfiguration(customers: 800, days: 90, seed: 43)
    let with = try GeneratedStream(idle)
    idle.shop.touchEffects = .none
    let without = try GeneratedStream(idle)
    #expect(without.truth.purchases.allSatisfy { $0.cause == "organic" })
    #expect(with.truth.purchases.contains { $0.cause != "organic" })
    #expect(with.truth.customers.map(\.organicPurchases) == without.truth.customers.map(\.organicPurchases))
    // To the microsecond and the paisa.
    let organic = Set(with.truth.purchases.filter { $0.cause == "organic" }.map(\.event))
    func facts(_ stream: GeneratedStream, _ isMeant: (GeneratedStream.Event) -> Bool) -> Set<String> {
      let purchases = stream.events.filter { $0.type == "purchase" && isMeant($0) }
      return Set(purchases.map { "\($0.customer) \($0.timestamp) \($0.amount)" })
    }
    #expect(facts(with) { organic.contains($0.id.description) } == facts(without) { _ in true })
  }

  /// "Last click" gives search and partners credit for what would have happened anyway.
  @Test func lastClickIsWrong() throws {
    let truth = try stream().truth
    let search = try #require(truth.channels["paid_search"])
    #expect(search.capturedPurchases > 3 * search.incrementalPurchases)
    let email = try #require(truth.channels["email"])
    #expect(email.capturedPurchases < email.incrementalPurchases)
  }
}
