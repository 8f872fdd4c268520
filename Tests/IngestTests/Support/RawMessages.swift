import CRdKafka
import Ingest
import TestSupport

/// A message with its headers, read by librdkafka without any of our own code between.
struct RawMessage: Equatable {
  var key: [UInt8]
  var value: [UInt8]
  var headers: [String: String]
}

/// All messages of a topic's only partition.
func rawMessages(of topic: String) throws -> [RawMessage] {
  let configuration = rd_kafka_conf_new()
  let properties = [
    "bootstrap.servers": try TestServers.kafkaBrokers, "group.id": topic, "enable.partition.eof": "true",
    "fetch.message.max.bytes": "30000000", "log_level": "0",
  ]
  for (name, value) in properties { rd_kafka_conf_set(configuration, name, value, nil, 0) }
  let client = rd_kafka_new(RD_KAFKA_CONSUMER, configuration, nil, 0)
  defer { rd_kafka_destroy(client) }
  rd_kafka_poll_set_consumer(client)
  let list = rd_kafka_topic_partition_list_new(1)
  defer { rd_kafka_topic_partition_list_destroy(list) }
  rd_kafka_topic_partition_list_add(list, topic, 0)?.pointee.offset = 0
  rd_kafka_assign(client, list)
  var messages: [RawMessage] = []
  while let message = rd_kafka_consumer_poll(client, 20_000) {
    defer { rd_kafka_message_destroy(message) }
    guard message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else { break }
    var headers: [String: String] = [:]
    var names: OpaquePointer?
    rd_kafka_message_headers(message, &names)
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var size = 0
    while rd_kafka_header_get_all(names, headers.count, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR {
      guard let name else { break }
      headers[String(cString: name)] = String(
        decoding: UnsafeRawBufferPointer(start: value, count: size), as: UTF8.self)
    }
    messages.append(
      RawMessage(
        key: [UInt8](UnsafeRawBufferPointer(start: message.pointee.key, count: message.pointee.key_len)),
        value: [UInt8](UnsafeRawBufferPointer(start: message.pointee.payload, count: message.pointee.len)),
        headers: headers))
  }
  return messages
}
