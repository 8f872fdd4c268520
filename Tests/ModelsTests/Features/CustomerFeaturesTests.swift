import Foundation
import Journeys
import Models
import TestSupport
import Testing

@Suite struct CustomerFeaturesTests {
  private let folder: TemporaryDirectory
  /// 2024-03-01, midnight in Dhaka: sixty days of 120 are seen.
  private let moment = EventList.start + 60 * EventList.day - 6 * 3_600_000_000
  private let dhaka: ZonedCalendar

  init() throws {
    folder = try TemporaryDirectory()
    dhaka = try ZonedCalendar("Asia/Dhaka")
  }

  @Test func everyFeatureIsItsDefinitionForEveryCustomer() async throws {
    let list = EventList(customers: 300, days: 120, seed: 4)
    let store = try list.store(in: folder)
    let kernel = try CustomerFeatures(of: store, before: moment, windows: [30, 7], calendar: dhaka)
    let rows = try await kernel.run(over: store)
    let seen = Dictionary(grouping: list.events.filter { $0.timestamp < moment }, by: \.customer)
    let buyers = seen.filter { $0.value.contains { $0.type == "purchase" } }
    #expect(Set(rows.customers.map { store.customerID(Int($0)) }) == Set(buyers.keys))
    #expect(rows.customers.count > 200)
    #expect(rows.table.columnNames == kernel.features.map(\.name))
    #expect(kernel.features.count == 14 + 2 * 8)

    let design = try values(rows.table)
    for (row, customer) in rows.customers.enumerated() {
      let events = try #require(buyers[store.customerID(Int(customer))]).sorted { $0.timestamp < $1.timestamp }
      let naive = NaiveFeatures(events: events, moment: moment, calendar: dhaka)
      for (column, feature) in kernel.features.enumerated() {
        let expected = try #require(naive.value(feature.name), "\(feature.name)")
        let got = design[row][column]
        #expect(abs(got - expected) <= 1e-6 * max(1, abs(expected)), "\(feature.name)")
      }
    }
  }

  /// Whatever happens at the moment or after it (shifted, deleted, changed, invented), no bit of a feature moves.
  @Test func theFutureIsNeverSeen() async throws {
    let list = EventList(customers: 200, days: 120, seed: 11)
    let past = list.events.filter { $0.timestamp < moment }
    let future = list.events.filter { $0.timestamp >= moment }
    #expect(future.count > 1000)
    let reference = try await features(past + future, folder, "reference")
    #expect(try await features(past, folder, "deleted") == reference)
    let changed = future.map { event in
      EventList.Event(
        customer: event.customer, timestamp: moment + (event.timestamp - moment) / 3, type: "purchase",
        amount: 99_999_999)
    }
    #expect(try await features(past + changed, folder, "changed") == reference)
    let strangers = future.map { event in
      EventList.Event(customer: "new \(event.customer)", timestamp: moment, type: "purchase", amount: 1)
    }
    #expect(try await features(past + strangers + future, folder, "strangers") == reference)
    // And that the comparison can fail: the last event before the moment does count.
    let earlier = [EventList.Event(customer: past[0].customer, timestamp: moment - 1, type: "purchase", amount: 1)]
    #expect(try await features(past + earlier, folder, "earlier") != reference)
  }

  /// The fold of two parts merged is the fold of the whole, however the customers are cut.
  @Test func cutsAndThreadsChangeNothing() async throws {
    let list = EventList(customers: 9000, days: 120, seed: 2)
    let store = try list.store(in: folder)
    let kernel = try CustomerFeatures(of: store, before: moment, windows: [7], calendar: dhaka)
    let whole = try await kernel.run(over: store, threads: 1)
    for threads in [2, 5] {
      let other = try await kernel.run(over: store, threads: threads)
      #expect(other.customers == whole.customers)
      #expect(try values(other.table) == values(whole.table))
    }
    var merged = kernel.empty()
    var random = SeededRandom(seed: 1)
    var start = 0
    while start < store.customerCount {
      let end = min(start + Int.random(in: 0...2000, using: &random), store.customerCount)
      var part = kernel.empty()
      kernel.fold(start..<end, of: store, into: &part)
      let sent = try JSONDecoder().decode(CustomerFeatures.Partial.self, from: JSONEncoder().encode(part))
      kernel.merge(sent, into: &merged)
      kernel.merge(kernel.empty(), into: &merged)
      start = end
    }
    let rows = kernel.finish(merged)
    #expect(rows.customers == whole.customers)
    #expect(try values(rows.table) == values(whole.table))
  }

  @Test func aStoreWithoutPurchasesIsRefused() throws {
    let store = try EventList(events: [
      .init(customer: "a", timestamp: EventList.start, type: "page_view", amount: Money.none)
    ]).store(in: folder)
    let error = #expect(throws: ModelError.self) {
      try CustomerFeatures(of: store, before: moment, windows: [7], calendar: dhaka)
    }
    #expect(error?.code == .untrainable)
  }

  private func features(
    _ events: [EventList.Event], _ folder: TemporaryDirectory, _ name: String
  ) async throws -> [String: [Double]] {
    let store = try EventList(events: events).store(in: folder, name)
    let kernel = try CustomerFeatures(of: store, before: moment, windows: [7, 30], calendar: dhaka)
    let rows = try await kernel.run(over: store)
    let names = rows.customers.map { store.customerID(Int($0)) }
    return Dictionary(uniqueKeysWithValues: zip(names, try values(rows.table)))
  }

  private func values(_ table: Table) throws -> [[Double]] {
    let identity = try Encoding(
      columns: table.columnNames.map { .numeric(name: $0, mean: 0, standardDeviation: 1) })
    let design = try DesignMatrix(table, encoding: identity)
    var block = [Double](repeating: 0, count: design.rows * design.width)
    var span = block.mutableSpan
    design.fill(0..<design.rows, into: &span)
    return (0..<design.rows).map { Array(block[($0 * design.width)..<(($0 + 1) * design.width - 1)]) }
  }
}
