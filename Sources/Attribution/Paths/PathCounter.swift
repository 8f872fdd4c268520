import Foundation

/// Counts whole paths, one after the other.
struct PathCounter: ~Copyable {
  private let needs: PathNeeds
  private let repeats: Repeats
  private let halfLife: Double
  private let withNulls: Bool
  /// By key: whether it is that of the direct channel; what is beyond is not.
  var isDirect: [Bool] = []
  /// For how many microseconds a touch of a journey that came to nothing is looked at, at most.
  var window = Int64.max
  // Of the path at hand, after its repeats have been dealt with.
  private var path = Scratch<Int32>()
  private var ages = Scratch<Int64>()
  private var set = Scratch<Int32>()
  /// By key, the number of the last path that had it.
  private var marks = Scratch<UInt32>()
  /// By key, of the path at hand.
  private var ageOfKey = Scratch<Int64>()
  private var mark: UInt32 = 0
  private var shares = Shares()

  init(_ needs: PathNeeds, repeats: Repeats, _ settings: ModelSettings) {
    self.needs = needs
    self.repeats = repeats
    halfLife = Double(max(1, settings.halfLife))
    withNulls = settings.withNulls
  }

  /// Counts one path that ended `sum` times in a conversion and `nulls` times in nothing.
  ///
  /// - Parameters:
  ///   - keys: of the touches in order, above 0; at least one.
  ///   - ages: how long before the conversion each touch was, or for how long nothing came of it; nil where that is
  ///     not known.
  ///   - keyCount: keys are below.
  mutating func add<Sum: CreditSum>(
    _ keys: UnsafeBufferPointer<Int32>, ages times: UnsafeBufferPointer<Int64>?, keyCount: Int, _ sum: Sum,
    nulls: Sum.Count, into tally: inout PathTally<Sum>
  ) {
    reserve(keys.count, keyCount)
    let hasTimes = times != nil
    let isAsItStands = repeats == .all && !hasTimes
    let length = isAsItStands ? keys.count : copy(keys, times)
    let kept = isAsItStands ? keys : UnsafeBufferPointer(start: path.start, count: length)
    see(kept, keyCount, &tally)
    if sum != .zero {
      if needs.contains(.ends) { addEnds(kept, sum, &tally) }
      if needs.contains(.touches) { for key in kept { tally.touches.add(sum, at: pair(length, Int(key))) } }
      if needs.contains(.distinct) { addDistinct(kept, sum, &tally) }
      if needs.contains(.lastNonDirect) { addLastNonDirect(kept, sum, &tally) }
      if needs.contains(.timeDecay), hasTimes {
        var newest = ages[0]
        for touch in kept.indices { newest = min(newest, ages[touch]) }
        let (ages, halfLife) = (ages.start, halfLife)
        addShares(kept, sum, &tally.timeDecay) { exp2(-Double(ages[$0] &- newest) / halfLife) }
      }
      if needs.contains(.stepDecay) {
        addShares(kept, sum, &tally.stepDecay) { length &- 1 &- $0 > 1100 ? 0 : exp2(-Double(length &- 1 &- $0)) }
      }
    }
    if needs.contains(.arcs) { addArcs(kept, sum, nulls, &tally) }
    // A row of a file without a journey still names players of a game.
    if needs.contains(.sets) {
      if let mask = SetMask(kept) {
        tally.sets.add(mask, sum, nulls: nulls)
      } else {
        tally.sets.add(distinct(kept), sum, nulls: nulls)
      }
    }
    guard sum != .zero || nulls != .zero else { return }
    if needs.contains(.paths) { tally.paths.add(kept, sum, nulls: nulls) }
    guard needs.contains(.exposures), hasTimes else { return }
    if sum != .zero { tally.exposures.add(kept, ages: ages.start, sum) }
    if nulls != .zero { tally.exposures.add(kept, ages: ages.start, nulls: nulls, window: window) }
  }

  private mutating func reserve(_ length: Int, _ keyCount: Int) {
    path.reserve(length)
    ages.reserve(length)
    set.reserve(length)
    guard marks.count < keyCount else { return }
    marks = Scratch(repeating: 0, count: max(64, keyCount * 2))
    ageOfKey.reserve(marks.count)
    mark = 0
  }

  /// A number that no key is marked with.
  private mutating func nextMark() -> UInt32 {
    if mark == .max {
      marks = Scratch(repeating: 0, count: marks.count)
      mark = 0
    }
    mark &+= 1
    return mark
  }

  /// Copies the path as its repeats want it; returns how many touches stay.
  private mutating func copy(_ keys: UnsafeBufferPointer<Int32>, _ times: UnsafeBufferPointer<Int64>?) -> Int {
    func keep(_ touch: Int, at place: Int) {
      path[place] = keys[touch]
      if let times { ages[place] = times[touch] }
    }
    var length = 0
    switch repeats {
    case .all:
      for touch in keys.indices { keep(touch, at: touch) }
      length = keys.count
    case .merged:
      for touch in keys.indices {
        if length == 0 || path[length &- 1] != keys[touch] { length &+= 1 }
        keep(touch, at: length &- 1)
      }
    case .first, .unique:
      let mark = nextMark()
      for touch in keys.indices where marks[Int(keys[touch])] != mark {
        marks[Int(keys[touch])] = mark
        keep(touch, at: length)
        length &+= 1
      }
      if repeats == .unique { sortByKey(length, withAges: times != nil) }
    case .last:
      // From behind, then turned round.
      let mark = nextMark()
      for touch in keys.indices.reversed() where marks[Int(keys[touch])] != mark {
        marks[Int(keys[touch])] = mark
        keep(touch, at: length)
        length &+= 1
      }
      reverse(path.start, length)
      reverse(ages.start, length)
    }
    return length
  }

  /// Sorts distinct keys; every touch keeps its age.
  private func sortByKey(_ length: Int, withAges: Bool) {
    if withAges { for touch in 0..<length { ageOfKey[Int(path[touch])] = ages[touch] } }
    sort(path.start, length)
    if withAges { for touch in 0..<length { ages[touch] = ageOfKey[Int(path[touch])] } }
  }

  private func see<Sum>(_ path: UnsafeBufferPointer<Int32>, _ keyCount: Int, _ tally: inout PathTally<Sum>) {
    if tally.seen.count < keyCount { tally.seen += Array(repeating: 0, count: keyCount - tally.seen.count) }
    for key in path { tally.seen[Int(key)] = 1 }
  }

  private func addEnds<Sum>(_ path: UnsafeBufferPointer<Int32>, _ sum: Sum, _ tally: inout PathTally<Sum>) {
    tally.first.add(sum, at: pair(path.count, Int(path[0])))
    tally.last.add(sum, at: pair(path.count, Int(path[path.count &- 1])))
    guard needs.contains(.touches), path.count > 2 else { return }
    tally.middle.add(sum, at: pair(path.count, Int(path[PositionWeights.middle(touches: path.count)])))
  }

  private mutating func addDistinct<Sum>(
    _ path: UnsafeBufferPointer<Int32>, _ sum: Sum, _ tally: inout PathTally<Sum>
  ) {
    let distinct = distinct(path)
    for key in distinct { tally.distinct.add(sum, at: pair(distinct.count, Int(key))) }
  }

  private func addLastNonDirect<Sum>(_ path: UnsafeBufferPointer<Int32>, _ sum: Sum, _ tally: inout PathTally<Sum>) {
    var touch = path.count &- 1
    while touch >= 0, isDirect(path[touch]) { touch &-= 1 }
    tally.lastNonDirect.add(sum, at: UInt64(path[touch < 0 ? path.count &- 1 : touch]))
  }

  private func isDirect(_ key: Int32) -> Bool { Int(key) < isDirect.count && isDirect[Int(key)] }

  private mutating func addShares<Sum: CreditSum>(
    _ path: UnsafeBufferPointer<Int32>, _ sum: Sum, _ sums: inout KeyedSums<Sum.Part>, weight: (Int) -> Double
  ) {
    shares.divide(path.count, weight: weight)
    for touch in path.indices where shares[touch] > 0 {
      sums.add(sum.part(shares[touch]), at: UInt64(path[touch]))
    }
  }

  private func addArcs<Sum: CreditSum>(
    _ path: UnsafeBufferPointer<Int32>, _ sum: Sum, _ nulls: Sum.Count, _ tally: inout PathTally<Sum>
  ) {
    var weight = sum.count
    if withNulls { weight += nulls }
    guard weight != .zero else { return }
    var previous = 0
    for key in path {
      if Int(key) != previous { tally.arcs.add(weight, at: pair(previous, Int(key))) }
      previous = Int(key)
    }
    if withNulls, nulls != .zero { tally.arcs.add(nulls, at: pair(previous, 0)) }
  }

  /// The distinct keys, ascending.
  private mutating func distinct(_ path: UnsafeBufferPointer<Int32>) -> UnsafeBufferPointer<Int32> {
    let mark = nextMark()
    var count = 0
    for key in path where marks[Int(key)] != mark {
      marks[Int(key)] = mark
      set[count] = key
      count &+= 1
    }
    sort(set.start, count)
    return UnsafeBufferPointer(start: set.start, count: count)
  }

  private func reverse<Element>(_ start: UnsafeMutablePointer<Element>, _ count: Int) {
    var elements = UnsafeMutableBufferPointer(start: start, count: count)
    elements.reverse()
  }

  private func sort(_ start: UnsafeMutablePointer<Int32>, _ count: Int) {
    guard count > 1 else { return }
    var keys = UnsafeMutableBufferPointer(start: start, count: count)
    keys.sort()
  }
}
