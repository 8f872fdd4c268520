import Foundation
import Journeys
import Models
import TestSupport
import Testing

@Suite struct SegmentEvaluationTests {
  private let folder: TemporaryDirectory
  private let dhaka: ZonedCalendar
  private let moment = CustomerEvents.moment
  private let previous = CustomerEvents.moment - 30 * CustomerEvents.day

  init() throws {
    folder = try TemporaryDirectory()
    dhaka = try ZonedCalendar("Asia/Dhaka")
  }

  private func segments(_ criteria: [String]) throws -> [SegmentDefinition] {
    try criteria.enumerated().map { place, json in
      SegmentDefinition(
        name: "\(place)", criteria: try SegmentCriteria(json: Data(json.utf8), source: "test", calendar: dhaka))
    }
  }

  private func report(
    _ criteria: [String], _ store: JourneyStore, listingMembers: Bool = true, threads: Int = 2
  ) async throws -> SegmentReport {
    try await SegmentEvaluation(
      try segments(criteria), of: store, before: moment, comparedWith: previous, calendar: dhaka,
      listingMembers: listingMembers
    ).run(over: store, threads: threads)
  }

  private func members(_ criteria: [String], _ store: JourneyStore) async throws -> [Set<String>] {
    try await report(criteria, store).segments.map { Set($0.members.map { store.customerID($0.customer) }) }
  }

  /// Four customers whose every number can be counted by hand.
  private var shop: CustomerEvents {
    var list = CustomerEvents()
    list.add("rich", "signup", daysAgo: 100, channel: "paid_search", device: "desktop", location: "Sylhet")
    list.add("rich", "purchase", daysAgo: 90.5, amount: 4_000_000, categories: ["electronics"], location: "Sylhet")
    list.add("rich", "email_sent", daysAgo: 61, channel: "email", campaign: "spring")
    list.add("rich", "email_opened", daysAgo: 60, channel: "email", campaign: "spring", device: "mobile")
    list.add(
      "rich", "purchase", daysAgo: 10, amount: 2_000_000, categories: ["fashion"], device: "mobile", location: "Dhaka")
    list.add("poor", "purchase", daysAgo: 5, amount: 5_000, categories: ["books"], location: "Dhaka")
    list.add("poor", "cart_added", daysAgo: 2, categories: ["electronics"])
    list.add("gone", "purchase", daysAgo: 120, amount: 6_000_001, location: "Dhaka")
    list.add("gone", "email_unsubscribed", daysAgo: 119, channel: "email")
    list.add("visitor", "page_view", daysAgo: 1, channel: "social_media")
    list.add("unborn", "purchase", daysAgo: -0.0001, amount: 9_000_000)
    return list
  }

  @Test func theSegmentOfTheServiceDocumentAndItsFigures() async throws {
    let store = try shop.store(in: folder)
    let criteria = """
      {"conditions": [{"field": "customer_lifetime_value", "operator": "greater_than", "value": 50000},
        {"field": "last_purchase_date", "operator": "within_days", "value": 90}], "logic": "AND"}
      """
    let report = try await report([criteria], store)
    #expect(report.customers == 4 && report.previousCustomers == 2)
    let segment = report.segments[0]
    #expect(segment.members.map { store.customerID($0.customer) } == ["rich"])
    #expect(segment.members[0].orders == 2 && segment.members[0].spent == 6_000_000)
    #expect(segment.members[0].lastPurchase == moment - 10 * CustomerEvents.day)
    #expect(segment.customerCount == 1 && segment.share == 0.25)
    // A month before, "gone" had bought within 90 days (120 - 30 = 90), and "rich" had spent 40,000 only.
    #expect(segment.previousCount == 1 && segment.joined == 1 && segment.left == 1)
    #expect(segment.growthRate == 0)
    #expect(segment.totalRevenue == 60_000 && segment.averageOrderValue == 30_000)
    let insights = try #require(segment.insights)
    #expect(insights.averageLifetimeValue == 60_000 && insights.averageOrders == 2)
    #expect(insights.orderFrequency == .quarterly)  // 80.5 days
    #expect(insights.topCategories == ["electronics", "fashion"])
    #expect(insights.topLocations == ["Dhaka"] && insights.topDevices == ["mobile"])
    #expect(insights.preferredChannels == ["email"])
    // One open two half-lives ago: A = 1/4, 1 - 2^(-1/16).
    let score = try #require(insights.engagementByChannel["email"])
    #expect(abs(score - (1 - pow(2, -1.0 / 16))) < 1e-12)
  }

  @Test(arguments: [
    (#"{"field": "location", "operator": "equals", "value": "dhaka"}"#, ["rich", "poor", "gone"]),
    (#"{"field": "location", "operator": "not_equals", "value": "Dhaka"}"#, ["visitor"]),
    (#"{"field": "location", "operator": "starts_with", "value": "Dh"}"#, ["rich", "poor", "gone"]),
    (#"{"field": "event_data.location", "operator": "contains", "value": "Sylhet"}"#, ["rich"]),
    (#"{"field": "categories", "operator": "contains", "value": "electronics"}"#, ["rich", "poor"]),
    (#"{"field": "purchased_categories", "operator": "contains", "value": "electronics"}"#, ["rich"]),
    (#"{"field": "categories", "operator": "contains_all", "value": ["fashion", "electronics"]}"#, ["rich"]),
    (#"{"field": "categories", "operator": "contains_any", "value": ["fashion", "books"]}"#, ["rich", "poor"]),
    (#"{"field": "categories", "operator": "contains_none", "value": ["fashion"]}"#, ["poor", "gone", "visitor"]),
    (#"{"field": "categories", "operator": "contains", "value": "electronics", "days": 30}"#, ["poor"]),
    (#"{"field": "campaigns", "operator": "in", "value": ["spring"]}"#, ["rich"]),
    (#"{"field": "channels", "operator": "contains", "value": "social_media"}"#, ["visitor"]),
    (#"{"field": "device", "operator": "is", "value": "mobile"}"#, ["rich"]),
    (#"{"field": "acquisition_channel", "operator": "is", "value": "paid_search"}"#, ["rich"]),
    (#"{"field": "preferred_channel", "operator": "is", "value": "social_media"}"#, ["visitor"]),
    (#"{"field": "has_abandoned_cart", "operator": "is", "value": true}"#, ["poor"]),
    (#"{"field": "email_opted_out", "operator": "is", "value": true}"#, ["gone"]),
    (#"{"field": "has_purchased", "operator": "is_not", "value": true}"#, ["visitor"]),
    (#"{"field": "total_orders", "operator": "between", "value": [1, 1]}"#, ["poor", "gone"]),
    (#"{"field": "total_orders", "operator": "equals", "value": 1, "days": 30}"#, ["rich", "poor"]),
    (#"{"field": "max_order_value", "operator": "=", "value": 60000.01}"#, ["gone"]),
    (#"{"field": "signup_date", "operator": "is_set"}"#, ["rich"]),
    (#"{"field": "days_since_last_purchase", "operator": "<=", "value": 10}"#, ["rich", "poor"]),
    (#"{"field": "last_purchase_date", "operator": "older_than_days", "value": 10}"#, ["gone"]),
    (#"{"field": "last_purchase_date", "operator": "not_within_days", "value": 10}"#, ["gone", "visitor"]),
    (#"{"field": "email_open_rate", "operator": ">=", "value": 1}"#, ["rich"]),
    (#"{"field": "email_engagement", "operator": "=", "value": 0}"#, ["gone"]),
    (#"{"field": "avg_days_between_purchases", "operator": "is_not_set"}"#, ["poor", "gone", "visitor"]),
  ])
  func conditionsMeanWhatTheySay(criteria: String, expected: [String]) async throws {
    let store = try shop.store(in: folder)
    #expect(try await members([criteria], store) == [Set(expected)])
  }

  /// Every group of two, three deep, over the four combinations of two facts.
  @Test func nestedLogicHasTheTruthTablesOfItsOperators() async throws {
    var list = CustomerEvents()
    let customers = [(false, false), (false, true), (true, false), (true, true)]
    for (a, b) in customers {
      list.add("\(a) \(b)", "page_view", daysAgo: 3)
      if a { list.add("\(a) \(b)", "purchase", daysAgo: 2) }
      if b { list.add("\(a) \(b)", "email_unsubscribed", daysAgo: 1) }
    }
    let store = try list.store(in: folder)
    let a = #"{"field": "has_purchased", "operator": "=", "value": true}"#
    let b = #"{"field": "email_opted_out", "operator": "=", "value": true}"#
    typealias Formula = (json: String, holds: @Sendable (Bool, Bool) -> Bool)
    func joined(_ logic: String, _ x: Formula, _ y: Formula) -> Formula {
      let json = #"{"logic": "\#(logic)", "conditions": [\#(x.json), \#(y.json)]}"#
      switch logic {
      case "AND": return (json, { x.holds($0, $1) && y.holds($0, $1) })
      case "OR": return (json, { x.holds($0, $1) || y.holds($0, $1) })
      default: return (json, { !(x.holds($0, $1) || y.holds($0, $1)) })
      }
    }
    let leaves: [Formula] = [(a, { a, _ in a }), (b, { _, b in b })]
    let logics = ["AND", "OR", "NOT"]
    let second = logics.map { joined($0, leaves[0], leaves[1]) }
    let third = logics.flatMap { logic in second.flatMap { x in (second + leaves).map { joined(logic, x, $0) } } }
    let formulas = leaves + second + third
    #expect(formulas.count == 2 + 3 + 45)
    let found = try await members(formulas.map(\.json), store)
    for (formula, members) in zip(formulas, found) {
      let expected = customers.filter { formula.holds($0.0, $0.1) }.map { "\($0.0) \($0.1)" }
      #expect(members == Set(expected), "\(formula.json)")
    }
  }

  @Test func aKeyThatTheStoreDoesNotKeepIsSaidAndOneThatNobodyHasIsNot() async throws {
    let store = try shop.store(in: folder, properties: ["brand"])
    let typo = #"{"conditions": [{"field": "event_data.brnd", "operator": "contains", "value": "x"}]}"#
    let error = #expect(throws: ModelError.self) {
      try SegmentEvaluation(
        try segments([typo]), of: store, before: moment, comparedWith: previous, calendar: dhaka)
    }
    #expect(error?.message.contains("'conditions[0]'") == true)
    #expect(error?.message.contains("Did you mean 'brand'?") == true)
    #expect(error?.message.contains("import --property brnd") == true)
    let nobody = [
      #"{"field": "event_data.brand", "operator": "contains", "value": "apple"}"#,
      #"{"field": "event_data.carrier", "operator": "is_set"}"#,
    ]
    #expect(try await members(nobody, store) == [[], []])
    let everybody = #"{"field": "products", "operator": "not_contains", "value": "x"}"#
    #expect(try await members([everybody], store)[0].count == 4)
  }

  @Test func anEarlierMomentBehindTheLaterIsRefused() throws {
    let store = try shop.store(in: folder)
    let error = #expect(throws: ModelError.self) {
      try SegmentEvaluation([], of: store, before: moment, comparedWith: moment, calendar: dhaka)
    }
    #expect(error?.code == .invalidSetting)
  }
}
