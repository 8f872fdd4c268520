import Foundation
import Journeys
import Models
import TestSupport
import Testing

@Suite struct RFMTests {
  private let folder: TemporaryDirectory
  private let dhaka: ZonedCalendar
  private let moment = CustomerEvents.moment

  init() throws {
    folder = try TemporaryDirectory()
    dhaka = try ZonedCalendar("Asia/Dhaka")
  }

  /// Twenty who buy weekly and much, thirty who bought once, little and long ago, and one who bought tomorrow.
  private var shop: CustomerEvents {
    var list = CustomerEvents()
    for customer in 0..<20 {
      for week in 0..<10 {
        list.add("good \(customer)", "purchase", daysAgo: Double(7 * week + 1), amount: Int64(100_000 + 100 * customer))
        list.add("good \(customer)", "purchase", daysAgo: Double(7 * week) + 1.01, amount: 100)
      }
    }
    for customer in 0..<30 {
      list.add("lost \(customer)", "purchase", daysAgo: 100 + Double(customer) / 10, amount: Int64(1000 + customer))
    }
    list.add("good 0", "page_view", daysAgo: 0.1)
    list.add("tomorrow", "purchase", daysAgo: -1, amount: 100)
    list.add("visitor", "page_view", daysAgo: 1)
    return list
  }

  @Test func twoKindsOfBuyersAreTwoClustersWithTheirNames() async throws {
    let store = try shop.store(in: folder)
    let rfm = try await RFMClusters(of: store, before: moment, calendar: dhaka, clusters: .best(2...6))
    let report = rfm.report
    #expect(report.buyers == 50 && report.clusters == 2)
    #expect(report.elbow.map(\.clusters) == [2, 3, 4, 5, 6])
    #expect(zip(report.elbow, report.elbow.dropFirst()).allSatisfy { $0.inertia >= $1.inertia })
    #expect(try #require(report.silhouette) > 0.9)
    let segments = Dictionary(uniqueKeysWithValues: report.segments.map { ($0.name, $0) })
    #expect(Set(segments.keys) == ["loyal", "hibernating"] || Set(segments.keys) == ["champions", "hibernating"])
    let good = try #require(segments["champions"] ?? segments["loyal"])
    #expect(good.size == 20 && good.share == 0.4)
    #expect(good.frequency == 10)
    #expect(abs(good.recency - 1) < 1e-9)
    // Σ over customers of 10 · (1000 + customer + 1).
    let revenue = (0..<20).reduce(0.0) { $0 + Double(10 * (1001 + $1)) }
    #expect(good.revenue == revenue && good.monetary == revenue / 20)
    let rest = Double((0..<30).reduce(0) { $0 + 1000 + $1 }) / 100
    #expect(abs(try #require(good.revenueShare) - revenue / (revenue + rest)) < 1e-12)
    for (customer, label) in zip(rfm.customers, rfm.labels) {
      let isGood = report.segments[Int(label)].name == good.name
      #expect(store.customerID(Int(customer)).hasPrefix(isGood ? "good" : "lost"))
    }
  }

  @Test func theResultDependsOnNeitherThreadsNorTheFuture() async throws {
    let list = CustomerEvents.random(400, seed: 31)
    let store = try list.store(in: folder)
    let past = try CustomerEvents(events: list.events.filter { $0.time < moment }).store(in: folder, "past")
    let one = try await RFMClusters(of: store, before: moment, calendar: dhaka, clusters: .exactly(4), threads: 1)
    let two = try await RFMClusters(of: past, before: moment, calendar: dhaka, clusters: .exactly(4), threads: 3)
    #expect(one.model == two.model && one.labels == two.labels)
    #expect(one.report.segments.map(\.size).reduce(0, +) == one.report.buyers)
    #expect(abs(one.report.segments.compactMap(\.revenueShare).reduce(0, +) - 1) < 1e-12)
  }

  @Test func tooFewBuyersAreSaid() async throws {
    var list = CustomerEvents()
    list.add("a", "purchase", daysAgo: 3, amount: 100)
    list.add("b", "purchase", daysAgo: 3, amount: 100)
    let store = try list.store(in: folder)
    for (moment, clusters, saying) in [
      (moment, RFMClusters.Clusters.best(2...8), "give --k 1"),
      (moment - 10 * CustomerEvents.day, .best(2...8), "nobody bought before"),
      (moment, .exactly(3), "3 clusters of 2 rows"),
    ] {
      let error = await #expect(throws: ModelError.self) {
        try await RFMClusters(of: store, before: moment, calendar: dhaka, clusters: clusters)
      }
      #expect(error?.message.contains(saying) == true, "\(error?.message ?? "")")
    }
    let single = try await RFMClusters(of: store, before: moment, calendar: dhaka, clusters: .exactly(1))
    #expect(single.report.segments.map(\.size) == [2] && single.report.silhouette == nil)
  }
}
