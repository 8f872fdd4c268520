internal import CRdKafka
import Logging
import Synchronization

/// One client of librdkafka, with its callbacks.
///
/// `@unchecked Sendable`: librdkafka declares `rd_kafka_t` thread-safe, and the rest is immutable.
final class KafkaHandle: @unchecked Sendable {
  let pointer: OpaquePointer
  let brokers: String
  private let callbacks: KafkaCallbacks

  /// - Throws: `settings` that names the property, never its value.
  init(
    _ kind: rd_kafka_type_t, _ properties: [String: String], callbacks: KafkaCallbacks
  ) throws(KafkaError) {
    self.callbacks = callbacks
    brokers = properties["bootstrap.servers"] ?? ""
    let configuration = rd_kafka_conf_new()
    var text = [CChar](repeating: 0, count: 512)
    for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
      let result = rd_kafka_conf_set(configuration, name, value, &text, text.count)
      guard result == RD_KAFKA_CONF_OK else {
        rd_kafka_conf_destroy(configuration)
        // librdkafka's own reason quotes the value, which may be a password.
        let reason = result == RD_KAFKA_CONF_UNKNOWN ? "no such property" : "the value is not valid for it"
        throw KafkaError(.settings, "kafka: configuration of '\(name)' failed: \(reason)")
      }
    }
    callbacks.install(on: configuration)
    guard let pointer = rd_kafka_new(kind, configuration, &text, text.count) else {
      rd_kafka_conf_destroy(configuration)
      throw KafkaError(.settings, "kafka: configuration failed: \(String(nulTerminated: text)); correct the properties")
    }
    self.pointer = pointer
  }

  // A consumer that was not closed leaves its group when the broker misses it: closing here could wait for ever.
  deinit { rd_kafka_destroy_flags(pointer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE) }

  /// The library that is loaded now, not the one that we were compiled against.
  static var libraryVersion: Int32 { rd_kafka_version() }

  /// How many partitions the topic has. Waits for brokers no longer than `patience`.
  ///
  /// - Throws: `noSuchTopic`, `unavailable`, `authentication`, `permission`.
  func partitionCount(of topic: String, patience: Duration) throws(KafkaError) -> Int {
    let deadline = ContinuousClock.now + patience
    while true {
      do {
        return try askForPartitions(of: topic)
      } catch {
        try giveUpIfHopeless(error, deadline)
      }
    }
  }

  /// Throws what cannot change by waiting, and after the deadline the reason why no broker answers.
  func giveUpIfHopeless(_ error: KafkaError, _ deadline: ContinuousClock.Instant) throws(KafkaError) {
    // Connection errors reach us as events, which only a poll delivers.
    rd_kafka_poll(pointer, 0)
    let cause = callbacks.connectionError
    if let cause, !cause.isRetriable { throw cause }
    guard error.isRetriable else { throw error }
    guard ContinuousClock.now < deadline else {
      throw KafkaError(
        .unavailable,
        "kafka: reaching \(brokers) failed: \(cause?.message ?? error.message)"
          + " (librdkafka \(String(cString: rd_kafka_version_str())))", isRetriable: true)
    }
  }

  /// Asks for all topics: asking for one by name lets many brokers create it.
  private func askForPartitions(of topic: String) throws(KafkaError) -> Int {
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let error = rd_kafka_metadata(pointer, 1, nil, &metadata, 1000)
    guard error == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
      throw KafkaError(error, "asking \(brokers) for the metadata", of: "topic '\(topic)'")
    }
    defer { rd_kafka_metadata_destroy(metadata) }
    let topics = UnsafeBufferPointer(start: metadata.pointee.topics, count: Int(metadata.pointee.topic_cnt))
    guard let answer = topics.first(where: { $0.topic.map { String(cString: $0) } == topic }) else {
      throw KafkaError(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, "opening", of: "topic '\(topic)' at \(brokers)")
    }
    guard answer.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw KafkaError(answer.err, "opening", of: "topic '\(topic)' at \(brokers)")
    }
    return Int(answer.partition_cnt)
  }
}

extension String {
  init(nulTerminated text: [CChar]) {
    self = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

extension Duration {
  /// As librdkafka counts.
  var milliseconds: Int32 {
    Int32(clamping: components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
  }
}
