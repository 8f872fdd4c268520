/// Customers in batches whose events fit the first-level cache, so that a second look at them costs nothing.
struct CustomerBatches: Sequence, IteratorProtocol {
  private static let eventsPerBatch: Int64 = 2048
  private let offsets: UnsafeBufferPointer<Int64>
  private var start: Int
  private let end: Int

  init(_ customers: Range<Int>, of columns: EventColumns) {
    offsets = columns.offsets
    start = customers.lowerBound
    end = customers.upperBound
  }

  mutating func next() -> Range<Int>? {
    guard start < end else { return nil }
    let first = start
    let limit = offsets[first] + Self.eventsPerBatch
    repeat { start += 1 } while start < end && offsets[start + 1] <= limit
    return first..<start
  }
}
