internal import CRdKafka
import Logging

/// The events of a Kafka topic, as a member of a consumer group.
package final class KafkaEventSource: EventSource {
  private static let longWait = Duration.seconds(60)

  private let consumer: KafkaConsumer
  private let untilEnd: Bool
  private let logger: Logger
  private let isWoken = Flag()
  /// Partitions that have been read to their end and had nothing new since.
  private var ended: Set<Int32> = []
  /// When to say next that the group has not answered yet.
  private var complaintAt = ContinuousClock.now + KafkaEventSource.longWait
  /// What could not be committed yet, by partition.
  private var uncommitted: [Int32: Int64] = [:]

  /// Joins the group.
  ///
  /// - Parameter untilEnd: `next` returns nil when all partitions have been read to their end, by us or by others.
  /// - Throws: `KafkaError` when brokers or topic cannot be reached within `patience`.
  package init(
    _ configuration: KafkaConfiguration, topic: String, group: String, untilEnd: Bool,
    patience: Duration = .seconds(10), logger: Logger
  ) throws(KafkaError) {
    consumer = try KafkaConsumer(configuration, topic: topic, group: group, patience: patience, logger: logger)
    self.untilEnd = untilEnd
    self.logger = logger
  }

  package func next(_ limits: BatchLimits) throws -> EventBatch? {
    let messages = KafkaMessages()
    var deadline: ContinuousClock.Instant?
    while messages.count < limits.events, messages.byteCount < limits.bytes, !isWoken.isSet {
      var patience = Duration.seconds(1)
      if let deadline {
        patience = deadline - .now
        guard patience > .zero else { break }
      }
      let rebalances = consumer.rebalanceCount
      let polled = try consumer.poll(patience)
      // What was given back is not ours to write any more; its next owner reads it again.
      if consumer.rebalanceCount != rebalances {
        ended = []
        uncommitted = uncommitted.filter { consumer.assignment[$0.key] != nil }
        messages.keep { consumer.assignment[$0] ?? .max <= rebalances }
      }
      switch polled {
      case .nothing: complainOfWaiting()
      case .message(let message):
        messages.append(message, assignment: consumer.assignment[message.pointee.partition] ?? 0)
        ended.remove(message.pointee.partition)
        if deadline == nil { deadline = .now + limits.linger }
      case .endOfPartition(let partition): ended.insert(partition)
      }
      if untilEnd, isAtEnd, deadline != nil || consumer.hasGroupReadTheOthers() { break }
    }
    return messages.count == 0 ? nil : messages.batch(topic: consumer.topic)
  }

  package var sources: [EventBatch.Source] {
    consumer.assignment.keys.sorted().map { EventBatch.Source(topic: consumer.topic, partition: $0) }
  }

  /// A failed commit loses nothing: the events come again and change nothing. So it is tried again with the next one.
  package func commit(_ batch: EventBatch) throws {
    guard let messages = batch.owner as? KafkaMessages else { return }
    for (partition, next) in messages.nextOffsets where consumer.assignment[partition] != nil {
      uncommitted[partition] = next
    }
    do {
      try consumer.commit(uncommitted)
      uncommitted = [:]
    } catch {
      guard error.code == .unavailable || error.code == .assignmentLost else { throw error }
      logger.warning("\(error.message)")
    }
  }

  package func keepAlive(_ batch: EventBatch) throws -> Bool {
    guard let messages = batch.owner as? KafkaMessages else { return false }
    try consumer.stayWhilePaused()
    return messages.assignments.allSatisfy { consumer.assignment[$0.key] == $0.value }
  }

  package var waker: @Sendable () -> Void {
    { [consumer, isWoken] in
      isWoken.set()
      consumer.wake()
    }
  }

  package func close() {
    try? consumer.commit(uncommitted)
    consumer.close()
  }

  private func complainOfWaiting() {
    guard consumer.rebalanceCount == 0, ContinuousClock.now >= complaintAt else { return }
    complaintAt = .now + Self.longWait
    logger.warning(
      """
      kafka: the group has not assigned partitions of topic '\(consumer.topic)' yet; a member that died keeps them for its \
      session.timeout.ms, one that hangs for its max.poll.interval.ms
      """)
  }

  /// Before the group has answered nothing is at its end; a member that got no partition is there at once.
  private var isAtEnd: Bool {
    consumer.rebalanceCount > 0 && consumer.assignment.keys.allSatisfy(ended.contains)
  }
}

/// Messages of librdkafka, which hold its memory until they are released.
private final class KafkaMessages {
  private var messages: [UnsafeMutablePointer<rd_kafka_message_t>] = []
  private(set) var byteCount = 0
  /// The partitions of the messages, with the number of the rebalance that gave them to us.
  private(set) var assignments: [Int32: Int] = [:]

  deinit { for message in messages { rd_kafka_message_destroy(message) } }

  var count: Int { messages.count }

  /// For each partition the offset behind its last message.
  var nextOffsets: [Int32: Int64] {
    var next: [Int32: Int64] = [:]
    for message in messages { next[message.pointee.partition] = message.pointee.offset + 1 }
    return next
  }

  func append(_ message: UnsafeMutablePointer<rd_kafka_message_t>, assignment: Int) {
    messages.append(message)
    byteCount += message.pointee.len
    assignments[message.pointee.partition] = assignment
  }

  /// Releases the messages of other partitions.
  func keep(_ isKept: (Int32) -> Bool) {
    messages.removeAll { message in
      guard !isKept(message.pointee.partition) else { return false }
      byteCount -= message.pointee.len
      rd_kafka_message_destroy(message)
      return true
    }
    assignments = assignments.filter { isKept($0.key) }
  }

  func batch(topic: String) -> EventBatch {
    let partitions = assignments.keys.sorted()
    let places = Dictionary(uniqueKeysWithValues: partitions.enumerated().map { ($0.element, $0.offset) })
    var lastPartition = partitions.first ?? 0
    var place = 0
    let deliveries = messages.map { message in
      if message.pointee.partition != lastPartition {
        lastPartition = message.pointee.partition
        place = places[lastPartition] ?? 0
      }
      return EventBatch.Delivery(
        source: place, offset: message.pointee.offset,
        key: message.pointee.key.map { UnsafeRawBufferPointer(start: $0, count: message.pointee.key_len) },
        bytes: UnsafeRawBufferPointer(start: message.pointee.payload, count: message.pointee.len),
        capacity: message.pointee.len)
    }
    let sources = partitions.map { EventBatch.Source(topic: topic, partition: $0) }
    return EventBatch(sources: sources, deliveries: deliveries, owner: self)
  }
}
