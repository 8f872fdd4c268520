import Journeys

/// Walks the touches and conversions of customers, one after the other, and counts every path as a whole.
///
/// The paths are those of `PathWalk`; what they cost is the sum of their lengths, where that one costs the events.
struct WholePathWalk: ~Copyable {
  private let query: AttributionQuery
  private let keyCount: Int
  private let earliest: Int64
  private let latest: Int64
  private let wantsExposures: Bool
  /// The last moment that was looked at.
  private let end: Int64
  private var counter: PathCounter
  // Of the customer at hand.
  private var times = Scratch<Int64>()
  private var ages = Scratch<Int64>()
  private var keys = Scratch<Int32>()
  private var touches = 0
  /// Touches before the previous conversion.
  private var settled = 0
  private var low = 0

  /// - Parameter end: the time of the last event that could have been a conversion.
  init(_ query: AttributionQuery, _ needs: PathNeeds, keyCount: Int, isDirect: [Bool], end: Int64) {
    self.query = query
    self.end = end
    wantsExposures = needs.contains(.exposures)
    self.keyCount = keyCount
    earliest = query.period?.lowerBound ?? .min
    latest = query.period?.upperBound ?? .max
    counter = PathCounter(needs, repeats: query.repeats, query.settings)
    counter.isDirect = isDirect
    counter.window = query.lookback
  }

  /// Walks one customer.
  ///
  /// - Parameter bucket: of a path, by the time of its end: the place in `tallies` where it is counted, nil for none.
  mutating func add(
    _ entries: Range<Int>, of columns: EventColumns, _ selection: borrowing TouchSelection,
    into tallies: inout [PathTally<ExactCredit>], bucket: (Int64) -> Int?
  ) {
    times.reserve(entries.count)
    ages.reserve(entries.count)
    keys.reserve(entries.count)
    (touches, settled, low) = (0, 0, 0)
    var entry = entries.lowerBound
    while entry < entries.upperBound {
      let time = columns.timestamps[selection.event(entry)]
      guard time <= latest else { break }
      // Touches at the instant of a conversion come before it, whichever arrived first.
      var end = entry
      while end < entries.upperBound, columns.timestamps[selection.event(end)] == time {
        if selection.keys[end] >= 0 {
          times[touches] = time
          keys[touches] = selection.keys[end]
          touches &+= 1
        }
        end &+= 1
      }
      while entry < end {
        if selection.keys[entry] < 0 {
          let amount = columns.amounts[selection.event(entry)]
          convert(at: time, amount: amount == Money.none ? 0 : amount, into: &tallies, bucket)
          if query.firstConversionOnly { return }
        }
        entry &+= 1
      }
    }
    addNull(settled..<touches, into: &tallies, bucket)
  }

  private mutating func convert(
    at time: Int64, amount: Int64, into tallies: inout [PathTally<ExactCredit>], _ bucket: (Int64) -> Int?
  ) {
    let oldest = time.subtractingReportingOverflow(query.lookback)
    if !oldest.overflow {
      while low < touches && times[low] < oldest.partialValue { low &+= 1 }
    }
    // What lies between the previous conversion and this one's window came to nothing.
    addNull(settled..<max(settled, low), into: &tallies, bucket)
    if query.scope == .journey { low = max(low, settled) }
    settled = touches
    guard time >= earliest, let bucket = bucket(time) else { return }
    let credit = ExactCredit(conversions: 1, revenue: Int128(amount))
    tallies[bucket].total += credit
    guard low < touches else {
      tallies[bucket].unattributed += credit
      return
    }
    for touch in low..<touches { ages[touch] = time &- times[touch] }
    count(low..<touches, hasTimes: true, credit, nulls: 0, into: &tallies[bucket])
  }

  private mutating func addNull(
    _ path: Range<Int>, into tallies: inout [PathTally<ExactCredit>], _ bucket: (Int64) -> Int?
  ) {
    guard !path.isEmpty, times[path.upperBound &- 1] >= earliest, let bucket = bucket(times[path.upperBound &- 1])
    else { return }
    tallies[bucket].nulls &+= 1
    // What lies before a later conversion was not within reach of it: nothing came of it in the whole lookback.
    if wantsExposures { for touch in path { ages[touch] = min(end &- times[touch], query.lookback) } }
    count(path, hasTimes: wantsExposures, .zero, nulls: 1, into: &tallies[bucket])
  }

  private mutating func count(
    _ path: Range<Int>, hasTimes: Bool, _ credit: ExactCredit, nulls: Int, into tally: inout PathTally<ExactCredit>
  ) {
    counter.add(
      UnsafeBufferPointer(start: keys.start + path.lowerBound, count: path.count),
      ages: hasTimes ? UnsafeBufferPointer(start: ages.start + path.lowerBound, count: path.count) : nil,
      keyCount: keyCount, credit, nulls: nulls, into: &tally)
  }
}
