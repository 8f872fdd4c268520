/// Works on chunks `0..<count` with up to `threads` tasks and hands the results over in the order of the chunks.
///
/// Whoever merges sees the same results in the same order whatever the number of threads: with chunks of a fixed
/// size, doubles add up to the same bits. A result that is done early waits for those before it.
package func inOrder<Chunk: Sendable>(
  chunks count: Int, threads: Int, work: @escaping @Sendable (Int) throws -> Chunk, take: (Chunk) throws -> Void
) async throws {
  if threads <= 1 || count <= 1 {
    for index in 0..<count {
      try Task.checkCancellation()
      try take(work(index))
    }
    return
  }
  try await withThrowingTaskGroup(of: (Int, Chunk).self) { group in
    var started = 0
    var next = 0
    var waiting: [Int: Chunk] = [:]
    func start() {
      guard started < count else { return }
      let index = started
      started += 1
      group.addTask {
        try Task.checkCancellation()
        return (index, try work(index))
      }
    }
    for _ in 0..<threads { start() }
    while let (index, result) = try await group.next() {
      start()
      waiting[index] = result
      while let ready = waiting.removeValue(forKey: next) {
        try take(ready)
        next += 1
      }
    }
  }
}
