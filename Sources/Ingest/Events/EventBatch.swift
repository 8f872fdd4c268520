/// Deliveries that are processed as a whole: all of it is written before any of it counts as done.
package final class EventBatch {
  /// Where deliveries come from. Its name is what they are known by for good.
  package struct Source: Sendable, Equatable {
    /// The topic, or `file:` and the path.
    package var topic: String
    /// 0 for a file.
    package var partition: Int32
    package var name: String

    /// A partition of a topic of Kafka.
    package init(topic: String, partition: Int32) {
      (self.topic, self.partition, name) = (topic, partition, "\(topic)/\(partition)")
    }

    package init(file path: String) { (topic, partition, name) = ("file:\(path)", 0, "file:\(path)") }
  }

  /// One event as it was delivered.
  package struct Delivery {
    /// Place in `sources`.
    package var source: Int
    /// Counts up within the source: Kafka's offset, or a file's line.
    package var offset: Int64
    package var key: UnsafeRawBufferPointer?
    package var bytes: UnsafeRawBufferPointer
    /// Bytes readable from the start of `bytes` on; the parser needs some behind the event, or copies it.
    package var capacity: Int
  }

  package let sources: [Source]
  package let deliveries: [Delivery]
  /// What the bytes of the deliveries belong to.
  let owner: AnyObject

  init(sources: [Source], deliveries: [Delivery], owner: AnyObject) {
    self.sources = sources
    self.deliveries = deliveries
    self.owner = owner
  }

  /// For messages: `marketing.events/0@1234`.
  package func place(of delivery: Delivery) -> String { "\(sources[delivery.source].name)@\(delivery.offset)" }
}

/// When a batch is full.
package struct BatchLimits: Sendable {
  package var events: Int
  package var bytes: Int
  /// How long the first event of a batch waits for more.
  package var linger: Duration

  package init(events: Int = Ingest.defaultBatchEvents, bytes: Int = 64 << 20, linger: Duration = .seconds(1)) {
    self.events = events
    self.bytes = bytes
    self.linger = linger
  }
}
