internal import CRdKafka

/// Looks topics up and creates them.
public struct KafkaTopics: Sendable {
  private let handle: KafkaHandle

  init(_ handle: KafkaHandle) { self.handle = handle }

  /// How many partitions a topic has.
  ///
  /// - Throws: `noSuchTopic`, or after `patience` `unavailable`.
  public func partitionCount(of topic: String, patience: Duration = .seconds(10)) throws(KafkaError) -> Int {
    try handle.partitionCount(of: topic, patience: patience)
  }

  /// Creates a topic with the broker's own replication factor; one that exists is left as it is.
  ///
  /// - Returns: whether it was created.
  @discardableResult
  public func create(
    _ topic: String, partitions: Int, configuration: [String: String] = [:], patience: Duration = .seconds(10)
  ) throws(KafkaError) -> Bool {
    let deadline = ContinuousClock.now + patience
    while true {
      do {
        return try create(topic, partitions, configuration)
      } catch {
        try handle.giveUpIfHopeless(error, deadline)
      }
    }
  }

  private func create(_ topic: String, _ partitions: Int, _ configuration: [String: String]) throws(KafkaError) -> Bool
  {
    var text = [CChar](repeating: 0, count: 512)
    guard let new = rd_kafka_NewTopic_new(topic, Int32(clamping: partitions), -1, &text, text.count) else {
      throw KafkaError(.settings, "kafka: creation of topic '\(topic)' failed: \(String(nulTerminated: text))")
    }
    defer { rd_kafka_NewTopic_destroy(new) }
    for (name, value) in configuration { rd_kafka_NewTopic_set_config(new, name, value) }
    let queue = rd_kafka_queue_new(handle.pointer)
    defer { rd_kafka_queue_destroy(queue) }
    let options = rd_kafka_AdminOptions_new(handle.pointer, RD_KAFKA_ADMIN_OP_CREATETOPICS)
    defer { rd_kafka_AdminOptions_destroy(options) }
    rd_kafka_AdminOptions_set_request_timeout(options, 2000, nil, 0)
    var topics: [OpaquePointer?] = [new]
    rd_kafka_CreateTopics(handle.pointer, &topics, 1, options, queue)
    let event = rd_kafka_queue_poll(queue, 3000)
    defer { rd_kafka_event_destroy(event) }
    return try Self.wasCreated(topic, event)
  }

  private static func wasCreated(_ topic: String, _ event: OpaquePointer?) throws(KafkaError) -> Bool {
    guard let event else { throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, "creation", of: "topic '\(topic)'") }
    guard rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw KafkaError(rd_kafka_event_error(event), "creation", of: "topic '\(topic)'")
    }
    var count = 0
    let results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count)
    guard count > 0, let result = results?[0] else { return false }
    switch rd_kafka_topic_result_error(result) {
    case RD_KAFKA_RESP_ERR_NO_ERROR: return true
    // Another client was faster.
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS: return false
    case let error:
      let reason = rd_kafka_topic_result_error_string(result).map { String(cString: $0) }
      throw KafkaError(error, "creation", of: "topic '\(topic)'", reason: reason)
    }
  }
}
