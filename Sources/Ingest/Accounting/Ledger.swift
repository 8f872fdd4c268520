import Journeys
import Stores

/// `ingested_events`: which delivery of an event's id counts. Written before anything else, for every id once and for
/// ever, so that a second delivery is recognised whatever partition, topic, customer or month it names.
///
/// A row is `{_id: event id, source: "marketing.events/0", offset: 1234, journey: "customer:yyyymm"}`.
struct Ledger {
  private static let idsInQuery = 50

  private let collection: MongoCollection
  private let journeys: JourneyPages

  init(_ database: MongoDB, journeys: JourneyPages) {
    collection = database.collection("ingested_events")
    self.journeys = journeys
  }

  /// Enters the batch's events and sets what each one is. After an error it can be called again: what was entered
  /// before is then `redelivered`.
  func enter(_ batch: DecodedBatch) throws(StoreError) {
    var firstOfID: [EventID: Int] = [:]
    firstOfID.reserveCapacity(batch.events.count)
    /// The first event of each id, in order.
    var firsts: [Int] = []
    var repeats: [Int] = []
    for (place, event) in batch.events.enumerated() {
      if let first = firstOfID.updateValue(place, forKey: event.id) {
        firstOfID[event.id] = first
        repeats.append(place)
      } else {
        firsts.append(place)
      }
    }
    let refused = try insert(firsts, batch)
    for place in firsts { batch.events[place].standing = .new }
    var rows: [EventID: Row] = [:]
    try read(refused.map { batch.events[firsts[$0]].id }, into: &rows)
    for index in refused { try judge(firsts[index], batch, rows[batch.events[firsts[index]].id]) }
    for place in repeats {
      let event = batch.events[place]
      let first = batch.events[firstOfID[event.id] ?? place]
      // Either the row that was there, or the one that the batch's first event has just become.
      try judge(place, batch, rows[event.id] ?? row(of: first, batch))
    }
  }

  private struct Row {
    var source: String
    var offset: Int64
    var journey: [UInt8]
  }

  private func row(of event: DecodedEvent, _ batch: DecodedBatch) -> Row {
    Row(
      source: batch.batch.sources[event.source].name, offset: event.offset,
      journey: journeys.withKey(event.journey) { [UInt8]($0) })
  }

  /// Returns the places in `firsts` of those whose id is there.
  private func insert(_ firsts: [Int], _ batch: DecodedBatch) throws(StoreError) -> [Int] {
    var bulk = BulkWrite()
    for place in firsts {
      let event = batch.events[place]
      bulk.insert { row in
        row.append("_id", uuid: event.id.bytes)
        row.append("source", batch.batch.sources[event.source].name)
        row.append("offset", int64: event.offset)
        journeys.withKey(event.journey) { row.append("journey", utf8: $0) }
      }
    }
    let result = try collection.write(bulk, journaled: false)
    for failure in result.failures where failure.error.code != .duplicate { throw failure.error }
    return result.failures.map(\.index)
  }

  private func read(_ ids: [EventID], into rows: inout [EventID: Row]) throws(StoreError) {
    var start = 0
    while start < ids.count {
      let chunk = ids[start..<min(start + Self.idsInQuery, ids.count)]
      start += chunk.count
      let filter = BSONDocument(reserving: 32 * chunk.count) { (filter: inout BSONWriter) in
        filter.beginDocument("_id")
        filter.beginArray("$in")
        for id in chunk { filter.append(uuid: id.bytes) }
        filter.close()
        filter.close()
      }
      var cursor = collection.find(filter)
      while var document = try cursor.next() {
        var id: EventID?
        var row = Row(source: "", offset: 0, journey: [])
        while let field = try document.next() {
          if field.hasKey("_id") {
            id = field.uuid?.withUnsafeBytes { EventID(bytes: $0) }
          } else if field.hasKey("source") {
            row.source = field.string ?? ""
          } else if field.hasKey("offset") {
            row.offset = field.int64 ?? 0
          } else if field.hasKey("journey") {
            row.journey = field.utf8?.withUnsafeBytes { [UInt8]($0) } ?? []
          }
        }
        if let id { rows[id] = row }
      }
    }
  }

  private func judge(_ place: Int, _ batch: DecodedBatch, _ row: Row?) throws(StoreError) {
    guard let row else {
      throw StoreError(
        .conflict, "mongodb: reading \(collection.name) failed: a row was deleted while it was needed; try again",
        isRetriable: true)
    }
    let event = batch.events[place]
    if row.source == batch.batch.sources[event.source].name, row.offset == event.offset {
      batch.events[place].standing = .redelivered
    } else {
      let isSame = journeys.withKey(event.journey) { $0.elementsEqual(row.journey) }
      batch.events[place].standing = isSame ? .duplicate : .conflicting
    }
  }
}
