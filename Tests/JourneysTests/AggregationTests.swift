import Journeys
import TestSupport
import Testing

/// Sums doubles in store order: any change of the order of additions would show in the last bits.
private struct SumOfRoots: Aggregation {
  struct Partial: Codable, Sendable, Equatable {
    var sum = 0.0
    var events = 0
    var customers: [Int] = []
  }

  func empty() -> Partial { Partial() }

  func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout Partial) {
    for customer in customers {
      partial.customers.append(customer)
      for event in store.events(of: customer) {
        partial.sum += Double(store.timestamps[event]).squareRoot()
        partial.events += 1
      }
    }
  }

  func merge(_ later: Partial, into partial: inout Partial) {
    partial.sum += later.sum
    partial.events += later.events
    partial.customers += later.customers
  }

  func finish(_ partial: Partial) -> Partial { partial }
}

@Suite struct AggregationTests {
  private let folder: TemporaryDirectory
  private let store: JourneyStore

  init() throws {
    folder = try TemporaryDirectory()
    var builder = JourneyStoreBuilder()
    var random = SeededRandom(seed: 9)
    for event in 0..<60_000 {
      Array("c\(event % 20_000)".utf8).withUnsafeBytes { customer in
        _ = builder.append(
          customer: customer, timestamp: Int64.random(in: 0..<1_000_000, using: &random), type: customer, channel: nil,
          campaign: nil, amount: Money.none, id: .none)
      }
    }
    let url = folder.url.appending(path: "store")
    _ = try builder.write(to: url, source: StoreManifest.Source(kind: "test", names: []))
    store = try JourneyStore(url)
  }

  @Test func everyNumberOfThreadsGivesTheSameBits() async throws {
    let one = try await SumOfRoots().run(over: store, threads: 1)
    #expect(one.events == 60_000)
    #expect(one.customers == Array(0..<20_000))
    for threads in [2, 3, 8] {
      let many = try await SumOfRoots().run(over: store, threads: threads)
      #expect(many.sum.bitPattern == one.sum.bitPattern)
      #expect(many == one)
    }
  }

  @Test func rangesCutTheWhole() async throws {
    let whole = try await SumOfRoots().run(over: store)
    var parts = try await SumOfRoots().partial(over: store, customers: 0..<7001)
    SumOfRoots().merge(try await SumOfRoots().partial(over: store, customers: 7001..<20_000), into: &parts)
    #expect(parts.customers == whole.customers)
    #expect(abs(parts.sum - whole.sum) <= 1e-12 * whole.sum)
    #expect(try await SumOfRoots().run(over: store, customers: 5..<5).events == 0)
  }

  @Test func aCancelledTaskStops() async throws {
    let store = store
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await SumOfRoots().run(over: store)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
