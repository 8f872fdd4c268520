import Logging

/// Dead letters as messages with headers.
final class DeadLetterTopic: DeadLetterOutput {
  private let topic: String
  private let producer: KafkaProducer
  private let logger: Logger

  /// Creates the topic if it is missing: a letter must not be the first to find that out.
  init(
    _ configuration: KafkaConfiguration, topic: String, partitions: Int, logger: Logger
  ) throws(KafkaError) {
    self.topic = topic
    self.logger = logger
    // No delivery ever times out: the events behind it wait instead.
    producer = try KafkaProducer(configuration, deliveryTimeout: nil, logger: logger)
    if try producer.topics.create(topic, partitions: partitions) {
      logger.info("kafka: created the dead-letter topic", metadata: ["topic": "\(topic)"])
    }
  }

  func send(_ letter: DeadLetter) throws {
    try producer.send(topic: topic, key: letter.delivery.key, value: letter.delivery.bytes, headers: letter.headers)
  }

  func flush(patience: Duration) throws -> Bool {
    if try producer.flush(patience: patience) { return true }
    logger.warning("\(producer.connectionError?.message ?? "kafka: dead letters are not acknowledged yet")")
    return false
  }
}
