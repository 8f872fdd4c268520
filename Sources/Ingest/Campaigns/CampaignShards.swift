import Journeys
import Stores

/// `campaign_performance_shards`: what each campaign has got from each partition, as absolute counts.
///
/// A shard remembers the last offset that it has counted, so that a delivery counts once however often it comes. It is
/// written only over the version that it was counted from; if another writer came first it is read and counted again.
///
/// A class, because it keeps the shards between batches. One thread uses it.
final class CampaignShards {
  private static let idsInQuery = 50

  private struct Key: Hashable {
    /// Codes in `Names`.
    var campaign: Int32
    var source: Int32
  }

  private struct Shard {
    /// Counts the writes; 0 as long as it does not exist.
    var version: Int64 = 0
    /// The offset that was counted last.
    var position: Int64 = -1
    var counters = CampaignCounters()
    /// The batch in which it was read after the ledger was written; 0 if it was read before.
    var readAfterLedgerOf = 0
  }

  private let collection: MongoCollection
  private let names: Names
  private let calendar: ZonedCalendar
  private var shards: [Key: Shard] = [:]
  /// Number of the batch in hand.
  private var batchNumber = 0

  init(_ database: MongoDB, names: Names, calendar: ZonedCalendar) {
    collection = database.collection("campaign_performance_shards")
    self.names = names
    self.calendar = calendar
  }

  func forgetAll() { shards = [:] }

  /// Reads the shards that the batch needs. Before the ledger is written: an event that is new to the ledger after that
  /// cannot be in them yet, wherever its offset lies.
  func prepare(_ batch: DecodedBatch) throws(StoreError) {
    batchNumber += 1
    try load(Set(grouped(batch).map(\.key)), afterLedger: false)
  }

  /// Counts the batch's events. After an error it can be called again.
  ///
  /// - Returns: the campaigns whose performance may have changed.
  func count(_ batch: DecodedBatch) throws(StoreError) -> Set<Int32> {
    let groups = grouped(batch)
    var pending = groups
    while !pending.isEmpty {
      try load(Set(pending.map(\.key)), afterLedger: true)
      pending = try write(pending, batch)
    }
    return Set(groups.map(\.key.campaign))
  }

  /// Writes the shards that changed and returns those that another writer had changed before.
  private func write(
    _ groups: [(key: Key, places: [Int])], _ batch: DecodedBatch
  ) throws(StoreError) -> [(key: Key, places: [Int])] {
    var bulk = BulkWrite()
    var written: [(group: (key: Key, places: [Int]), isUpdate: Bool)] = []
    for group in groups {
      guard let old = shards[group.key], let new = counted(old, group.places, batch) else { continue }
      let document = document(group.key, new)
      if old.version == 0 {
        bulk.insert(document)
      } else {
        let filter = BSONDocument {
          $0.append("_id", id(group.key))
          $0.append("version", old.version)
        }
        bulk.replace(filter, with: document)
      }
      written.append((group, old.version != 0))
      shards[group.key] = new
    }
    do throws(StoreError) {
      let result = try collection.write(bulk, journaled: false)
      var isRefused = written.map { _ in false }
      for failure in result.failures {
        guard failure.error.code == .duplicate else { throw failure.error }
        isRefused[failure.index] = true
      }
      if result.matched < written.count(where: \.isUpdate) {
        for index in written.indices where written[index].isUpdate { isRefused[index] = true }
      }
      let again = written.indices.filter { isRefused[$0] }.map { written[$0].group }
      for group in again { shards[group.key] = nil }
      return again
    } catch {
      for (group, _) in written { shards[group.key] = nil }
      throw error
    }
  }

  /// The shard with the events that it lacks; nil if it lacks none.
  private func counted(_ shard: Shard, _ places: [Int], _ batch: DecodedBatch) -> Shard? {
    var new = shard
    var changed = false
    for place in places {
      let event = batch.events[place]
      guard let metric = event.metric, event.isCanonical,
        event.offset > shard.position || event.standing == .new && shard.readAfterLedgerOf != batchNumber
      else { continue }
      new.counters.count(event, metric, day: calendar.day(event.timestamp), names)
      new.position = max(new.position, event.offset)
      changed = true
    }
    new.version += 1
    return changed ? new : nil
  }

  /// The events that count for a campaign, by shard.
  private func grouped(_ batch: DecodedBatch) -> [(key: Key, places: [Int])] {
    let sources = batch.batch.sources.map { names.code(of: $0.name) }
    var groups: [Key: [Int]] = [:]
    for (place, event) in batch.events.enumerated() where event.metric != nil && event.campaign != Names.none {
      groups[Key(campaign: event.campaign, source: sources[event.source]), default: []].append(place)
    }
    return groups.map { (key: $0.key, places: $0.value) }
  }

  // MARK: Documents

  /// `source|campaign`; a bar in the source is written as %7C, so that the first one divides.
  private func id(_ key: Key) -> String {
    names.text(key.source).replacing("|", with: "%7C") + "|" + names.text(key.campaign)
  }

  private func document(_ key: Key, _ shard: Shard) -> BSONDocument {
    BSONDocument(reserving: 4096) { (document: inout BSONWriter) in
      document.append("_id", id(key))
      names.withText(key.campaign) { document.append("campaign_id", utf8: $0) }
      names.withText(key.source) { document.append("source", utf8: $0) }
      document.append("version", shard.version)
      document.append("position", shard.position)
      shard.counters.append(to: &document, names)
      document.append("updated_at", BSONDate.now)
    }
  }

  private func load(_ keys: Set<Key>, afterLedger: Bool) throws(StoreError) {
    let missing = keys.filter { shards[$0] == nil }
    var keyOfID: [String: Key] = [:]
    for key in missing {
      keyOfID[id(key)] = key
      if keyOfID.count == Self.idsInQuery {
        try read(keyOfID, afterLedger)
        keyOfID = [:]
      }
    }
    if !keyOfID.isEmpty { try read(keyOfID, afterLedger) }
  }

  private func read(_ keyOfID: [String: Key], _ afterLedger: Bool) throws(StoreError) {
    var found = keyOfID.reduce(into: [Key: Shard]()) { $0[$1.value] = Shard() }
    let filter = BSONDocument { filter in
      filter.document("_id") { $0.array("$in") { list in for id in keyOfID.keys { list.append(id) } } }
    }
    var cursor = collection.find(filter)
    while var document = try cursor.next() {
      var key: Key?
      var shard = Shard()
      while let field = try document.next() {
        if field.hasKey("_id") {
          key = field.string.flatMap { keyOfID[$0] }
        } else if field.hasKey("version") {
          shard.version = field.int64 ?? 0
        } else if field.hasKey("position") {
          shard.position = field.int64 ?? -1
        } else {
          try shard.counters.read(field, names)
        }
      }
      if let key { found[key] = shard }
    }
    for (key, shard) in found {
      shards[key] = shard
      if afterLedger { shards[key]?.readAfterLedgerOf = batchNumber }
    }
  }
}
