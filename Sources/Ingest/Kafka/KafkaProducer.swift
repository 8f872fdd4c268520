internal import CRdKafka
import Logging
import Synchronization

/// Sends messages in order and without loss or duplicates of its own making (idempotent, acknowledged by all replicas).
///
/// Any number of threads may use it at once; `flush` tells whether all has arrived.
public final class KafkaProducer: Sendable {
  private let handle: KafkaHandle
  private let reports: DeliveryReports

  /// Connects in the background: `KafkaTopics` or the first `flush` tells whether the brokers are there.
  ///
  /// - Parameter deliveryTimeout: after which an undelivered message counts as failed; nil tries for ever.
  public init(
    _ configuration: KafkaConfiguration, deliveryTimeout: Duration? = .seconds(60), logger: Logger
  ) throws(KafkaError) {
    reports = DeliveryReports(logger: logger)
    handle = try KafkaHandle(
      RD_KAFKA_PRODUCER,
      configuration.merged(
        defaults: ["linger.ms": "20", "message.timeout.ms": String(deliveryTimeout?.milliseconds ?? 0)],
        fixed: ["enable.idempotence": "true", "acks": "all"]),
      callbacks: reports)
  }

  deinit {
    // What was not flushed was not asked to be delivered.
    rd_kafka_purge(handle.pointer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
    rd_kafka_flush(handle.pointer, 0)
  }

  public var topics: KafkaTopics { KafkaTopics(handle) }

  /// Hands a message over; its bytes are copied. Waits while the producer's queue is full.
  ///
  /// - Parameters:
  ///   - key: equal keys go to the same partition; nil to any.
  ///   - timestamp: milliseconds since 1970; the time of sending if nil.
  /// - Throws: what is known at once (`tooLarge`), or an earlier message's failure.
  public func send(
    topic: String, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer,
    headers: [(name: String, value: String)] = [], timestamp: Int64? = nil
  ) throws(KafkaError) {
    try reports.check()
    // Owned by the message once it is taken.
    let list = headers.isEmpty ? nil : rd_kafka_headers_new(headers.count)
    for (name, value) in headers { rd_kafka_header_add(list, name, -1, value, value.utf8.count) }
    while true {
      switch produce(topic, key, value, list, timestamp) {
      case RD_KAFKA_RESP_ERR_NO_ERROR:
        rd_kafka_poll(handle.pointer, 0)
        return
      case RD_KAFKA_RESP_ERR__QUEUE_FULL:
        rd_kafka_poll(handle.pointer, 100)
        do {
          try reports.check()
        } catch {
          if let list { rd_kafka_headers_destroy(list) }
          throw error
        }
      case let error:
        if let list { rd_kafka_headers_destroy(list) }
        throw KafkaError(error, "sending a message", of: "topic '\(topic)'")
      }
    }
  }

  /// Waits until every message has been acknowledged; false if `patience` ended first.
  ///
  /// - Throws: the first failure since the last call.
  public func flush(patience: Duration) throws(KafkaError) -> Bool {
    let result = rd_kafka_flush(handle.pointer, patience.milliseconds)
    try reports.check()
    return result == RD_KAFKA_RESP_ERR_NO_ERROR
  }

  /// Why the brokers cannot be reached, when a `flush` did not get through.
  public var connectionError: KafkaError? { reports.connectionError }

  private func produce(
    _ topic: String, _ key: UnsafeRawBufferPointer?, _ value: UnsafeRawBufferPointer, _ headers: OpaquePointer?,
    _ timestamp: Int64?
  ) -> rd_kafka_resp_err_t {
    topic.withCString { topic in
      withUnsafeTemporaryAllocation(of: rd_kafka_vu_t.self, capacity: 6) { fields in
        var count = 0
        func add(_ type: rd_kafka_vtype_t, _ fill: (inout rd_kafka_vu_t) -> Void) {
          var field = rd_kafka_vu_t()
          field.vtype = type
          fill(&field)
          fields.initializeElement(at: count, to: field)
          count += 1
        }
        add(RD_KAFKA_VTYPE_TOPIC) { $0.u.cstr = topic }
        add(RD_KAFKA_VTYPE_MSGFLAGS) { $0.u.i = RD_KAFKA_MSG_F_COPY }
        // librdkafka copies from here and never writes, though its field is not const.
        add(RD_KAFKA_VTYPE_VALUE) {
          $0.u.mem.ptr = UnsafeMutableRawPointer(mutating: value.baseAddress)
          $0.u.mem.size = value.count
        }
        if let key {
          add(RD_KAFKA_VTYPE_KEY) {
            $0.u.mem.ptr = UnsafeMutableRawPointer(mutating: key.baseAddress)
            $0.u.mem.size = key.count
          }
        }
        if let headers { add(RD_KAFKA_VTYPE_HEADERS) { $0.u.headers = headers } }
        if let timestamp { add(RD_KAFKA_VTYPE_TIMESTAMP) { $0.u.i64 = timestamp } }
        guard let error = rd_kafka_produceva(handle.pointer, fields.baseAddress, count) else {
          return RD_KAFKA_RESP_ERR_NO_ERROR
        }
        defer { rd_kafka_error_destroy(error) }
        return rd_kafka_error_code(error)
      }
    }
  }
}

/// Counts what could not be delivered.
private final class DeliveryReports: KafkaCallbacks, @unchecked Sendable {
  private let failure = Mutex<KafkaError?>(nil)

  override func install(on configuration: OpaquePointer?) {
    super.install(on: configuration)
    rd_kafka_conf_set_dr_msg_cb(configuration) { _, message, opaque in
      guard let message, message.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
      (KafkaCallbacks.of(opaque) as? DeliveryReports)?.failed(message)
    }
  }

  private func failed(_ message: UnsafePointer<rd_kafka_message_t>) {
    let topic = rd_kafka_topic_name(message.pointee.rkt).map { String(cString: $0) } ?? ""
    let error = KafkaError(message.pointee.err, "delivering a message", of: "topic '\(topic)'")
    failure.withLock { if $0 == nil { $0 = error } }
  }

  /// Throws the first failure since the last call.
  func check() throws(KafkaError) {
    let found = failure.withLock { failure in
      defer { failure = nil }
      return failure
    }
    if let found { throw found }
  }
}
