/// An analysis over customers that can be cut anywhere.
///
/// The kernel sees a range of customers and read-only columns and knows nothing of threads. Laws, which every
/// conformer is tested for: `fold(a + b)` equals `merge(fold(a), fold(b))`, exactly for integers and to 1e-12 for
/// doubles; the empty partial changes nothing.
public protocol Aggregation: Sendable {
  associatedtype Partial: Sendable & Codable
  associatedtype Result

  /// The partial of no customers.
  func empty() -> Partial

  /// Adds the customers of a range to a partial, in order.
  func fold(_ customers: Range<Int>, of store: JourneyStore, into partial: inout Partial)

  /// Adds the partial of later customers.
  func merge(_ later: Partial, into partial: inout Partial)

  func finish(_ partial: Partial) throws -> Result
}

/// Customers per chunk: never derived from the number of threads, so that one thread and many add up the same
/// doubles in the same order and give the same bits.
public let customersPerChunk = 4096

extension Aggregation {
  /// Folds all customers of a store, or a range of them, on up to `threads` cores and finishes.
  ///
  /// - Throws: `CancellationError` when the task is cancelled, and what `finish` throws.
  public func run(
    over store: JourneyStore, customers: Range<Int>? = nil, threads: Int = defaultThreads
  ) async throws -> Result {
    try finish(try await partial(over: store, customers: customers, threads: threads))
  }

  /// The merged partial of a range of customers.
  public func partial(
    over store: JourneyStore, customers: Range<Int>? = nil, threads: Int = defaultThreads
  ) async throws -> Partial {
    let customers = customers ?? 0..<store.customerCount
    let chunks = (customers.count + customersPerChunk - 1) / customersPerChunk
    var merged = empty()
    try await inOrder(chunks: chunks, threads: threads) { index in
      var partial = empty()
      let start = customers.lowerBound + index * customersPerChunk
      fold(start..<min(start + customersPerChunk, customers.upperBound), of: store, into: &partial)
      return partial
    } take: { partial in
      merge(partial, into: &merged)
    }
    return merged
  }
}
