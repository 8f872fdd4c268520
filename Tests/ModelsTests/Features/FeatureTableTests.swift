import Foundation
import Journeys
import Models
import TestSupport
import Testing

@Suite struct FeatureTableTests {
  private let folder: TemporaryDirectory
  /// 2024-03-01, midnight in Dhaka: sixty days of 120 are seen.
  private let moment = EventList.start + 60 * EventList.day - 6 * 3_600_000_000
  private let dhaka: ZonedCalendar

  init() throws {
    folder = try TemporaryDirectory()
    dhaka = try ZonedCalendar("Asia/Dhaka")
  }

  @Test func everyFeatureIsItsDefinitionForEveryCustomer() async throws {
    let shop = ShopEvents(customers: 300, days: 120, seed: 4)
    let store = try shop.store(in: folder)
    let list = try await FeatureList.usual(for: store, before: moment, windows: [30, 7, 5])
    #expect(list.windows == [5, 7, 30])
    #expect(list.categories.first == "toys" && Set(list.categories) == ["toys", "books", "garden"])
    let rows = try await FeatureTable(of: store, before: moment, list: list, calendar: dhaka).run(over: store)
    let seen = Dictionary(grouping: shop.events.filter { $0.timestamp < moment }, by: \.customer)
    #expect(Set(rows.customers.map { store.customerID(Int($0)) }) == Set(seen.keys))
    #expect(Set(list.names).count == list.names.count)
    let season = ["season_sin": sin(2 * .pi * 60 / 365.25), "season_cos": cos(2 * .pi * 60 / 365.25)]
    var missing = 0
    for (row, customer) in rows.customers.enumerated() {
      let events = try #require(seen[store.customerID(Int(customer))]).sorted { $0.timestamp < $1.timestamp }
      let naive = NaiveFeatureTable(events: events, moment: moment, calendar: dhaka)
      for (column, name) in list.names.enumerated() {
        let expected = try #require(season[name] ?? naive.value(name), "\(name)")
        let got = Double(rows.values[row * list.names.count + column])
        if expected.isNaN { missing += 1 }
        #expect(got.isNaN == expected.isNaN, "\(name)")
        #expect(expected.isNaN || abs(got - expected) <= 2e-6 * max(1, abs(expected)), "\(name): \(got), \(expected)")
      }
    }
    #expect(missing > 1000)
  }

  @Test func columnsAreDocumented() throws {
    let list = try FeatureList(windows: [7, 30, 90], categories: ["toys"])
    #expect(list.features.allSatisfy { $0.meaning.count > 3 && $0.name.wholeMatch(of: /[a-z0-9_]+/) != nil })
    #expect(list.features.count == 40 + 2 + 1 + 3 + 3 * 11)
    #expect(throws: ModelError.self) { try FeatureList(windows: [0]) }
    #expect(throws: ModelError.self) { try FeatureList(windows: [7, 7]) }
    let text = try JSONEncoder().encode(list)
    #expect(try JSONDecoder().decode(FeatureList.self, from: text) == list)
    let later = String(decoding: text, as: UTF8.self).replacing("\"version\":1", with: "\"version\":9")
    let error = #expect(throws: ModelError.self) { try JSONDecoder().decode(FeatureList.self, from: Data(later.utf8)) }
    #expect(error?.message.contains("train it again") == true)
  }

  /// Whatever happens at the moment or after it (shifted, deleted, changed, invented), no bit of a feature moves.
  @Test func theFutureIsNeverSeen() async throws {
    let shop = ShopEvents(customers: 200, days: 120, seed: 11)
    let past = shop.events.filter { $0.timestamp < moment }
    let future = shop.events.filter { $0.timestamp >= moment }
    #expect(future.count > 1000)
    let reference = try await features(past + future, "reference")
    #expect(try await features(past, "deleted") == reference)
    let changed = future.map { event in
      var event = event
      event.timestamp = moment + (event.timestamp - moment) / 3
      (event.type, event.amount, event.channel, event.device) = ("purchase", 99_999_999, "email", "mobile")
      event.categories = ["future", "toys"]
      return event
    }
    #expect(try await features(past + changed, "changed") == reference)
    let strangers = future.map { event in
      var event = event
      event.customer = "new " + event.customer
      return event
    }
    #expect(try await features(past + strangers + future, "strangers") == reference)
    // And that the comparison can fail: the last event before the moment does count.
    let last = ShopEvents.Event(customer: past[0].customer, timestamp: moment - 1, type: "purchase", amount: 1)
    #expect(try await features(past + [last], "earlier") != reference)
  }

  /// The fold of two parts merged is the fold of the whole, however the customers are cut, and on any threads.
  @Test func cutsAndThreadsChangeNoBit() async throws {
    let shop = ShopEvents(customers: 9000, days: 120, seed: 2)
    let store = try shop.store(in: folder)
    let list = try FeatureList(windows: [7], categories: ["books"])
    let kernel = FeatureTable(of: store, before: moment, list: list, calendar: dhaka)
    let whole = try await kernel.run(over: store, threads: 1)
    for threads in [2, 8] {
      let other = try await kernel.run(over: store, threads: threads)
      #expect(other.customers == whole.customers)
      #expect(other.values.map(\.bitPattern) == whole.values.map(\.bitPattern))
    }
    var merged = kernel.empty()
    var random = SeededRandom(seed: 1)
    var start = 0
    while start < store.customerCount {
      let end = min(start + Int.random(in: 0...2000, using: &random), store.customerCount)
      var part = kernel.empty()
      kernel.fold(start..<end, of: store, into: &part)
      let sent = try JSONDecoder().decode(FeatureTable.Partial.self, from: JSONEncoder().encode(part))
      kernel.merge(sent, into: &merged)
      kernel.merge(kernel.empty(), into: &merged)
      start = end
    }
    let rows = kernel.finish(merged)
    #expect(rows.customers == whole.customers)
    #expect(rows.values.map(\.bitPattern) == whole.values.map(\.bitPattern))
  }

  @Test func filesHoldTheTableAndReplaceOnlyTheirOwn() async throws {
    let store = try ShopEvents(customers: 50, days: 90, seed: 3).store(in: folder)
    let list = try FeatureList(windows: [7])
    let rows = try await FeatureTable(of: store, before: moment, list: list, calendar: dhaka).run(over: store)
    let manifest = FeatureFiles.Manifest(rows, of: store, asOf: moment, calendar: dhaka)
    let directory = folder.url.appending(path: "features")
    for _ in 0..<2 { try FeatureFiles.write(rows, of: store, manifest: manifest, to: directory) }
    let values = try Column<Float>(npy: directory.appending(path: "X.npy"))
    #expect(values.count == rows.values.count)
    #expect((0..<values.count).allSatisfy { values[$0].bitPattern == rows.values[$0].bitPattern })
    let offsets = try Column<Int64>(npy: directory.appending(path: "customer_id_offsets.npy"))
    let ids = try Column<UInt8>(npy: directory.appending(path: "customer_id.npy"))
    let last = (Int(offsets[rows.count - 1])..<Int(offsets[rows.count])).map { ids[$0] }
    #expect(String(decoding: last, as: UTF8.self) == store.customerID(Int(rows.customers[rows.count - 1])))
    let text = try Data(contentsOf: directory.appending(path: "manifest.json"))
    #expect(try JSONDecoder().decode(FeatureFiles.Manifest.self, from: text) == manifest)
    #expect(manifest.asOf == "2024-03-01T00:00:00+06:00")
    try Data("mine".utf8).write(to: directory.appending(path: "notes.txt"))
    let error = #expect(throws: ModelError.self) {
      try FeatureFiles.write(rows, of: store, manifest: manifest, to: directory)
    }
    #expect(error?.message.contains("notes.txt") == true)
  }

  private func features(_ events: [ShopEvents.Event], _ name: String) async throws -> [String: [UInt32]] {
    let store = try ShopEvents(events: events).store(in: folder, name)
    let list = try await FeatureList.usual(for: store, before: moment)
    let rows = try await FeatureTable(of: store, before: moment, list: list, calendar: dhaka).run(over: store)
    let width = list.names.count
    let pairs = rows.customers.enumerated().map { row, customer in
      (store.customerID(Int(customer)), rows.values[(row * width)..<((row + 1) * width)].map(\.bitPattern))
    }
    return Dictionary(uniqueKeysWithValues: pairs)
  }
}
