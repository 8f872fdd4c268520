import Journeys

/// An event that breaks a rule, byte for byte as it came.
struct DeadLetter {
  var source: EventBatch.Source
  var delivery: EventBatch.Delivery
  var error: EventError

  var headers: [(name: String, value: String)] {
    [
      ("error.code", error.code.rawValue), ("error.message", error.description), ("source.topic", source.topic),
      ("source.partition", String(source.partition)), ("source.offset", String(delivery.offset)),
    ]
  }
}

/// Where dead letters go: a Kafka topic or a file.
///
/// A letter may arrive twice when its batch had to be done again; `source.partition` and `source.offset` tell.
protocol DeadLetterOutput: AnyObject {
  func send(_ letter: DeadLetter) throws

  /// Waits until all is safely stored; false if `patience` ended first.
  func flush(patience: Duration) throws -> Bool
}
