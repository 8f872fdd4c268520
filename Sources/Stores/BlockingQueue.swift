import Foundation

/// Runs calls that block, on threads of its own.
///
/// On the cooperative pool they would stop other tasks. On Dispatch's threads they do too: Swift's tasks run there on
/// Linux, and Dispatch adds a thread for a blocked one only once in a second.
public final class BlockingQueue: Sendable {
  private let jobs = Jobs()

  /// - Parameter threads: how many calls may run at once; with one they run in the order of their coming.
  public init(_ label: String, threads: Int = 1) {
    for _ in 0..<max(1, threads) {
      let thread = Thread { [jobs] in jobs.work() }
      thread.name = label
      thread.start()
    }
  }

  deinit { jobs.close() }

  /// Runs `work` and waits for it without blocking the caller's thread. Cancellation does not interrupt it.
  public func run<Success: Sendable>(_ work: @escaping @Sendable () throws -> Success) async throws -> Success {
    try await withCheckedThrowingContinuation { continuation in
      jobs.add { continuation.resume(with: Result(catching: work)) }
    }
  }
}

/// What waits for a thread.
///
/// `@unchecked Sendable`: everything is touched under the condition's lock.
private final class Jobs: @unchecked Sendable {
  private let condition = NSCondition()
  private var waiting: [@Sendable () -> Void] = []
  private var isClosed = false

  func add(_ job: @escaping @Sendable () -> Void) {
    condition.withLock {
      waiting.append(job)
      condition.signal()
    }
  }

  /// Lets the threads end once nothing waits.
  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }

  /// The life of a thread.
  func work() {
    while let job = next() { job() }
  }

  private func next() -> (@Sendable () -> Void)? {
    condition.withLock {
      while waiting.isEmpty {
        if isClosed { return nil }
        condition.wait()
      }
      return waiting.removeFirst()
    }
  }
}
