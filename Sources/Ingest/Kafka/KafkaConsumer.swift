internal import CRdKafka
import Dispatch
import Foundation
import Logging

/// A member of a consumer group on one topic. One thread uses it; `wake` may come from any.
///
/// Nothing is committed but what `commit` is given.
final class KafkaConsumer: @unchecked Sendable {
  enum Polled {
    case nothing
    /// The receiver destroys it.
    case message(UnsafeMutablePointer<rd_kafka_message_t>)
    case endOfPartition(Int32)
  }

  let topic: String
  private let handle: KafkaHandle
  private let queue: OpaquePointer
  private let partitionCount: Int
  private let rebalances: Rebalances
  private let logger: Logger
  /// Came while none was wanted; the next `poll` returns it.
  private var held: UnsafeMutablePointer<rd_kafka_message_t>?

  /// Joins the group. Brokers and topic are looked for first, so that a wrong name is an error and not silence.
  ///
  /// - Throws: `settings`, `unavailable` after `patience`, `noSuchTopic`, `authentication`, `permission`.
  init(
    _ configuration: KafkaConfiguration, topic: String, group: String, patience: Duration = .seconds(10), logger: Logger
  ) throws(KafkaError) {
    self.topic = topic
    self.logger = logger
    rebalances = Rebalances(logger: logger)
    let properties = try configuration.merged(
      defaults: [
        "auto.offset.reset": "earliest", "partition.assignment.strategy": "range",
        "queued.max.messages.kbytes": "65536", "fetch.wait.max.ms": "100",
      ],
      fixed: [
        "group.id": group, "enable.auto.commit": "false", "enable.auto.offset.store": "false",
        "enable.partition.eof": "true",
      ])
    // Before 2.10 cooperative rebalancing loses manual commits (librdkafka issues 4059, 4908).
    if properties["partition.assignment.strategy"]?.contains("cooperative") == true,
      KafkaHandle.libraryVersion < 0x020a_00ff
    {
      throw KafkaError(
        .settings,
        "kafka: configuration of 'partition.assignment.strategy' failed: cooperative rebalancing loses commits in"
          + " librdkafka \(String(cString: rd_kafka_version_str())); use range, or librdkafka 2.10 or newer")
    }
    handle = try KafkaHandle(RD_KAFKA_CONSUMER, properties, callbacks: rebalances)
    partitionCount = try handle.partitionCount(of: topic, patience: patience)
    rd_kafka_poll_set_consumer(handle.pointer)
    queue = rd_kafka_queue_get_consumer(handle.pointer)
    let topics = rd_kafka_topic_partition_list_new(1)
    defer { rd_kafka_topic_partition_list_destroy(topics) }
    rd_kafka_topic_partition_list_add(topics, topic, -1)
    let error = rd_kafka_subscribe(handle.pointer, topics)
    guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
      rd_kafka_queue_destroy(queue)
      throw KafkaError(error, "subscription", of: "topic '\(topic)'")
    }
  }

  deinit {
    if let held { rd_kafka_message_destroy(held) }
    rd_kafka_queue_destroy(queue)
  }

  /// The partitions that are ours, each with the number of the rebalance that gave it. Changes only in `poll`.
  var assignment: [Int32: Int] { rebalances.assignment }

  /// How many rebalances have reached us. Zero until the group has answered our wish to join.
  var rebalanceCount: Int { rebalances.count }

  /// Waits for the next message or event.
  func poll(_ patience: Duration) throws(KafkaError) -> Polled {
    if let message = held {
      held = nil
      if assignment[message.pointee.partition] != nil { return .message(message) }
      rd_kafka_message_destroy(message)
    }
    guard let message = rd_kafka_consumer_poll(handle.pointer, patience.milliseconds) else { return .nothing }
    let error = message.pointee.err
    if error == RD_KAFKA_RESP_ERR_NO_ERROR { return .message(message) }
    defer { rd_kafka_message_destroy(message) }
    if error == RD_KAFKA_RESP_ERR__PARTITION_EOF { return .endOfPartition(message.pointee.partition) }
    let failure = self.failure(error, rd_kafka_message_errstr(message).map { String(cString: $0) })
    switch failure.code {
    case .unavailable, .assignmentLost:
      // librdkafka reconnects and rejoins by itself.
      logger.warning("\(failure.message)")
      return .nothing
    default: throw failure
    }
  }

  /// Lets a waiting `poll` return.
  func wake() { rd_kafka_queue_yield(queue) }

  /// Commits for each partition the offset that is to be read next, and waits for the broker.
  func commit(_ next: [Int32: Int64]) throws(KafkaError) {
    guard !next.isEmpty else { return }
    let list = rd_kafka_topic_partition_list_new(Int32(next.count))
    defer { rd_kafka_topic_partition_list_destroy(list) }
    for (partition, offset) in next {
      rd_kafka_topic_partition_list_add(list, topic, partition)?.pointee.offset = offset
    }
    var error = rd_kafka_commit(handle.pointer, list, 0)
    if error == RD_KAFKA_RESP_ERR_NO_ERROR, let list {
      for index in 0..<Int(list.pointee.cnt) where list.pointee.elems[index].err != RD_KAFKA_RESP_ERR_NO_ERROR {
        error = list.pointee.elems[index].err
      }
    }
    guard error == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw KafkaError(error, "the commit", of: "offsets of topic '\(topic)'")
    }
  }

  /// Whether the group has committed all that there is in the partitions that are not ours: another member may be at
  /// work on them, or have died and keep them until the group misses it. When nobody answers, it is not known to be so.
  func hasGroupReadTheOthers() -> Bool {
    let others = (0..<Int32(partitionCount)).filter { assignment[$0] == nil }
    guard !others.isEmpty else { return true }
    let list = rd_kafka_topic_partition_list_new(Int32(others.count))
    defer { rd_kafka_topic_partition_list_destroy(list) }
    for partition in others { rd_kafka_topic_partition_list_add(list, topic, partition) }
    let patience: Int32 = 5000
    guard let list, rd_kafka_committed(handle.pointer, list, patience) == RD_KAFKA_RESP_ERR_NO_ERROR else {
      return false
    }
    return (0..<Int(list.pointee.cnt)).allSatisfy { index in
      let partition = list.pointee.elems[index]
      var (low, high): (Int64, Int64) = (0, 0)
      guard partition.err == RD_KAFKA_RESP_ERR_NO_ERROR,
        rd_kafka_query_watermark_offsets(handle.pointer, topic, partition.partition, &low, &high, patience)
          == RD_KAFKA_RESP_ERR_NO_ERROR
      else { return false }
      // Without a commit the group begins at the first message.
      return max(partition.offset, low) >= high
    }
  }

  /// Stays a member of the group while no messages are wanted. Partitions may be taken away meanwhile.
  func stayWhilePaused() throws(KafkaError) {
    let list = rd_kafka_topic_partition_list_new(Int32(assignment.count))
    defer { rd_kafka_topic_partition_list_destroy(list) }
    for partition in assignment.keys { rd_kafka_topic_partition_list_add(list, topic, partition) }
    rd_kafka_pause_partitions(handle.pointer, list)
    defer { rd_kafka_resume_partitions(handle.pointer, list) }
    // A message that was on its way before the pause.
    if held == nil, case .message(let message) = try poll(.zero) { held = message }
  }

  /// Leaves the group. In the middle of a rebalance that can take for ever in librdkafka, so it is bounded: what was
  /// not left in time the broker notices by itself.
  func close(patience: Duration = .seconds(10)) {
    // The closure keeps the client alive as long as the call lasts.
    let handle = self.handle
    let finished = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      rd_kafka_consumer_close(handle.pointer)
      finished.signal()
    }
    if finished.wait(timeout: .now() + .milliseconds(Int(patience.milliseconds))) == .timedOut {
      logger.warning("kafka: leaving the group takes longer than \(patience): the broker will notice by itself")
    }
  }

  private func failure(_ error: rd_kafka_resp_err_t, _ reason: String?) -> KafkaError {
    guard error == RD_KAFKA_RESP_ERR__FATAL else {
      return KafkaError(error, "reading", of: "topic '\(topic)'", reason: reason)
    }
    var text = [CChar](repeating: 0, count: 512)
    let cause = rd_kafka_fatal_error(handle.pointer, &text, text.count)
    return KafkaError(cause, "reading", of: "topic '\(topic)'", reason: String(nulTerminated: text))
  }
}
