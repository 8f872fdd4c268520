internal import CRdKafka
import Logging

/// Follows which partitions the group has given to us. librdkafka calls it within a poll, on the poll's thread.
final class Rebalances: KafkaCallbacks, @unchecked Sendable {
  /// Each partition with the number of the rebalance that gave it.
  private(set) var assignment: [Int32: Int] = [:]
  private(set) var count = 0

  override func install(on configuration: OpaquePointer?) {
    super.install(on: configuration)
    rd_kafka_conf_set_rebalance_cb(configuration) { client, reason, partitions, opaque in
      (KafkaCallbacks.of(opaque) as? Rebalances)?.rebalance(client, reason, partitions)
    }
  }

  private func rebalance(
    _ client: OpaquePointer?, _ reason: rd_kafka_resp_err_t,
    _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
  ) {
    let isCooperative = rd_kafka_rebalance_protocol(client).map { String(cString: $0) } == "COOPERATIVE"
    let partitions = list.map { list in (0..<Int(list.pointee.cnt)).map { list.pointee.elems[$0].partition } } ?? []
    count += 1
    if reason == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
      for partition in partitions { assignment[partition] = count }
      if isCooperative { discard(rd_kafka_incremental_assign(client, list)) } else { rd_kafka_assign(client, list) }
      logger.info("kafka: partitions assigned", metadata: ["partitions": "\(partitions.sorted())"])
    } else {
      for partition in partitions { assignment[partition] = nil }
      if isCooperative { discard(rd_kafka_incremental_unassign(client, list)) } else { rd_kafka_assign(client, nil) }
      logger.info("kafka: partitions given back", metadata: ["partitions": "\(partitions.sorted())"])
    }
  }

  /// An assignment that came too late is followed by another rebalance, so its error tells nothing.
  private func discard(_ error: OpaquePointer?) {
    if let error { rd_kafka_error_destroy(error) }
  }
}
