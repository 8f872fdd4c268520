internal import CRdKafka
import Logging
import Synchronization

/// What librdkafka calls back. A subclass adds the calls of its kind of client.
///
/// The handle that it belongs to keeps it alive as long as librdkafka may call.
class KafkaCallbacks: @unchecked Sendable {
  let logger: Logger
  private let lastError = Mutex<KafkaError?>(nil)
  /// By what kind of complaint, when it was last logged: with a broker away the same ones come many times a second.
  private let lastLogged = Mutex<[String: ContinuousClock.Instant]>([:])
  private static let quiet = Duration.seconds(30)

  init(logger: Logger) { self.logger = logger }

  /// The connection's last complaint: why brokers cannot be reached.
  var connectionError: KafkaError? { lastError.withLock { $0 } }

  func install(on configuration: OpaquePointer?) {
    rd_kafka_conf_set_opaque(configuration, Unmanaged.passUnretained(self).toOpaque())
    rd_kafka_conf_set_log_cb(configuration) { client, level, facility, text in
      guard let callbacks = KafkaCallbacks.of(rd_kafka_opaque(client)), let facility, let text else { return }
      let kind = String(cString: facility)
      let message = "\(kind): \(String(cString: text))"
      // Consumer and producer share one set of properties, so each is given some that only the other one has.
      let isForTheOther = message.hasPrefix("CONFWARN") && message.contains("will be ignored by this")
      let isNews = !isForTheOther && callbacks.isNews(kind)
      callbacks.logger.log(level: isNews ? .init(syslog: level) : .debug, "\(message)")
    }
    rd_kafka_conf_set_error_cb(configuration) { client, error, reason, opaque in
      let code = rd_kafka_resp_err_t(rawValue: error)
      KafkaCallbacks.of(opaque)?.failed(code, reason.map { String(cString: $0) })
    }
  }

  static func of(_ opaque: UnsafeMutableRawPointer?) -> KafkaCallbacks? {
    opaque.map { Unmanaged<KafkaCallbacks>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Whether nothing of the kind was logged a moment ago.
  private func isNews(_ kind: String) -> Bool {
    let now = ContinuousClock.now
    return lastLogged.withLock { logged in
      if let last = logged[kind], now - last < Self.quiet { return false }
      logged[kind] = now
      return true
    }
  }

  private func failed(_ code: rd_kafka_resp_err_t, _ reason: String?) {
    let error = KafkaError(code, "the connection", of: "the client", reason: reason)
    lastError.withLock { last in
      // "All brokers down" follows the reason why; keep the reason.
      if code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || last == nil { last = error }
    }
    logger.debug("\(error.message)")
  }
}

extension Logger.Level {
  init(syslog level: Int32) {
    self =
      switch level {
      case ...3: .error
      case 4: .warning
      case 5, 6: .info
      default: .debug
      }
  }
}
