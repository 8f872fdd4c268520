import Attribution
import Foundation
import Journeys
import Testing

private let columns = ["experiment", "group"]

private func assigned(
  _ customer: String, _ time: Int64, _ group: String?, channel: String? = "email", experiment: String? = "spring"
) -> TestEvent {
  var data: [String: String] = [:]
  if let experiment { data["experiment"] = experiment }
  if let group { data["group"] = group }
  return TestEvent(customer, time, "experiment_assigned", channel: channel, data: data)
}

private func bought(_ customer: String, _ time: Int64, _ amount: Int64? = nil) -> TestEvent {
  TestEvent(customer, time, "purchase", amount: amount)
}

private func tests(_ events: [TestEvent], _ query: HoldoutQuery = HoldoutQuery()) async throws -> [HoldoutTest] {
  let test = try TestStore(events, properties: columns)
  return try await Holdout(query, of: test.store).run(over: test.store).tests
}

@Suite("Hold-outs") struct HoldoutTests {
  /// Treated: 2, 1, 0, 3, 1 purchases of 30, 10, 0, 45.50 and 12; held out: 0, 1, 0 of 20.
  private static let events: [TestEvent] =
    (0..<5).map { assigned("t\($0)", day, "treatment") } + (0..<3).map { assigned("h\($0)", day, "holdout") } + [
      bought("t0", 2 * day, 1000), bought("t0", 9 * day, 2000), bought("t1", day + 1, 1000),
      bought("t3", 2 * day, 4000), bought("t3", 3 * day), bought("t3", 4 * day, 550), bought("t4", 5 * day, 1200),
      bought("h1", 6 * day, 2000),
      // Before the assignment: nobody's.
      bought("t2", 0, 99_900), bought("h0", day - 1, 99_900),
      // Of no group at all.
      bought("x", 3 * day, 99_900),
    ]

  @Test("Sizes, rates, lift, interval and p-value, by hand and by scipy 1.17 (ttest_ind, equal_var=False)")
  func byHand() async throws {
    let found = try await tests(Self.events)
    let test = try #require(found.first)
    #expect(found.count == 1 && test.channel == "email" && test.experiment == "spring")
    #expect((test.treatment.customers, test.holdout.customers) == (5, 3))
    #expect(test.holdoutShare == 0.375 && test.conflicting == 0 && test.otherCustomers == 0)
    #expect((test.treatment.conversions, test.treatment.convertingCustomers) == (7, 4))
    #expect(test.treatment.conversionRate == 0.8 && test.treatment.conversionsPerCustomer == 1.4)
    #expect(test.treatment.revenue == 97.5 && test.treatment.revenuePerCustomer == 19.5)
    #expect((test.holdout.conversions, test.holdout.convertingCustomers, test.holdout.revenue) == (1, 1, 20))

    func check(
      _ lift: Lift?, _ absolute: Double, _ relative: Double, df: Double, p: Double, _ low: Double, _ high: Double
    ) throws {
      let lift = try #require(lift)
      #expect(close(lift.absolute, absolute))
      #expect(close(try #require(lift.relative), relative))
      #expect(close(try #require(lift.degreesOfFreedom), df))
      #expect(close(try #require(lift.pValue), p))
      #expect(zip(try #require(lift.interval), [low, high]).allSatisfy { close($0, $1) })
      #expect(close(lift.incremental, 5 * absolute))
      #expect(zip(try #require(lift.incrementalInterval), [5 * low, 5 * high]).allSatisfy { close($0, $1) })
    }
    try check(
      test.conversionsLift, 1.0666666666666667, 3.2, df: 5.969072716571245, p: 0.13077307167124755,
      -0.11819651594127811, 2.251529849274611)
    try check(
      test.revenueLift, 12.833333333333332, 1.925, df: 5.869246811730299, p: 0.26812332075975864,
      -7.637295969692698, 33.30396263635935)
    try check(
      test.conversionRateLift, 0.46666666666666673, 1.4, df: 3.4740796393688953, p: 0.305357748051109,
      -0.3994398047075913, 1.332773138040924)
  }

  @Test("A window after the assignment, and a time in which conversions count") func windowAndPeriod() async throws {
    func counts(_ query: HoldoutQuery) async throws -> [Int] {
      let test = try #require(try await tests(Self.events, query).first)
      return [test.treatment.customers, test.treatment.conversions, test.holdout.customers, test.holdout.conversions]
    }
    // A conversion exactly that long after it still counts.
    #expect(try await counts(HoldoutQuery(window: day)) == [5, 3, 3, 0])
    #expect(try await counts(HoldoutQuery(window: day - 1)) == [5, 1, 3, 0])
    #expect(try await counts(HoldoutQuery(period: (2 * day)...(6 * day))) == [5, 5, 3, 1])
    #expect(try await counts(HoldoutQuery(period: 0...day)) == [5, 0, 3, 0])
    // Who is assigned later is in no group yet.
    #expect(try await tests(Self.events, HoldoutQuery(period: 0...day - 1)).isEmpty)
    let late = try await tests(Self.events + [assigned("late", 8 * day, "holdout")], HoldoutQuery(period: 0...7 * day))
    #expect(late.first?.holdout.customers == 3)
  }

  @Test("The first assignment counts, one that contradicts it is told") func conflicts() async throws {
    let found = try await tests([
      assigned("a", 0, "treatment"), assigned("a", day, "holdout"), assigned("a", 2 * day, "treatment"),
      bought("a", 3 * day, 100), assigned("b", 0, "holdout"), assigned("b", day, "holdout"), bought("b", 2 * day, 100),
      assigned("c", 0, "control"), assigned("c", day, "treatment"), bought("c", 2 * day, 100), assigned("d", 0, nil),
    ])
    #expect(found.count == 1)
    #expect(found[0].conflicting == 2 && found[0].otherCustomers == 2)
    #expect((found[0].treatment.customers, found[0].treatment.conversions) == (1, 1))
    #expect((found[0].holdout.customers, found[0].holdout.conversions) == (1, 1))
  }

  @Test("Channels and experiments stand apart, also those without a name") func apart() async throws {
    let found = try await tests([
      assigned("a", 0, "treatment"), assigned("a", day, "holdout", experiment: "autumn"), bought("a", 2 * day),
      assigned("a", 3 * day, "treatment", channel: "sms"),
      assigned("a", 3 * day, "holdout", channel: nil, experiment: nil), bought("a", 4 * day),
    ])
    let counts = Dictionary(
      uniqueKeysWithValues: found.map {
        ("\($0.channel ?? "-") \($0.experiment ?? "-")", [$0.treatment.conversions, $0.holdout.conversions])
      })
    #expect(counts == ["email spring": [2, 0], "email autumn": [0, 2], "sms spring": [1, 0], "- -": [0, 1]])
    // One group alone has nothing to be compared with.
    #expect(found.allSatisfy { $0.conversionsLift == nil && $0.revenueLift == nil && $0.conversionRateLift == nil })
  }

  @Test("No interval where nothing varies or a group is one customer; no relative lift over nothing")
  func degenerate() async throws {
    let idle = try await tests([
      assigned("a", 0, "treatment"), assigned("b", 0, "treatment"), assigned("c", 0, "holdout"),
      assigned("d", 0, "holdout"), bought("e", 0),
    ])
    let none = try #require(idle.first?.conversionsLift)
    #expect(none.absolute == 0 && none.relative == nil && none.interval == nil && none.pValue == nil)
    let single = try await tests([
      assigned("a", 0, "treatment"), bought("a", 1), assigned("b", 0, "treatment"), assigned("c", 0, "holdout"),
    ])
    let one = try #require(single.first?.conversionsLift)
    #expect(one.absolute == 0.5 && one.incremental == 1 && one.interval == nil && one.incrementalInterval == nil)
  }

  @Test("Stores and questions without an answer name the remedy") func refused() throws {
    func error(_ events: [TestEvent], _ properties: [String], _ query: HoldoutQuery = HoldoutQuery()) throws
      -> AttributionError?
    {
      let test = try TestStore(events, properties: properties)
      return #expect(throws: AttributionError.self) { try Holdout(query, of: test.store) }
    }
    let unkept = try error(Self.events, ["experiment"])
    #expect(unkept?.code == .unknownName)
    #expect(unkept?.message.contains("import --property experiment --property group") == true)
    let unassigned = try error([bought("a", 0)], columns)
    #expect(unassigned?.code == .unknownName)
    #expect(unassigned?.message.contains("experiment_assigned") == true)
    #expect(try error(Self.events, columns, HoldoutQuery(conversions: ["order"]))?.code == .unknownName)
    for query in [
      HoldoutQuery(conversions: []), HoldoutQuery(window: -1), HoldoutQuery(level: 1), HoldoutQuery(level: .nan),
      HoldoutQuery(conversions: ["experiment_assigned"]),
    ] {
      #expect(try error(Self.events, columns, query)?.code == .invalidQuery)
    }
  }

  @Test("Revenue that cannot be squared is an error, not a wrong number") func overflow() async throws {
    let events = [assigned("a", 0, "treatment")] + (1...3).map { bought("a", $0, .max) }
    let error = await #expect(throws: AttributionError.self) { try await tests(events) }
    #expect(error?.code == .unsolvable)
  }

  @Test("JSON has one name for each thing") func json() async throws {
    let test = try TestStore(Self.events, properties: columns)
    let result = try await Holdout(HoldoutQuery(), of: test.store).run(over: test.store)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(result), as: UTF8.self)
    #expect(text.hasPrefix(#"{"conversions":["purchase"],"level":0.9,"tests":[{"channel":"email","conflicting":0,"#))
    #expect(text.contains(#""holdout_share":0.375"#))
    #expect(try JSONDecoder().decode(HoldoutResult.self, from: Data(text.utf8)) == result)
  }
}
