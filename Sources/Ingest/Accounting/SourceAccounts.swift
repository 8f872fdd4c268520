import Journeys
import Stores

/// `ingest_progress`: of each partition how far it has been written, and what became of its deliveries over all runs.
///
/// Written last, when all else of a batch is, and with a wait for the journal: since a journal is written in order, that
/// makes the whole batch durable at the cost of one wait. A document is written only over the version that it was
/// counted from, as with campaign shards.
final class SourceAccounts {
  fileprivate struct Account {
    /// Counts the writes; 0 as long as the document does not exist.
    var version: Int64 = 0
    /// The offset that was accounted for last.
    var position: Int64 = -1
    var counts = IngestCounts()
    /// The batch in which it was read after the ledger was written; 0 if it was read before.
    var readAfterLedgerOf = 0
  }

  private let collection: MongoCollection
  private var accounts: [String: Account] = [:]
  /// Number of the batch in hand.
  private var batchNumber = 0

  init(_ database: MongoDB) { collection = database.collection("ingest_progress") }

  /// All runs' counts of the sources that this run has seen.
  var totals: IngestCounts { accounts.values.reduce(into: IngestCounts()) { $0 += $1.counts } }

  /// Reads the accounts that the batch needs, before the ledger is written.
  func prepare(_ batch: EventBatch) throws(StoreError) {
    batchNumber += 1
    try load(batch.sources)
  }

  /// Reads the accounts of sources, as far as it does not have them.
  func load(_ sources: [EventBatch.Source]) throws(StoreError) {
    try load(sources.map(\.name), afterLedger: false)
  }

  /// Enters the batch and waits until it is durable. After an error it can be called again.
  ///
  /// Each source by a write of its own: of several updates in one the server does not say which ones came too late.
  ///
  /// - Returns: what this batch adds to the run's counts.
  func enter(_ batch: DecodedBatch) throws(StoreError) -> IngestCounts {
    var sum = IngestCounts()
    for (source, place) in batch.batch.sources.enumerated() {
      let isLast = source == batch.batch.sources.count - 1
      while true {
        try load([place.name], afterLedger: true)
        let outcome = outcome(of: batch, source: source)
        // The journal is in order: the last one's entry makes all before it durable.
        if try write(outcome.new, place.name, journaled: isLast) {
          sum += outcome.run
          break
        }
      }
    }
    return sum
  }

  /// The account with the batch, and what the batch adds to the run.
  private func outcome(of batch: DecodedBatch, source: Int) -> (new: Account, run: IngestCounts) {
    let old = accounts[batch.batch.sources[source].name] ?? Account()
    let isFromBefore = old.readAfterLedgerOf != batchNumber
    var new = old
    var run = IngestCounts()
    for event in batch.events where event.source == source {
      run.read += 1
      let isUnaccounted = event.offset > old.position || event.standing == .new && isFromBefore
      if isUnaccounted { new.counts.read += 1 }
      if event.isCanonical {
        if isUnaccounted {
          run.applied += 1
          new.counts.applied += 1
        } else {
          run.redelivered += 1
        }
      } else {
        run.duplicates += 1
        if event.standing == .conflicting { run.conflicting += 1 }
        if isUnaccounted {
          new.counts.duplicates += 1
          if event.standing == .conflicting { new.counts.conflicting += 1 }
        }
      }
      new.position = max(new.position, event.offset)
    }
    for rejected in batch.rejected {
      let delivery = batch.batch.deliveries[rejected.delivery]
      guard delivery.source == source else { continue }
      let code = rejected.error.code.rawValue
      run.read += 1
      run.deadLettersByCode[code, default: 0] += 1
      if delivery.offset > old.position {
        new.counts.read += 1
        new.counts.deadLettersByCode[code, default: 0] += 1
      }
      new.position = max(new.position, delivery.offset)
    }
    new.version += 1
    return (new, run)
  }

  /// Returns false if another writer was faster; then the account is to be read again.
  private func write(_ new: Account, _ name: String, journaled: Bool) throws(StoreError) -> Bool {
    var bulk = BulkWrite()
    let document = document(name, new)
    if new.version == 1 {
      bulk.insert(document)
    } else {
      let filter = BSONDocument {
        $0.append("_id", name)
        $0.append("version", new.version - 1)
      }
      bulk.replace(filter, with: document)
    }
    accounts[name] = nil
    let result = try collection.write(bulk, journaled: journaled)
    for failure in result.failures where failure.error.code != .duplicate { throw failure.error }
    guard result.failures.isEmpty, new.version == 1 || result.matched == 1 else { return false }
    accounts[name] = new
    return true
  }

  private func document(_ name: String, _ account: Account) -> BSONDocument {
    BSONDocument { (document: inout BSONWriter) in
      document.append("_id", name)
      document.append("version", account.version)
      document.append("position", account.position)
      document.append("read", account.counts.read)
      document.append("applied", account.counts.applied)
      document.append("duplicates", account.counts.duplicates)
      document.append("conflicting", account.counts.conflicting)
      document.document("dead_letters") {
        for (code, count) in account.counts.deadLettersByCode.sorted(by: { $0.key < $1.key }) { $0.append(code, count) }
      }
      document.append("updated_at", BSONDate.now)
    }
  }

  private func load(_ names: [String], afterLedger: Bool) throws(StoreError) {
    for name in names where accounts[name] == nil {
      var account = Account()
      if let document = try collection.findOne(BSONDocument { $0.append("_id", name) }) {
        var reader = document.reader
        while let field = try reader.next() { try account.read(field) }
      }
      if afterLedger { account.readAfterLedgerOf = batchNumber }
      accounts[name] = account
    }
  }
}

extension SourceAccounts.Account {
  fileprivate mutating func read(_ field: borrowing BSONElement) throws(StoreError) {
    if field.hasKey("dead_letters"), var codes = try field.nested() {
      while let code = try codes.next() { counts.deadLettersByCode[code.key] = Int(code.int64 ?? 0) }
    }
    guard let value = field.int64 else { return }
    switch field.key {
    case "version": version = value
    case "position": position = value
    case "read": counts.read = Int(value)
    case "applied": counts.applied = Int(value)
    case "duplicates": counts.duplicates = Int(value)
    case "conflicting": counts.conflicting = Int(value)
    default: break
    }
  }
}
