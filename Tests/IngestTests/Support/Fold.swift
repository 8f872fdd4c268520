import Foundation
import Ingest
import Journeys
import Stores
import Testing

/// What a topic's events should add up to, worked out event by event with dictionaries: the naive twin of the ingest.
struct Fold: Equatable {
  struct Campaign: Equatable {
    var metrics: [String: Int64] = [:]
    var revenue: Int64 = 0
    /// `day metric` → count.
    var days: [String: Int64] = [:]
    var locations: [String: Int64] = [:]
    var devices: [String: Int64] = [:]
    var variants: [String: Int64] = [:]
  }

  /// Event ids of each journey.
  var journeys: [String: Set<String>] = [:]
  var campaigns: [String: Campaign] = [:]

  /// - Parameter events: each id once, in the order in which they came.
  init(_ events: [TestEvent]) throws {
    for event in events {
      journeys[event.journey, default: []].insert(event.id)
      guard let name = event.campaign, let metric = CampaignMetric(eventType: event.type)?.rawValue else { continue }
      let data = try #require(
        try JSONSerialization.jsonObject(with: Data("{\(event.data)}".utf8)) as? [String: Any])
      campaigns[name, default: Campaign()].metrics[metric, default: 0] += 1
      // Dhaka is six hours east, all year.
      let day = (event.timestamp + 6 * 3_600_000_000) / 86_400_000_000
      campaigns[name]?.days["\(day) \(metric)", default: 0] += 1
      if metric == "conversions", let amount = data["amount"] as? Double {
        campaigns[name]?.revenue += Int64((amount * 100).rounded())
      }
      if ["opened", "clicked", "conversions"].contains(metric) {
        if let place = data["location"] as? String { campaigns[name]?.locations["\(place) \(metric)", default: 0] += 1 }
        if let device = data["device"] as? String { campaigns[name]?.devices["\(device) \(metric)", default: 0] += 1 }
      }
      if let variant = data["variant"] as? String { campaigns[name]?.variants["\(variant) \(metric)", default: 0] += 1 }
    }
  }

  /// Reads the same out of MongoDB. An event that stands twice anywhere is an issue.
  init(_ database: MongoDB) throws {
    var seen: Set<String> = []
    var pages = database.collection("customer_journeys").find()
    while let page = try pages.nextCopy() {
      let id = try #require(page.text("_id"))
      for entry in page.documents("journey_data") {
        let event = try #require(entry.text("event_id"))
        #expect(seen.insert(event).inserted, "\(event) stands twice")
        journeys[String(id.split(separator: ":").dropLast().joined(separator: ":")), default: []].insert(event)
      }
    }
    var performances = database.collection("campaign_performance").find()
    while let performance = try performances.nextCopy() {
      var campaign = Campaign()
      let metrics = try #require(performance.document("real_time_metrics"))
      campaign.metrics = metrics.counts.filter { $0.key != "revenue" && $0.value != 0 }
      campaign.revenue = Int64(((metrics.number("revenue") ?? 0) * 100).rounded())
      for item in performance.documents("performance_timeline") where item.text("metric") != "revenue" {
        let start = try #require(item.number("timestamp"))
        let day = (Int64(start) + 6 * 3_600_000) / 86_400_000
        campaign.days["\(day) \(item.text("metric") ?? "")"] = Int64(item.number("value") ?? 0)
      }
      let audience = try #require(performance.document("audience_engagement"))
      campaign.locations = audience.document("by_location")?.nestedCounts ?? [:]
      campaign.devices = audience.document("by_device")?.nestedCounts ?? [:]
      campaign.variants = performance.document("a_b_test_results")?.nestedCounts ?? [:]
      campaigns[try #require(performance.text("campaign_id"))] = campaign
    }
  }
}

extension BSONDocument {
  private func value<Value>(_ key: String, _ read: (borrowing BSONElement) throws -> Value?) -> Value? {
    var reader = reader
    while let element = try? reader.next() { if element.key == key { return try? read(element) } }
    return nil
  }

  func text(_ key: String) -> String? { value(key) { $0.string } }

  /// A number, or a date's milliseconds.
  func number(_ key: String) -> Double? { value(key) { $0.double ?? $0.date.map { Double($0.milliseconds) } } }

  func document(_ key: String) -> BSONDocument? { value(key) { try $0.document() } }

  func documents(_ key: String) -> [BSONDocument] {
    guard let list = document(key) else { return [] }
    var reader = list.reader
    var documents: [BSONDocument] = []
    while let element = try? reader.next() { if let document = try? element.document() { documents.append(document) } }
    return documents
  }

  func texts(_ key: String) -> [String] {
    guard let list = document(key) else { return [] }
    var reader = list.reader
    var texts: [String] = []
    while let element = try? reader.next() { if let text = element.string { texts.append(text) } }
    return texts
  }

  var keys: [String] {
    var reader = reader
    var keys: [String] = []
    while let element = try? reader.next() { keys.append(element.key) }
    return keys
  }

  var counts: [String: Int64] { Dictionary(uniqueKeysWithValues: keys.map { ($0, Int64(number($0) ?? 0)) }) }

  /// `{name: {metric: n}}` as `name metric` → n, without zeros.
  var nestedCounts: [String: Int64] {
    var counts: [String: Int64] = [:]
    for name in keys {
      for (metric, count) in document(name)?.counts ?? [:] where count != 0 { counts["\(name) \(metric)"] = count }
    }
    return counts
  }
}

extension BSONElement {
  /// A nested document or array, copied.
  fileprivate borrowing func document() throws -> BSONDocument? {
    guard var reader = try nested() else { return nil }
    return try BSONDocument { (copy: inout BSONWriter) in
      while let element = try reader.next() { try element.copy(to: &copy) }
    }
  }

  private borrowing func copy(to writer: inout BSONWriter) throws {
    let key = key
    if let text = string {
      writer.append(key, text)
    } else if let date {
      writer.append(key, date)
    } else if type == .double, let double {
      writer.append(key, double)
    } else if let int64 {
      writer.append(key, int64)
    } else if let bool {
      writer.append(key, bool)
    } else if let nested = try document() {
      writer.append(key, nested)
    } else {
      writer.append(key, String?.none)
    }
  }
}
