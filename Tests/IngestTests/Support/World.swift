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
      try key.withUnsafeBytes { key in
        try Array(line.utf8).withUnsafeBytes { value in
          try producer.send(topic: topic ?? self.topic, key: key.isEmpty ? nil : key, value: value)
        }
      }
    }
    try #require(try producer.flush(patience: .seconds(30)))
  }

  /// Reads the topic to its end.
  func ingest(
    topic: String? = nil, group: String? = nil, batch: Int = 700, pageCapacity: Int = 200
  ) async throws -> IngestReport {
    let configuration = try kafka(["session.timeout.ms": "6000"])
    let topic = topic ?? self.topic
    return try await Ingest(
      from: .topic(configuration, topic, group: group ?? topic, untilEnd: true),
      deadLetters: .topic(configuration, "\(topic).dlq"), into: database,
      calendar: ZonedCalendar("Asia/Dhaka"), limits: BatchLimits(events: batch), pageCapacity: pageCapacity,
      logger: quiet
    ).run()
  }
}
