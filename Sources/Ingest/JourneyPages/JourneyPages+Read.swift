import Journeys
import Stores

extension JourneyPages {
  /// Ids in one query: more make some servers slow, fewer cost round trips.
  private static let idsInQuery = 50
  private static let withoutData = BSONDocument { $0.append("journey_data.data", 0) }

  /// Reads the journeys' pages from the first to the one that is still filling.
  func load(_ journeys: [Int32]) throws(StoreError) -> [Int32: JourneyPage] {
    var found: [Int32: JourneyPage] = [:]
    found.reserveCapacity(journeys.count)
    for journey in journeys { found[journey] = JourneyPage() }
    var unfinished = journeys
    while !unfinished.isEmpty {
      var start = 0
      while start < unfinished.count {
        let end = min(start + Self.idsInQuery, unfinished.count)
        try read(unfinished[start..<end], into: &found)
        start = end
      }
      unfinished = unfinished.filter { journey in
        guard let page = found[journey], page.touches.count >= capacity else { return false }
        found[journey]?.turn()
        return true
      }
    }
    return found
  }

  private func read(_ journeys: ArraySlice<Int32>, into found: inout [Int32: JourneyPage]) throws(StoreError) {
    var journeyOfID: [[UInt8]: Int32] = [:]
    for journey in journeys { journeyOfID[id(journey, page: found[journey]?.number ?? 0)] = journey }
    let filter = BSONDocument(reserving: 64 * journeys.count) { (filter: inout BSONWriter) in
      filter.beginDocument("_id")
      filter.beginArray("$in")
      for id in journeyOfID.keys { id.withUnsafeBytes { filter.append(utf8: $0) } }
      filter.close()
      filter.close()
    }
    var cursor = collection.find(filter, projection: Self.withoutData)
    while var document = try cursor.next() {
      var journey: Int32?
      var revision: Int64 = 0
      var revenue: Int64 = 0
      var touches: [JourneyPage.Touch] = []
      while let field = try document.next() {
        if field.hasKey("_id"), let id = field.utf8 {
          journey = id.withUnsafeBytes { journeyOfID[[UInt8]($0)] }
        } else if field.hasKey("revision") {
          revision = field.int64 ?? 0
        } else if field.hasKey("customer_lifetime_value") {
          revenue = Money.minor(fromMajor: field.double ?? 0)?.minor ?? 0
        } else if field.hasKey("journey_data"), var entries = try field.nested() {
          while let entry = try entries.next() {
            if let touch = try touch(entry) { touches.append(touch) }
          }
        }
      }
      guard let journey else { continue }
      touches.sort(by: JourneyPage.Touch.isBefore)
      found[journey]?.revision = revision
      found[journey]?.revenue = revenue
      found[journey]?.touches = touches
    }
  }

  private func touch(_ entry: borrowing BSONElement) throws(StoreError) -> JourneyPage.Touch? {
    guard var fields = try entry.nested() else { return nil }
    var touch = JourneyPage.Touch(
      id: .none, timestamp: 0, touchpoint: Names.none, channel: Names.none, campaign: Names.none)
    while let field = try fields.next() {
      if field.hasKey("timestamp_us") {
        touch.timestamp = field.int64 ?? 0
      } else if let text = field.utf8 {
        if field.hasKey("event_id") {
          touch.id = text.withUnsafeBytes { EventID($0) } ?? .none
        } else if field.hasKey("touchpoint") {
          touch.touchpoint = text.withUnsafeBytes { names.code(of: $0) }
        } else if field.hasKey("channel") {
          touch.channel = text.withUnsafeBytes { names.code(of: $0) }
        } else if field.hasKey("campaign_id") {
          touch.campaign = text.withUnsafeBytes { names.code(of: $0) }
        }
      }
    }
    return touch.touchpoint == Names.none ? nil : touch
  }
}
