import Foundation
import Ingest
import Logging
import Stores
import TestSupport
import Testing

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

func kafka(_ properties: [String: String] = [:]) throws -> KafkaConfiguration {
  KafkaConfiguration(brokers: try TestServers.kafkaBrokers, properties: properties)
}

/// Joins a group. The test broker makes members wait for half of the session timeout.
func member(_ topic: String, group: String, untilEnd: Bool = true) throws -> KafkaEventSource {
  try KafkaEventSource(
    try kafka(["session.timeout.ms": "6000"]), topic: topic, group: group, untilEnd: untilEnd, logger: quiet)
}

func send(_ texts: [String], to topic: String, by producer: KafkaProducer) throws {
  for text in texts {
    try text.utf8CString.withUnsafeBytes { bytes in
      let value = UnsafeRawBufferPointer(rebasing: bytes.dropLast())
      try producer.send(topic: topic, key: UnsafeRawBufferPointer(rebasing: value.prefix(2)), value: value)
    }
  }
  #expect(try producer.flush(patience: .seconds(30)))
}

extension EventBatch {
  var texts: [String] { deliveries.map { String(decoding: $0.bytes, as: UTF8.self) } }
  var places: [String] { deliveries.map(place(of:)) }
}

/// Blocking calls on a thread of their own.
func onThread<Success: Sendable>(_ work: @escaping @Sendable () throws -> Success) async throws -> Success {
  try await BlockingQueue("test").run(work)
}
