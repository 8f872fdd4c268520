import Foundation
import Journeys
import Stores

/// MongoDB journeys → a columnar journey store.
///
/// Pages are read in the order of their ids: a customer's months in time order, within a page in the order of arrival.
/// A page is read as a whole, so that a snapshot beside a running ingest holds whole writes only.
public struct Snapshot: Sendable {
  /// Pages and events so far. What it throws stops the snapshot.
  public typealias Progress = @Sendable (_ pages: Int, _ total: Int, _ events: Int) throws -> Void

  private let database: MongoDB
  private let properties: [String]

  /// - Parameter properties: keys of `event_data` to keep as columns beside the known ones.
  public init(of database: MongoDB, properties: [String] = []) {
    self.database = database
    self.properties = properties
  }

  /// Linear in the events, and in the bytes of all pages that have to be sent.
  ///
  /// - Throws: `StoreError` when MongoDB cannot be read, `JourneyError` when the store cannot be written, and what
  ///   `progress` throws; nothing is written then.
  public func write(to directory: URL, progress: @escaping Progress = { _, _, _ in }) async throws -> StoreManifest {
    let (database, properties) = (database, properties)
    let stop = Flag()
    return try await withTaskCancellationHandler {
      try await BlockingQueue("snapshot").run {
        var run = SnapshotRun(JourneyStoreBuilder(properties: properties))
        try run.read(database) { pages, total, events in
          if stop.isSet { throw CancellationError() }
          try progress(pages, total, events)
        }
        return try run.finish(directory)
      }
    } onCancel: {
      stop.set()
    }
  }
}

struct SnapshotRun: ~Copyable {
  static let collection = "customer_journeys"

  private var builder: JourneyStoreBuilder
  private var values: PropertyValues
  private var read = 0
  private var rounded = 0
  /// Entries that are none of ours: without id, time or type.
  private var foreign = 0

  init(_ builder: consuming JourneyStoreBuilder) {
    values = PropertyValues(builder.properties)
    self.builder = builder
  }

  mutating func read(_ database: MongoDB, _ progress: Snapshot.Progress) throws {
    let total = try Self.pageCount(database)
    var pages = 0
    var cursor = database.collection(Self.collection).find(sort: BSONDocument { $0.append("_id", 1) }, batchSize: 1000)
    while var page = try cursor.next() {
      var customer: RawSpan?
      while let field = try page.next() {
        if field.hasKey("customer_id") {
          customer = field.utf8
        } else if field.hasKey("journey_data"), let customer, var entries = try field.nested() {
          while let entry = try entries.next() { try add(entry, customer) }
        }
      }
      pages += 1
      if pages & 0xff == 0 { try progress(pages, total, builder.count) }
    }
    try progress(pages, total, builder.count)
  }

  /// What the server keeps count of, so that nothing is read for it.
  private static func pageCount(_ database: MongoDB) throws(StoreError) -> Int {
    let reply = try database.command(BSONDocument { $0.append("count", collection) }, operation: "counting the pages")
    var fields = reply.reader
    while let field = try fields.next() { if field.hasKey("n"), let count = field.int64 { return Int(count) } }
    return 0
  }

  private mutating func add(_ entry: borrowing BSONElement, _ customer: RawSpan) throws(StoreError) {
    read += 1
    guard var fields = try entry.nested() else {
      foreign += 1
      return
    }
    var id: EventID?
    var timestamp: Int64?
    var type: RawSpan?
    var channel: RawSpan?
    var campaign: RawSpan?
    values.clear()
    while let field = try fields.next() {
      if field.hasKey("timestamp_us") {
        timestamp = field.int64
      } else if field.hasKey("data"), var data = try field.nested() {
        while let item = try data.next() { try values.take(item) }
      } else if let text = field.utf8 {
        if field.hasKey("event_id") {
          id = text.withUnsafeBytes { EventID($0) }
        } else if field.hasKey("touchpoint") {
          type = text
        } else if field.hasKey("channel") {
          channel = text
        } else if field.hasKey("campaign_id") {
          campaign = text
        }
      }
    }
    guard let id, let timestamp, let type else {
      foreign += 1
      return
    }
    let isNew = customer.withUnsafeBytes { customer in
      type.withUnsafeBytes { type in
        withBytes(channel) { channel in
          withBytes(campaign) { campaign in
            builder.append(
              customer: customer, timestamp: timestamp, type: type, channel: channel, campaign: campaign,
              amount: values.amount, id: id)
          }
        }
      }
    }
    guard isNew else { return }
    if values.isRounded { rounded += 1 }
    values.forEach { index, text in
      builder.set(index, text: text)
    } number: { index, number in
      builder.set(index, number: number)
    }
  }

  consuming func finish(_ directory: URL) throws -> StoreManifest {
    let source = StoreManifest.Source(
      kind: "snapshot", names: [Self.collection], read: read, duplicates: builder.duplicates,
      rejected: foreign == 0 ? [:] : ["foreign_entry": foreign], rounded: rounded)
    return try builder.write(to: directory, source: source)
  }
}

private func withBytes<Result>(_ span: RawSpan?, _ body: (UnsafeRawBufferPointer?) -> Result) -> Result {
  guard let span else { return body(nil) }
  return span.withUnsafeBytes { body($0) }
}
