import Journeys

/// The columns of a store as bare pointers, for loops in which every copy of a column would count a reference.
struct EventColumns {
  let offsets: UnsafeBufferPointer<Int64>
  let timestamps: UnsafeBufferPointer<Int64>
  let types: UnsafeBufferPointer<Int32>
  let channels: UnsafeBufferPointer<Int32>
  let campaigns: UnsafeBufferPointer<Int32>
  let amounts: UnsafeBufferPointer<Int64>

  /// The events of consecutive customers, of whom there is at least one.
  @inline(__always)
  func events(of customers: Range<Int>) -> Range<Int> {
    Int(offsets[customers.lowerBound])..<Int(offsets[customers.upperBound])
  }

  /// Of a customer's events those in a period, by bisection.
  func events(_ events: Range<Int>, in period: ClosedRange<Int64>) -> Range<Int> {
    func first(_ isBehind: (Int64) -> Bool) -> Int {
      var (low, high) = (events.lowerBound, events.upperBound)
      while low < high {
        let middle = low &+ (high &- low) / 2
        if isBehind(timestamps[middle]) { high = middle } else { low = middle &+ 1 }
      }
      return low
    }
    return first { $0 >= period.lowerBound }..<first { $0 > period.upperBound }
  }
}

extension JourneyStore {
  /// The pointers are good inside of `body`.
  func withColumns(_ body: (EventColumns) -> Void) {
    let (offsets, timestamps, types) = (offsets, timestamps, eventTypes)
    let (channels, campaigns, amounts) = (channels, campaigns, amounts)
    offsets.span.withUnsafeBufferPointer { offsets in
      timestamps.span.withUnsafeBufferPointer { timestamps in
        types.span.withUnsafeBufferPointer { types in
          channels.span.withUnsafeBufferPointer { channels in
            campaigns.span.withUnsafeBufferPointer { campaigns in
              amounts.span.withUnsafeBufferPointer { amounts in
                body(
                  EventColumns(
                    offsets: offsets, timestamps: timestamps, types: types, channels: channels, campaigns: campaigns,
                    amounts: amounts))
              }
            }
          }
        }
      }
    }
  }
}
