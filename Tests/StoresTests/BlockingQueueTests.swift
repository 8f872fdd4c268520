import Dispatch
import Stores
import Testing

@Suite struct BlockingQueueTests {
  @Test func returnsAndThrowsWhatTheWorkDoes() async throws {
    struct Failure: Error {}
    let queue = BlockingQueue("tests")
    #expect(try await queue.run { 42 } == 42)
    await #expect(throws: Failure.self) { try await queue.run { throw Failure() } }
  }

  /// More blocked calls than there are cores; the task that frees them still runs.
  @Test func blockedCallsDoNotStopTasks() async throws {
    let queue = BlockingQueue("tests", threads: 16)
    let gate = DispatchSemaphore(value: 0)
    let count = 16
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<count { group.addTask { try await queue.run { gate.wait() } } }
      group.addTask { for _ in 0..<count { gate.signal() } }
      try await group.waitForAll()
    }
  }

  @Test func aSerialQueueKeepsTheOrder() async throws {
    let queue = BlockingQueue("tests")
    let log = Log()
    async let first: Void = queue.run { log.values.append(1) }
    try await first
    async let second: Void = queue.run { log.values.append(2) }
    try await second
    #expect(try await queue.run { log.values } == [1, 2])
  }

  /// Touched on the serial queue alone.
  private final class Log: @unchecked Sendable { var values: [Int] = [] }
}
