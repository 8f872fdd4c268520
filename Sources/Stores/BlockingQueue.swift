import Dispatch

/// Runs calls that block on threads of their own: a blocked thread of Swift's cooperative pool would stop other tasks.
public struct BlockingQueue: Sendable {
  private let queue: DispatchQueue

  /// - Parameter concurrent: whether several calls may run at once; otherwise one after the other, in order.
  public init(_ label: String, concurrent: Bool = false) {
    queue = DispatchQueue(label: label, attributes: concurrent ? .concurrent : [])
  }

  /// Runs `work` and waits for it without blocking the caller's thread. Cancellation does not interrupt it.
  public func run<Success: Sendable>(_ work: @escaping @Sendable () throws -> Success) async throws -> Success {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result(catching: work)) }
    }
  }
}
