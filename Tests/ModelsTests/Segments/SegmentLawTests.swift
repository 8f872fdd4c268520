import Foundation
import Journeys
import Models
import TestSupport
import Testing

/// Segments on random data: a naive reference, cuts of the customers, and the future.
@Suite struct SegmentLawTests {
  private let folder: TemporaryDirectory
  private let dhaka: ZonedCalendar
  private let moment = CustomerEvents.moment
  private let previous = CustomerEvents.moment - 30 * CustomerEvents.day

  init() throws {
    folder = try TemporaryDirectory()
    dhaka = try ZonedCalendar("Asia/Dhaka")
  }

  private func segments(_ conditions: [SegmentCondition]) -> [SegmentDefinition] {
    conditions.enumerated().map { SegmentDefinition(name: "\($0)", criteria: .condition($1)) }
  }

  /// Every field is its definition: thresholds lie at the naive values of some customers, and a little beside them.
  @Test func everyFieldIsItsDefinitionForEveryCustomer() async throws {
    let list = CustomerEvents.random(150, seed: 5)
    let store = try list.store(in: folder)
    var conditions: [SegmentCondition] = []
    var expected: [(NaiveCustomer) -> Bool] = []
    let customers = naive(list, before: moment)
    for days in [nil, 30.0, 7] {
      func restricted(_ customer: NaiveCustomer) -> NaiveCustomer {
        guard let days else { return customer }
        let start = customer.moment - Int64(days) * CustomerEvents.day
        return NaiveCustomer(
          events: customer.events.filter { $0.time >= start }, moment: customer.moment, calendar: dhaka)
      }
      for field in SegmentField.Number.allCases {
        let values = customers.values.compactMap { restricted($0).number(field.rawValue) }.sorted()
        for threshold in [values.first, values.dropFirst(values.count / 2).first, values.last].compactMap(\.self) {
          let low = threshold - 1e-9 * max(1, abs(threshold))
          conditions.append(SegmentCondition(.number(field), .interval(low: low, high: .infinity), days: days))
          expected.append { restricted($0).number(field.rawValue).map { $0 >= low } ?? false }
        }
      }
      for field in SegmentField.Date.allCases {
        let middle = moment - 20 * CustomerEvents.day
        conditions.append(SegmentCondition(.date(field), .period(middle..<Int64.max), days: days))
        expected.append { restricted($0).time(field.rawValue).map { $0 >= middle } ?? false }
        conditions.append(
          SegmentCondition(.date(field), .age(0...10 * CustomerEvents.day), isNegated: true, days: days))
        expected.append { customer in
          !(restricted(customer).time(field.rawValue).map { customer.moment - $0 <= 10 * CustomerEvents.day } ?? false)
        }
      }
      for field in SegmentField.Flag.allCases {
        conditions.append(SegmentCondition(.flag(field), .flag(true), days: days))
        expected.append { restricted($0).flag(field.rawValue) }
      }
      let sets: [(SegmentField, [String])] = [
        (.set(.categories), CustomerEvents.categoryNames), (.set(.purchasedCategories), CustomerEvents.categoryNames),
        (.set(.channels), ["email", "social_media", "affiliate"]), (.set(.campaigns), ["eid"]),
        (.set(.engagedCampaigns), ["spring"]), (.set(.eventTypes), ["signup", "experiment_assigned"]),
        (.eventData("location"), CustomerEvents.locations),
      ]
      for (field, values) in sets {
        for value in values {
          conditions.append(SegmentCondition(field, .oneOf([value]), days: days))
          expected.append { restricted($0).set(field.name).contains(value) }
        }
        conditions.append(SegmentCondition(field, .allOf(values), isNegated: true, days: days))
        expected.append { !restricted($0).set(field.name).isSuperset(of: values) }
      }
    }
    let evaluation = try SegmentEvaluation(
      segments(conditions), of: store, before: moment, comparedWith: previous, calendar: dhaka, listingMembers: true)
    let report = try await evaluation.run(over: store)
    let earlier = naive(list, before: previous)
    #expect(report.customers == customers.count && report.previousCustomers == earlier.count)
    for (place, segment) in report.segments.enumerated() {
      let now = Set(customers.filter { expected[place]($0.value) }.keys)
      let then = Set(earlier.filter { expected[place]($0.value) }.keys)
      let found = Set(segment.members.map { store.customerID($0.customer) })
      #expect(found == now, "\(conditions[place])")
      #expect(segment.previousCount == then.count, "\(conditions[place])")
      #expect(segment.joined == now.subtracting(then).count && segment.left == then.subtracting(now).count)
      #expect(segment.totalRevenue == Double(revenue(found.map { customers[$0] })) / 100)
    }
  }

  @Test func textFieldsAreTheirDefinitions() async throws {
    let list = CustomerEvents.random(300, seed: 6)
    let store = try list.store(in: folder)
    let wanted: [(SegmentField.Text, [String])] = [
      (.location, CustomerEvents.locations), (.device, CustomerEvents.devices),
      (.preferredChannel, ["email", "sms", "push_notification", "social_media"]),
      (.acquisitionChannel, ["email", "sms", "affiliate"]),
      (.purchaseFrequency, ["daily", "weekly", "biweekly", "monthly", "quarterly"]),
    ]
    let pairs = wanted.flatMap { field, values in values.map { (field, $0) } }
    let evaluation = try SegmentEvaluation(
      segments(pairs.map { SegmentCondition(.text($0), .oneOf([$1])) }), of: store, before: moment,
      comparedWith: previous, calendar: dhaka, listingMembers: true)
    let report = try await evaluation.run(over: store)
    let customers = naive(list, before: moment)
    for ((field, value), segment) in zip(pairs, report.segments) {
      for member in segment.members {
        let customer = try #require(customers[store.customerID(member.customer)])
        #expect(customer.texts(field.rawValue).contains(value), "\(field)")
      }
    }
    for (field, values) in wanted where field != .acquisitionChannel {
      // One value for everybody who has any.
      let counted = zip(pairs, report.segments).filter { $0.0.0 == field }.map(\.1.customerCount).reduce(0, +)
      let having = customers.values.filter { !Set($0.texts(field.rawValue)).isDisjoint(with: values) }
      #expect(counted == having.count && counted > 50, "\(field)")
    }
  }

  /// The fold of two parts merged is the fold of the whole, however the customers are cut; threads change no bit.
  @Test func cutsAndThreadsChangeNothing() async throws {
    let store = try CustomerEvents.random(5000, most: 10, seed: 7).store(in: folder)
    let evaluation = try SegmentEvaluation(
      segments([
        SegmentCondition(.number(.totalOrders), .interval(low: 2, high: .infinity), days: 60),
        SegmentCondition(.set(.categories), .oneOf(["books"])),
      ]), of: store, before: moment, comparedWith: previous, calendar: dhaka, listingMembers: true)
    func json(_ report: SegmentReport) throws -> Data {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      return try encoder.encode(report)
    }
    let whole = try await evaluation.run(over: store, threads: 1)
    #expect(try json(await evaluation.run(over: store, threads: 3)) == json(whole))
    var merged = evaluation.empty()
    var random = SeededRandom(seed: 3)
    var start = 0
    while start < store.customerCount {
      let end = min(start + Int.random(in: 0...900, using: &random), store.customerCount)
      var part = evaluation.empty()
      evaluation.fold(start..<end, of: store, into: &part)
      let sent = try JSONDecoder().decode(SegmentEvaluation.Partial.self, from: JSONEncoder().encode(part))
      evaluation.merge(sent, into: &merged)
      evaluation.merge(evaluation.empty(), into: &merged)
      start = end
    }
    let cut = evaluation.finish(merged)
    for (a, b) in zip(cut.segments, whole.segments) {
      #expect(a.members == b.members && a.customerCount == b.customerCount && a.joined == b.joined)
      #expect(a.totalRevenue == b.totalRevenue && a.insights?.topCategories == b.insights?.topCategories)
      for (channel, score) in try #require(b.insights?.engagementByChannel) {
        let other = try #require(a.insights?.engagementByChannel[channel])
        #expect(abs(other - score) <= 1e-12)
      }
    }
  }

  /// Whatever happens at the moment or after it, no figure moves; what happens before it does count.
  @Test func theFutureIsNeverSeen() async throws {
    let list = CustomerEvents.random(300, seed: 8)
    func report(_ events: [CustomerEvents.Event], _ name: String) async throws -> String {
      let store = try CustomerEvents(events: events).store(in: folder, name)
      let all = SegmentField.Number.allCases.map { SegmentCondition(.number($0), .interval(low: 0.2, high: 40)) }
      let evaluation = try SegmentEvaluation(
        segments(all + [SegmentCondition(.set(.categories), .oneOf(["books"]))]), of: store, before: moment,
        comparedWith: previous, calendar: dhaka)
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      return String(decoding: try encoder.encode(await evaluation.run(over: store)), as: UTF8.self)
    }
    let past = list.events.filter { $0.time < moment }
    let future = list.events.filter { $0.time >= moment }
    #expect(future.count > 500)
    let reference = try await report(past + future, "reference")
    #expect(try await report(past, "deleted") == reference)
    let changed = future.map { event in
      var event = event
      event.time = moment + (event.time - moment) / 3
      (event.type, event.amount, event.categories) = ("purchase", 99_999_999, ["books"])
      return event
    }
    #expect(try await report(past + changed, "changed") == reference)
    var earlier = changed[0]
    earlier.time = moment - 1
    #expect(try await report(past + [earlier], "earlier") != reference)
  }

  private func naive(_ list: CustomerEvents, before moment: Int64) -> [String: NaiveCustomer] {
    Dictionary(grouping: list.events.filter { $0.time < moment }, by: \.customer).mapValues { events in
      NaiveCustomer(events: events.sorted { $0.time < $1.time }, moment: moment, calendar: dhaka)
    }
  }

  private func revenue(_ customers: [NaiveCustomer?]) -> Int64 {
    customers.compactMap(\.self).flatMap(\.purchases).compactMap(\.amount).reduce(0, +)
  }
}
