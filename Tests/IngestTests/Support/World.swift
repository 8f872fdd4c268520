import Foundation
import Ingest
import Journeys
import Stores
import TestSupport
import Testing

/// A topic, its dead letters and a database of one test's own.
final class World: Sendable {
  let topic = TestServers.freshName("ingest")
  let database: MongoDB
  let producer: KafkaProducer

  init(partitions: Int = 3) throws {
    database = try MongoDB(uri: try TestServers.mongoURI, database: topic)
    producer = try KafkaProducer(try kafka(), logger: quiet)
    try producer.topics.create(topic, partitions: partitions)
  }

  deinit { try? database.dropDatabase() }

  /// Sends lines, keyed by customer as the platform does it.
  func send(_ lines: [String], to topic: String? = nil) throws {
    for line in lines {
      let key = line.firstMatch(of: /"customer_id":"([^"]*)"/).map { Array($0.1.utf8) } ?? []
      try send(Array(line.utf8), key: key, to: topic)
    }
    try #require(try producer.flush(patience: .seconds(30)))
  }

  func send(_ bytes: [UInt8], key: [UInt8] = [], to topic: String? = nil) throws {
    try key.withUnsafeBytes { key in
      try bytes.withUnsafeBytes { value in
        try producer.send(topic: topic ?? self.topic, key: key.isEmpty ? nil : key, value: value)
      }
    }
  }

  /// Reads the topic to its end.
  func ingest(
    topic: String? = nil, group: String? = nil, into database: MongoDB? = nil, batch: Int = 700,
    pageCapacity: Int = Ingest.defaultPageCapacity, untilEnd: Bool = true,
    progress: @escaping @Sendable (IngestReport) -> Void = { _ in },
    afterStep: @escaping @Sendable (Ingest.Step) throws -> Void = { _ in }
  ) async throws -> IngestReport {
    let configuration = try kafka(["session.timeout.ms": "6000"])
    let topic = topic ?? self.topic
    return try await Ingest(
      from: .topic(configuration, topic, group: group ?? topic, untilEnd: untilEnd),
      deadLetters: .topic(configuration, "\(topic).dlq"), into: database ?? self.database,
      calendar: ZonedCalendar("Asia/Dhaka"), limits: BatchLimits(events: batch), pageCapacity: pageCapacity,
      logger: quiet, afterStep: afterStep
    ).run(progress: progress)
  }

  /// Reads a file; dead letters go beside it.
  func ingest(file: String, batch: Int = 700) async throws -> IngestReport {
    try await Ingest(
      from: .file(file), deadLetters: .file(file + ".dlq"), into: database, calendar: ZonedCalendar("Asia/Dhaka"),
      limits: BatchLimits(events: batch), logger: quiet
    ).run()
  }

  /// How many documents a collection has, by the server's own count.
  func count(_ collection: String) throws -> Int {
    Int(try database.command(BSONDocument { $0.append("count", collection) }, operation: "counting").number("n") ?? 0)
  }

  /// The documents of a collection in the order of their ids.
  func documents(_ collection: String) throws -> [BSONDocument] {
    var cursor = database.collection(collection).find(sort: BSONDocument { $0.append("_id", 1) })
    var documents: [BSONDocument] = []
    while let document = try cursor.nextCopy() { documents.append(document) }
    return documents
  }
}
