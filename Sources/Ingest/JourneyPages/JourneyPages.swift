import Journeys
import Stores

/// Writes entries into `customer_journeys`, each event id once, whoever else writes at the same time.
///
/// A write names the revision of the page that it was made for, and does nothing if another writer was faster; then the
/// page is read again and only what it lacks is written. So the number of attempts and their order do not matter.
///
/// A class, because the decoder shares its table of journeys. One thread uses it.
final class JourneyPages {
  /// An entry larger than this gets a page of its own, so that no page outgrows MongoDB's 16 MB.
  private static let largeEntryBytes = 16 << 10
  /// Entries and journeys that are remembered between batches: about 150 MB.
  private static let memory = 1_500_000

  let collection: MongoCollection
  let names: Names
  let capacity: Int
  private var table = StringTable(capacity: 1 << 12)
  private var pages: [JourneyPage?] = []
  private var remembered = 0
  /// No other process makes the same, and none is made twice.
  private var lastRevision = Int64.random(in: .min ... .max)
  private var bulk = BulkWrite()

  init(_ database: MongoDB, names: Names, capacity: Int) {
    collection = database.collection("customer_journeys")
    self.names = names
    self.capacity = capacity
  }

  /// The code of a journey's key, `customer:yyyymm`. Codes live until the pages are forgotten.
  func code(of key: UnsafeRawBufferPointer) -> Int32 {
    let code = table.code(of: key)
    if Int(code) == pages.count { pages.append(nil) }
    return code
  }

  func withKey<Result>(_ journey: Int32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    table[Int(journey)].withUnsafeBytes(body)
  }

  var isLarge: Bool { remembered + table.count > Self.memory }

  func forgetAll() {
    table = StringTable(capacity: 1 << 12)
    pages = []
    remembered = 0
  }

  /// A journey's events of a batch, as a stretch of `order`.
  private struct Run {
    var journey: Int32
    var places: Range<Int>
  }

  /// What a round did for a journey.
  private struct Attempt {
    var run: Run
    /// Begins where the page was full.
    var rest: Range<Int>
    var isUpdate: Bool
  }

  /// Writes the batch's entries. After an error it can be called again.
  func write(_ batch: DecodedBatch) throws(StoreError) {
    var order: [Int] = []
    order.reserveCapacity(batch.events.count)
    for place in batch.events.indices where batch.events[place].belongsToJourney {
      order.append(Int(batch.events[place].journey) << 32 | place)
    }
    order.sort()
    var runs: [Run] = []
    for (place, key) in order.enumerated() {
      let journey = Int32(truncatingIfNeeded: key >> 32)
      order[place] = key & 0xffff_ffff
      if runs.last?.journey == journey {
        runs[runs.count - 1].places = runs[runs.count - 1].places.lowerBound..<place + 1
      } else {
        runs.append(Run(journey: journey, places: place..<place + 1))
      }
    }
    // A page takes no more than its capacity, and another writer may come first: what is left goes into a next round.
    while !runs.isEmpty {
      for page in try load(runs.lazy.map(\.journey).filter { self.pages[Int($0)] == nil }) {
        pages[Int(page.key)] = page.value
        remembered += page.value.touches.count + page.value.earlier.count
      }
      runs = try writeRound(runs, order, batch)
    }
  }

  /// Returns what is left to do.
  private func writeRound(_ runs: [Run], _ order: [Int], _ batch: DecodedBatch) throws(StoreError) -> [Run] {
    bulk.removeAll()
    var attempts: [Attempt] = []
    /// For each operation its attempt; -1 for a page of a single large entry.
    var owners: [Int] = []
    var fresh: [Int] = []
    for run in runs {
      // Taken out, so that it is changed in place.
      guard var page = pages[Int(run.journey)].take() else { continue }
      if page.touches.count >= capacity { page.turn() }
      let isUpdate = page.revision != 0
      fresh.removeAll(keepingCapacity: true)
      var place = run.places.lowerBound
      while place < run.places.upperBound {
        let event = batch.events[order[place]]
        if !page.contains(event.id) {
          if event.entry.count > Self.largeEntryBytes {
            owners.append(-1)
            insertLarge(order[place], batch, into: &bulk)
          } else if page.touches.count < capacity {
            page.insert(JourneyPage.Touch(event))
            page.revenue += event.revenue
            fresh.append(order[place])
          } else {
            break
          }
        }
        place += 1
      }
      if !fresh.isEmpty {
        owners.append(attempts.count)
        let before = page.revision
        page.revision = nextRevision()
        if isUpdate {
          update(page, run.journey, from: before, fresh, batch, into: &bulk)
        } else {
          insert(page, run.journey, fresh, batch, into: &bulk)
        }
        remembered += fresh.count
      }
      attempts.append(
        Attempt(run: run, rest: place..<run.places.upperBound, isUpdate: isUpdate && !fresh.isEmpty))
      pages[Int(run.journey)] = page
    }
    var isRefused = [Bool](repeating: false, count: attempts.count)
    do throws(StoreError) {
      let result = try collection.write(bulk, journaled: false)
      for failure in result.failures {
        // Of a page: another writer has made it. Of a large entry: it is there.
        guard failure.error.code == .duplicate else { throw failure.error }
        let owner = owners[failure.index]
        if owner >= 0 { isRefused[owner] = true }
      }
      // Which updates another writer was faster with the server does not say: look at all of them again.
      if result.matched < attempts.count(where: \.isUpdate) {
        for (index, attempt) in attempts.enumerated() where attempt.isUpdate { isRefused[index] = true }
      }
    } catch {
      for attempt in attempts { pages[Int(attempt.run.journey)] = nil }
      throw error
    }
    var left: [Run] = []
    for (index, attempt) in attempts.enumerated() {
      if isRefused[index] {
        pages[Int(attempt.run.journey)] = nil
        left.append(attempt.run)
      } else if !attempt.rest.isEmpty {
        left.append(Run(journey: attempt.run.journey, places: attempt.rest))
      }
    }
    return left
  }

  private func nextRevision() -> Int64 {
    lastRevision &+= 1
    // 0 stands for a page that does not exist.
    if lastRevision == 0 { lastRevision = 1 }
    return lastRevision
  }
}

extension JourneyPage.Touch {
  init(_ event: DecodedEvent) {
    self.init(
      id: event.id, timestamp: event.timestamp, touchpoint: event.touchpoint, channel: event.channel,
      campaign: event.campaign)
  }
}
