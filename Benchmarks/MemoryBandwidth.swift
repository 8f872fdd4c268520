import Foundation

/// How fast the machine reads memory from the front to the back: the limit of every pass over columns.
enum MemoryBandwidth {
  /// Bytes a second on one thread and on all.
  static func measure() async -> [(threads: Int, bytesPerSecond: Double)] {
    let count = 1 << 27
    let numbers = [Int64](repeating: 1, count: count)
    var results: [(Int, Double)] = []
    for threads in Set([1, ProcessInfo.processInfo.activeProcessorCount]).sorted() {
      var best = Double.infinity
      for _ in 0..<5 {
        let start = ContinuousClock.now
        let total = await withTaskGroup(of: Int64.self) { group in
          for thread in 0..<threads {
            group.addTask { sum(numbers, from: count / threads * thread, to: count / threads * (thread + 1)) }
          }
          return await group.reduce(0, &+)
        }
        precondition(total == Int64(count / threads * threads))
        best = min(best, (ContinuousClock.now - start) / .seconds(1))
      }
      results.append((threads, Double(count * 8) / best))
    }
    return results
  }

  private static func sum(_ numbers: [Int64], from start: Int, to end: Int) -> Int64 {
    numbers.withUnsafeBufferPointer { numbers in
      var sums = SIMD8<Int64>(repeating: 0)
      var place = start
      while place + 8 <= end {
        for lane in 0..<8 { sums[lane] &+= numbers[place + lane] }
        place += 8
      }
      return sums.wrappedSum()
    }
  }
}
