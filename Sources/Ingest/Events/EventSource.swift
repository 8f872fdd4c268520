/// Where events come from: a Kafka topic or a file. One thread uses it, but for the waker.
package protocol EventSource: AnyObject {
  /// Waits for the next batch; nil when there are no more events, or the waker was called and none are there.
  func next(_ limits: BatchLimits) throws -> EventBatch?

  /// What it reads at present.
  var sources: [EventBatch.Source] { get }

  /// Notes that all of the batch is done, so that it is not delivered again.
  func commit(_ batch: EventBatch) throws

  /// To be called now and then while a batch cannot be finished.
  ///
  /// - Returns: whether the batch is still ours to finish.
  func keepAlive(_ batch: EventBatch) throws -> Bool

  /// Makes `next` return soon, now and in future. Any thread may call it.
  var waker: @Sendable () -> Void { get }

  /// Ends it in good order.
  func close()
}
