/// What is counted of paths, from which every model without times is finished; and what those with times need.
///
/// A touch key is a number above 0: what `TouchKeys` makes of a touch, or a step's place in a file.
struct PathTally<Sum: CreditSum>: Sendable, Codable, Equatable {
  var total = Sum.zero
  /// Conversions without a touch.
  var unattributed = Sum.zero
  /// Journeys that came to nothing.
  var nulls = Sum.Count.zero
  /// By touch key: 1 where a touch has it.
  var seen: [UInt8] = []
  /// First, middle, last and all touches by (touches in the path, touch key): exact where a sum of 1/n would not be.
  var first = KeyedSums<Sum>()
  var middle = KeyedSums<Sum>()
  /// For the first-order chain also state → conversion.
  var last = KeyedSums<Sum>()
  var touches = KeyedSums<Sum>()
  /// By touch key.
  var lastNonDirect = KeyedSums<Sum>()
  var timeDecay = KeyedSums<Sum.Part>()
  var stepDecay = KeyedSums<Sum.Part>()
  /// By (touch key, next touch key), 0 for the start before the first touch and for the null after the last.
  var arcs = KeyedSums<Sum.Count>()
  /// Distinct keys of a path, by (their number, key).
  var distinct = KeyedSums<Sum>()
  /// Distinct keys of a path, ascending.
  var sets = SetSums<Sum>()
  var paths = PathSums<Sum>()
  var exposures = Exposures<Sum>()

  init() {}

  mutating func add(_ later: PathTally) {
    total += later.total
    unattributed += later.unattributed
    nulls += later.nulls
    see(later)
    first.add(later.first)
    middle.add(later.middle)
    last.add(later.last)
    touches.add(later.touches)
    lastNonDirect.add(later.lastNonDirect)
    timeDecay.add(later.timeDecay)
    stepDecay.add(later.stepDecay)
    arcs.add(later.arcs)
    distinct.add(later.distinct)
    sets.add(later.sets)
    paths.add(later.paths)
    exposures.add(later.exposures)
  }

  private mutating func see<Other>(_ other: PathTally<Other>) {
    if seen.count < other.seen.count { seen += Array(repeating: 0, count: other.seen.count - seen.count) }
    for key in other.seen.indices { seen[key] |= other.seen[key] }
  }
}

extension PathTally where Sum == Credit {
  /// Adds another tally so many times: how a sample of groups of customers is made.
  mutating func add<Other>(_ other: PathTally<Other>, times weight: Double) {
    total += other.total.inDoubles * weight
    unattributed += other.unattributed.inDoubles * weight
    nulls += other.nulls.inDoubles * weight
    see(other)
    first.add(other.first) { $0.inDoubles * weight }
    middle.add(other.middle) { $0.inDoubles * weight }
    last.add(other.last) { $0.inDoubles * weight }
    touches.add(other.touches) { $0.inDoubles * weight }
    lastNonDirect.add(other.lastNonDirect) { $0.inDoubles * weight }
    timeDecay.add(other.timeDecay) { $0.inDoubles * weight }
    stepDecay.add(other.stepDecay) { $0.inDoubles * weight }
    arcs.add(other.arcs) { $0.inDoubles * weight }
    distinct.add(other.distinct) { $0.inDoubles * weight }
    sets.add(other.sets, times: weight)
    exposures.add(other.exposures, { $0.inDoubles * weight }, { $0.inDoubles * weight })
    other.paths.forEach { path, sum, nulls in paths.add(path, sum.inDoubles * weight, nulls: nulls.inDoubles * weight) }
  }
}
