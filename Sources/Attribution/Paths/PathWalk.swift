import Foundation
import Journeys

/// Walks the touches and conversions of customers, one after the other, and counts what their paths are made of,
/// without a look at any path as a whole: in time linear in events, however long the paths and many the conversions,
/// except for the decay by time.
struct PathWalk: ~Copyable {
  /// Beyond this many selected events of a customer the keys in the window are counted as it slides.
  private static let longJourney = 256
  /// Of paths whose credit is counted in a table that is not hashed.
  private static let usualLength = 64

  private let query: AttributionQuery
  private let keyCount: Int
  private let wantsEnds: Bool
  private let wantsTouches: Bool
  private let wantsArcs: Bool
  private let wantsDecay: Bool
  private let halfLife: Double
  private let earliest: Int64
  private let latest: Int64

  private var tally = PathTally<ExactCredit>()
  private var first: PairSums<ExactCredit>
  private var middle: PairSums<ExactCredit>
  private var last: PairSums<ExactCredit>
  private var all: PairSums<ExactCredit>
  private var decay: PairSums<ExactCredit.Part>
  private var arcs: PairSums<Int>
  private let seen: Scratch<UInt8>
  /// Of the batch at hand, by entry: of conversions.
  private var amounts = Scratch<Int64>()
  // Of the customer at hand: touches up to now, and by how much the number of counted paths that go on from touch i
  // to touch i + 1 differs from that of touch i - 1.
  private var times = Scratch<Int64>()
  private var keys = Scratch<Int32>()
  private var passing = Scratch<Int>()
  private var touches = 0
  /// The window's touches are `low..<touches`.
  private var low = 0
  /// Touches before the previous conversion.
  private var settled = 0
  /// By key, of touches `slid`.
  private let inWindow: Scratch<Int>
  private var slid = 0..<0
  private var shares = Shares()

  init(_ query: AttributionQuery, _ needs: PathNeeds, keys: Int) {
    self.query = query
    keyCount = keys
    wantsEnds = needs.contains(.ends)
    wantsTouches = needs.contains(.touches)
    wantsArcs = needs.contains(.arcs)
    earliest = query.period?.lowerBound ?? .min
    latest = query.period?.upperBound ?? .max
    wantsDecay = needs.contains(.timeDecay)
    halfLife = Double(max(1, query.settings.halfLife))
    first = PairSums(rows: Self.usualLength, columns: keys)
    middle = PairSums(rows: Self.usualLength, columns: keys)
    last = PairSums(rows: Self.usualLength, columns: keys)
    all = PairSums(rows: Self.usualLength, columns: keys)
    decay = PairSums(rows: 1, columns: keys)
    arcs = PairSums(rows: keys, columns: keys)
    seen = Scratch(repeating: 0, count: keys)
    inWindow = Scratch(repeating: 0, count: keys)
  }

  consuming func finish(into total: inout PathTally<ExactCredit>) {
    tally.seen = (0..<keyCount).map { seen[$0] }
    first.add(to: &tally.first)
    middle.add(to: &tally.middle)
    last.add(to: &tally.last)
    all.add(to: &tally.touches)
    decay.add(to: &tally.timeDecay)
    arcs.add(to: &tally.arcs)
    total.add(tally)
  }

  mutating func add(_ customers: Range<Int>, of columns: EventColumns, _ selection: borrowing TouchSelection) {
    fetchAmounts(customers, of: columns, selection)
    for customer in customers {
      let entries = selection.entries(of: customer)
      var end = entries.upperBound
      if latest < .max {
        while end > entries.lowerBound && columns.timestamps[selection.event(end &- 1)] > latest { end &-= 1 }
      }
      if entries.lowerBound == end { continue }
      if selection.hasConversion(customer) {
        addJourney(entries.lowerBound..<end, of: columns, selection)
      } else {
        addNull(entries.lowerBound..<end, selection, columns.timestamps)
      }
    }
  }

  /// Amounts lie far apart: asked for one after the other they come from memory together.
  private mutating func fetchAmounts(
    _ customers: Range<Int>, of columns: EventColumns, _ selection: borrowing TouchSelection
  ) {
    let (first, last) = (customers.lowerBound, customers.upperBound &- 1)
    let entries = selection.entries(of: first).lowerBound..<selection.entries(of: last).upperBound
    amounts.reserve(entries.upperBound)
    let (amounts, keys, all) = (amounts.start, selection.keys.start, columns.amounts)
    for entry in entries where keys[entry] < 0 { amounts[entry] = all[selection.event(entry)] }
  }

  /// A customer who never converted: all his touches are one path.
  private mutating func addNull(
    _ entries: Range<Int>, _ selection: borrowing TouchSelection, _ timestamps: UnsafeBufferPointer<Int64>
  ) {
    for entry in entries { seen[Int(selection.keys[entry])] = 1 }
    guard timestamps[selection.event(entries.upperBound &- 1)] >= earliest else { return }
    tally.nulls &+= 1
    guard wantsArcs else { return }
    var previous = 0
    for entry in entries {
      let key = Int(selection.keys[entry])
      arcs.add(1, previous, key)
      previous = key
    }
    arcs.add(1, previous, 0)
  }

  private mutating func addJourney(
    _ entries: Range<Int>, of columns: EventColumns, _ selection: borrowing TouchSelection
  ) {
    let timestamps = columns.timestamps
    times.reserve(entries.count)
    keys.reserve(entries.count)
    passing.reserve(entries.count)
    (touches, low, settled) = (0, 0, 0)
    let slides = wantsTouches && entries.count > Self.longJourney

    var entry = entries.lowerBound
    while entry < entries.upperBound {
      let event = selection.event(entry)
      let time = timestamps[event]
      if selection.keys[entry] >= 0 {
        addTouch(selection.keys[entry], at: time)
        entry &+= 1
        continue
      }
      // Touches at the instant of a conversion come before it, whichever arrived first.
      var end = entry &+ 1
      while end < entries.upperBound, timestamps[selection.event(end)] == time {
        if selection.keys[end] >= 0 { addTouch(selection.keys[end], at: time) }
        end &+= 1
      }
      while entry < end {
        if selection.keys[entry] < 0 {
          let amount = amounts[entry]
          convert(at: time, amount: amount == Money.none ? 0 : amount, slides: slides)
        }
        entry &+= 1
      }
    }
    addNull(settled..<touches)
    if wantsArcs { addPassing() }
    for touch in slid { inWindow[Int(keys[touch])] = 0 }
    slid = 0..<0
  }

  @inline(__always)
  private mutating func addTouch(_ key: Int32, at time: Int64) {
    times[touches] = time
    keys[touches] = key
    passing[touches] = 0
    seen[Int(key)] = 1
    touches &+= 1
  }

  private mutating func convert(at time: Int64, amount: Int64, slides: Bool) {
    let oldest = time.subtractingReportingOverflow(query.lookback)
    if !oldest.overflow {
      while low < touches && times[low] < oldest.partialValue { low &+= 1 }
    }
    // What lies between the previous conversion and this one's window came to nothing.
    addNull(settled..<max(settled, low))
    if query.scope == .journey { low = max(low, settled) }
    settled = touches
    guard time >= earliest else { return }

    let credit = ExactCredit(conversions: 1, revenue: Int128(amount))
    tally.total += credit
    guard low < touches else {
      tally.unattributed += credit
      return
    }
    if wantsEnds { addEnds(credit) }
    if wantsTouches { addTouches(credit, slides: slides) }
    if wantsDecay { addDecay(credit) }
    if wantsArcs { addPath(low..<touches) }
  }

  private mutating func addEnds(_ credit: ExactCredit) {
    let length = touches &- low
    first.add(credit, length, Int(keys[low]))
    last.add(credit, length, Int(keys[touches &- 1]))
    guard wantsTouches, length > 2 else { return }
    middle.add(credit, length, Int(keys[low &+ PositionWeights.middle(touches: length)]))
  }

  private mutating func addTouches(_ credit: ExactCredit, slides: Bool) {
    let length = touches &- low
    if slides {
      // Both ends only move on, so that many conversions of one customer cost no more than his touches.
      for touch in slid.upperBound..<touches { inWindow[Int(keys[touch])] &+= 1 }
      for touch in slid.lowerBound..<low { inWindow[Int(keys[touch])] &-= 1 }
      slid = low..<touches
    }
    if slides && length > keyCount {
      for key in 0..<keyCount where inWindow[key] > 0 {
        all.add(credit.times(inWindow[key]), length, key)
      }
    } else {
      for touch in low..<touches { all.add(credit, length, Int(keys[touch])) }
    }
  }

  /// The one sum whose cost is the length of every path.
  private mutating func addDecay(_ credit: ExactCredit) {
    let (times, keys, halfLife) = (times.start + low, keys.start + low, halfLife)
    let newest = self.times[touches &- 1]
    shares.divide(touches &- low) { exp2(-Double(newest &- times[$0]) / halfLife) }
    for touch in 0..<(touches &- low) where shares[touch] > 0 {
      decay.add(credit.part(shares[touch]), 0, Int(keys[touch]))
    }
  }

  private mutating func addNull(_ path: Range<Int>) {
    guard !path.isEmpty, times[path.upperBound &- 1] >= earliest else { return }
    tally.nulls &+= 1
    guard wantsArcs else { return }
    arcs.add(1, Int(keys[path.upperBound &- 1]), 0)
    addPath(path)
  }

  /// The start of a path and its way through its touches; where it ends is counted apart.
  private mutating func addPath(_ path: Range<Int>) {
    arcs.add(1, 0, Int(keys[path.lowerBound]))
    passing[path.lowerBound] &+= 1
    passing[path.upperBound &- 1] &-= 1
  }

  private mutating func addPassing() {
    var paths = 0
    for touch in 0..<max(0, touches &- 1) {
      paths &+= passing[touch]
      if paths != 0 { arcs.add(paths, Int(keys[touch]), Int(keys[touch &+ 1])) }
    }
  }
}
