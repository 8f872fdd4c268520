internal import CRdKafka

/// What went wrong with Kafka: operation, object, reason and remedy. Never a message's content or a secret.
public struct KafkaError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// A property that librdkafka does not know or does not accept, or one that must not be set.
    case settings
    /// No broker answers, or not in time.
    case unavailable
    /// The brokers refuse the credentials or the certificate.
    case authentication
    /// The user may not do this.
    case permission
    /// The topic does not exist.
    case noSuchTopic
    /// The broker holds no message at the offset where reading is to go on.
    case offsetGone
    /// The group has given the partitions to another member.
    case assignmentLost
    /// A message is larger than the broker takes.
    case tooLarge
    /// Anything else that the broker or the library reports.
    case refused
  }

  public let code: Code
  public let message: String
  /// Whether the same call can succeed later without anybody changing anything.
  public let isRetriable: Bool

  init(_ code: Code, _ message: String, isRetriable: Bool = false) {
    self.code = code
    self.message = message
    self.isRetriable = isRetriable
  }

  public var description: String { message }
}

extension KafkaError {
  /// An error code of librdkafka or of a broker.
  init(_ error: rd_kafka_resp_err_t, _ operation: String, of object: String, reason: String? = nil) {
    let (code, retriable) = Self.meaning(error)
    let why = reason.flatMap { $0.isEmpty ? nil : $0 } ?? String(cString: rd_kafka_err2str(error))
    self.init(
      code, "kafka: \(operation) of \(object) failed: \(why); \(code.remedy)", isRetriable: retriable)
  }

  private static func meaning(_ error: rd_kafka_resp_err_t) -> (Code, retriable: Bool) {
    switch error {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR__SSL, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
      RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE:
      (.authentication, false)
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      (.permission, false)
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
      RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      (.noSuchTopic, false)
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET: (.offsetGone, false)
    case RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID,
      RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST, RD_KAFKA_RESP_ERR__NO_OFFSET,
      RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:
      (.assignmentLost, false)
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE: (.tooLarge, false)
    case RD_KAFKA_RESP_ERR__INVALID_ARG, RD_KAFKA_RESP_ERR_INVALID_CONFIG: (.settings, false)
    case RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN,
      RD_KAFKA_RESP_ERR__RESOLVE, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
      RD_KAFKA_RESP_ERR__WAIT_COORD, RD_KAFKA_RESP_ERR__DESTROY, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
      RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
      RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
      RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE,
      RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS:
      (.unavailable, true)
    default: (.refused, false)
    }
  }
}

extension KafkaError.Code {
  /// What the reader of the message can do about it.
  var remedy: String {
    switch self {
    case .settings: "correct the setting"
    case .unavailable: "check that the brokers run and can be reached from here"
    case .authentication: "check security.protocol, credentials and certificates in the Kafka properties"
    case .permission: "grant the user the right to do this"
    case .noSuchTopic: "create the topic, or name another"
    case .offsetGone: "the broker no longer holds it: set auto.offset.reset to earliest or latest"
    case .assignmentLost: "another member of the group goes on from the last commit"
    case .tooLarge: "raise the broker's and the topic's max.message.bytes"
    case .refused: "see the broker's log"
    }
  }
}
