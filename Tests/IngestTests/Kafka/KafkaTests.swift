import Foundation
import Ingest
import Logging
import TestSupport
import Testing

@Suite("A Kafka topic as source of events")
struct KafkaTests {
  @Test("What was sent comes once, per partition in order, and the end is noticed")
  func roundTrip() throws {
    let topic = TestServers.freshName("round_trip")
    let producer = try KafkaProducer(try kafka(), logger: quiet)
    #expect(try producer.topics.create(topic, partitions: 3))
    #expect(try !producer.topics.create(topic, partitions: 3))
    #expect(try producer.topics.partitionCount(of: topic) == 3)
    let sent = (0..<1000).map { "\($0 % 7)x message \($0)" }
    try send(sent, to: topic, by: producer)

    let source = try member(topic, group: topic)
    defer { source.close() }
    let limits = BatchLimits(events: 300)
    var received: [String] = []
    var places: [String] = []
    while let batch = try source.next(limits) {
      #expect(batch.deliveries.count <= 300)
      received += batch.texts
      places += batch.places
      try source.commit(batch)
    }
    #expect(received.sorted() == sent.sorted())
    #expect(Set(places).count == 1000)
    // Equal keys keep their order.
    for key in 0..<7 { #expect(received.filter { $0.hasPrefix("\(key)x") } == sent.filter { $0.hasPrefix("\(key)x") }) }
  }

  @Test("A group goes on behind the last commit; what was not committed comes again")
  func commits() throws {
    let topic = TestServers.freshName("commits")
    let producer = try KafkaProducer(try kafka(), logger: quiet)
    try producer.topics.create(topic, partitions: 1)
    try send((0..<10).map { "k1 \($0)" }, to: topic, by: producer)
    let limits = BatchLimits(events: 4)

    let first = try member(topic, group: topic)
    let committed = try #require(try first.next(limits))
    try first.commit(committed)
    _ = try first.next(limits)
    first.close()

    let second = try member(topic, group: topic)
    var places: [String] = []
    while let batch = try second.next(limits) { places += batch.places }
    second.close()
    #expect(places == (4..<10).map { "\(topic)/0@\($0)" })
  }

  @Test(
    "A second member takes its share; a batch in hand is lost to a rebalance and comes again; who leaves is replaced")
  func rebalance() async throws {
    let topic = TestServers.freshName("rebalance")
    let producer = try KafkaProducer(try kafka(), logger: quiet)
    try producer.topics.create(topic, partitions: 4)
    let sent = (0..<400).map { "\(100 + $0 % 32) \($0)" }
    try send(sent, to: topic, by: producer)
    // Each is used by one thread at a time.
    nonisolated(unsafe) let first = try member(topic, group: topic, untilEnd: false)
    nonisolated(unsafe) let inHand = try #require(try first.next(tens))
    let wakeFirst = first.waker
    async let others = onThread {
      let second = try member(topic, group: topic)
      defer {
        second.close()
        wakeFirst()
      }
      return try drain(second)
    }
    let own = try await onThread {
      while try first.keepAlive(inHand) {}
      defer { first.close() }
      return try drain(first)
    }
    let texts = try await others + own
    #expect(try await !others.isEmpty)
    #expect(texts.sorted() == sent.sorted())
  }

  @Test("A message of 10 MB passes whole, with its headers")
  func largeMessage() throws {
    let topic = TestServers.freshName("large")
    let producer = try KafkaProducer(try kafka(), logger: quiet)
    try producer.topics.create(topic, partitions: 1)
    let large = [UInt8](repeating: 0x61, count: 10_000_000)
    try large.withUnsafeBytes { try producer.send(topic: topic, key: nil, value: $0, headers: [("a", "b")]) }
    #expect(try producer.flush(patience: .seconds(60)))
    let source = try member(topic, group: topic)
    defer { source.close() }
    let batch = try #require(try source.next(BatchLimits()))
    #expect(batch.deliveries.map(\.bytes.count) == [10_000_000])
    #expect(batch.deliveries[0].bytes.allSatisfy { $0 == 0x61 })
  }
}

private let tens = BatchLimits(events: 10)

/// All texts up to the end, each batch committed.
private func drain(_ source: KafkaEventSource) throws -> [String] {
  var texts: [String] = []
  while let batch = try source.next(tens) {
    texts += batch.texts
    try source.commit(batch)
  }
  return texts
}

@Suite("Errors of Kafka say operation, object, reason and remedy")
struct KafkaErrorTests {
  @Test("A property that does not exist")
  func unknownProperty() throws {
    let error = #expect(throws: KafkaError.self) {
      _ = try KafkaProducer(KafkaConfiguration(brokers: "127.0.0.1:1", properties: ["grup.id": "x"]), logger: quiet)
    }
    #expect(error?.code == .settings)
    #expect(error?.message == "kafka: configuration of 'grup.id' failed: no such property")
  }

  @Test("A value that a property does not take is not repeated: it may be a password in the wrong place")
  func wrongValue() throws {
    let error = #expect(throws: KafkaError.self) {
      _ = try KafkaProducer(
        KafkaConfiguration(brokers: "127.0.0.1:1", properties: ["security.protocol": "s3cret"]), logger: quiet)
    }
    #expect(error?.code == .settings)
    #expect(error?.message.contains("security.protocol") == true)
    #expect(error?.message.contains("s3cret") == false)
  }

  @Test("A property that the program depends on")
  func fixedProperty() throws {
    let error = #expect(throws: KafkaError.self) {
      _ = try KafkaEventSource(
        KafkaConfiguration(brokers: "127.0.0.1:1", properties: ["enable.auto.commit": "true"]), topic: "t", group: "g",
        untilEnd: true, logger: quiet)
    }
    #expect(error?.code == .settings)
    #expect(error?.message.contains("enable.auto.commit") == true)
  }

  @Test("No broker there: an error within the patience given, which names the address and the reason")
  func brokerAway() throws {
    let start = ContinuousClock.now
    let error = #expect(throws: KafkaError.self) {
      _ = try KafkaEventSource(
        KafkaConfiguration(brokers: "127.0.0.1:1"), topic: "t", group: "g", untilEnd: true, patience: .seconds(1),
        logger: quiet)
    }
    #expect(error?.code == .unavailable)
    #expect(error?.message.contains("127.0.0.1:1") == true)
    #expect(error?.message.contains("refused") == true)
    #expect(ContinuousClock.now - start < .seconds(30))
    let other = #expect(throws: KafkaError.self) {
      try KafkaProducer(KafkaConfiguration(brokers: "127.0.0.1:1"), logger: quiet).topics
        .create("t", partitions: 1, patience: .seconds(1))
    }
    #expect(other?.code == .unavailable)
  }

  @Test("A topic that does not exist is an error and is not created by asking for it")
  func topicMissing() throws {
    let topic = TestServers.freshName("missing")
    for _ in 0..<2 {
      let error = #expect(throws: KafkaError.self) {
        _ = try KafkaEventSource(try kafka(), topic: topic, group: "g", untilEnd: true, logger: quiet)
      }
      #expect(error?.code == .noSuchTopic)
      #expect(error?.message.contains(topic) == true)
    }
  }

  @Test("Properties from a file: comments, blanks, values with '='; a bad line is named by number only")
  func propertiesFile() throws {
    let directory = try TemporaryDirectory()
    let good = try directory.file("good", "# c\n\n sasl.username = me\nsasl.password=a=b=\n")
    let configuration = try KafkaConfiguration(brokers: "b:1", propertiesFile: good)
    #expect(configuration.properties == ["sasl.username": "me", "sasl.password": "a=b="])
    let bad = try directory.file("bad", "a=b\nhunter2\n")
    let error = #expect(throws: KafkaError.self) { _ = try KafkaConfiguration(brokers: "b:1", propertiesFile: bad) }
    #expect(error?.message.contains("line 2") == true)
    #expect(error?.message.contains("hunter2") == false)
  }
}
