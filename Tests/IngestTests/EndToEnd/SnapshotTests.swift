import Foundation
import Ingest
import Journeys
import Stores
import TestSupport
import Testing

@Suite("Snapshot: MongoDB → columns")
struct SnapshotTests {
  /// One event of a store, as text that shows all that is known of it.
  private static func rows(_ store: JourneyStore) throws -> [String] {
    var rows: [String] = []
    for customer in 0..<store.customerCount {
      for event in store.events(of: customer) {
        var row = "\(store.customerID(customer)) \(store.timestamps[event])"
        row += " \(store.eventTypeNames[store.eventTypes[event]])"
        let (channel, campaign) = (store.channels[event], store.campaigns[event])
        row += " \(channel < 0 ? "-" : store.channelNames[channel])"
        row += " \(campaign < 0 ? "-" : store.campaignNames[campaign]) \(store.amounts[event])"
        rows.append(row)
      }
    }
    return rows
  }

  @Test("The store is the one that an import of the same events gives")
  func sameAsImport() async throws {
    let world = try World()
    let directory = try TemporaryDirectory()
    let events = testEvents(2000, customers: 40)
    let file = try directory.file("events.jsonl", events.map(\.json).joined(separator: "\n"))
    let imported = directory.url.appending(path: "imported")
    let importReport = try JourneyImport(.jsonLines, properties: ["n", "no such key"]).run([file], to: imported)

    try world.send(events.map(\.json))
    _ = try await world.ingest(batch: 300, pageCapacity: 10)
    let taken = directory.url.appending(path: "taken")
    let manifest = try await Snapshot(of: world.database, properties: ["n", "no such key"]).write(to: taken)

    #expect(manifest.events == 2000)
    #expect(manifest.source.kind == "snapshot")
    #expect(manifest.source.read == 2000)
    #expect(manifest.source.duplicates == 0)
    #expect(manifest.source.rejected == [:])
    #expect(manifest.customers == importReport.manifest.customers)
    #expect(manifest.columns.map(\.name) == importReport.manifest.columns.map(\.name))
    // Numbers are the same bytes; names may have other codes, since they came in another order.
    for (ours, theirs) in zip(manifest.columns, importReport.manifest.columns) where ours.kind != .dictionary {
      #expect(ours.crc32 == theirs.crc32, "\(ours.name)")
    }
    #expect(try Self.rows(JourneyStore(taken)) == Self.rows(JourneyStore(imported)))
    for (ours, theirs) in zip(manifest.columns, importReport.manifest.columns) where ours.kind == .dictionary {
      #expect(ours.dictionary?.sorted() == theirs.dictionary?.sorted(), "\(ours.name)")
    }
  }

  @Test("Entries that somebody else wrote, without what an event needs, are left out and counted")
  func foreignEntries() async throws {
    let world = try World()
    var bulk = BulkWrite()
    bulk.insert(
      BSONDocument { page in
        page.append("_id", "c:202501:000000")
        page.append("customer_id", "c")
        page.array("journey_data") { list in
          list.document { $0.append("touchpoint", "page_view") }
          list.document {
            $0.append("event_id", "a0000000-0000-4000-8000-000000000001")
            $0.append("touchpoint", "page_view")
            $0.append("timestamp_us", Int64(1_738_400_000_000_000))
          }
          list.append("no document")
        }
      })
    _ = try world.database.collection("customer_journeys").write(bulk)
    let directory = try TemporaryDirectory()
    let manifest = try await Snapshot(of: world.database).write(to: directory.url.appending(path: "s"))
    #expect(manifest.events == 1)
    #expect(manifest.source.rejected == ["foreign_entry": 2])
  }

  @Test("An empty database gives an empty store")
  func empty() async throws {
    let world = try World()
    let directory = try TemporaryDirectory()
    let manifest = try await Snapshot(of: world.database).write(to: directory.url.appending(path: "s"))
    #expect(manifest.events == 0)
    #expect(try JourneyStore(directory.url.appending(path: "s")).customerCount == 0)
  }

  @Test("Cancelled, it writes nothing")
  func cancelled() async throws {
    let world = try World()
    let directory = try TemporaryDirectory()
    let store = directory.url.appending(path: "s")
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await Snapshot(of: world.database).write(to: store)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(!FileManager.default.fileExists(atPath: store.path))
  }
}
