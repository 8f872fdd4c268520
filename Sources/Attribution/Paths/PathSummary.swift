/// What the models need to know of all paths, in doubles, whether they came from events or from a file.
///
/// Keys are places in `keys`. Sums are in ascending order of what they are by, so that doubles do not depend on how a
/// tally came about.
struct PathSummary {
  /// A sum of the touches of some place in paths of some number of touches, or of distinct keys.
  struct ByLength {
    var length: Int
    var key: Int
    var credit: Credit
  }

  let by: String
  /// Of everything that touched a journey.
  let keys: [AttributionResult.Key]
  let journeys: Double
  let total: Credit
  /// Conversions without a touch.
  let unattributed: Credit
  let first: [ByLength]
  let middle: [ByLength]
  let last: [ByLength]
  let touches: [ByLength]
  /// By number of distinct keys.
  let distinct: [ByLength]
  /// By key.
  let lastNonDirect: [Credit]
  let timeDecay: [Credit]
  let stepDecay: [Credit]
  /// Of order one.
  let chain: MarkovChain
  let sets: PathTable
  let paths: PathTable
  let exposures: HazardJourneys

  /// - Parameter name: of a touch key.
  /// - Throws: `.unsolvable` when there were more distinct paths or exposures than are kept.
  init<Sum>(_ tally: PathTally<Sum>, by: String, name: (Int) -> AttributionResult.Key) throws(AttributionError) {
    guard !tally.paths.isFull, !tally.sets.isFull else {
      throw AttributionError(
        .unsolvable,
        "attribution: the distinct paths have more than \(PathSums<Sum>.largest) touches; merge them with "
          + "--repeats merged, --repeats unique or a shorter --lookback, or ask for models that need no distinct paths: "
          + "first, last, linear, position, time-decay, decay-steps, last-non-direct, markov of order 1")
    }
    guard !tally.exposures.isFull else {
      throw AttributionError(
        .unsolvable,
        "attribution: additive-hazard is fitted to every touch of every journey, and these are more than "
          + "\(Exposures<Sum>.largest); take --scope journey, a shorter --lookback, --from and --to, or "
          + "--repeats merged")
    }
    let touched = tally.seen.indices.filter { tally.seen[$0] != 0 }
    var place = [Int](repeating: 0, count: tally.seen.count)
    for (index, key) in touched.enumerated() { place[key] = index }

    func byLength(_ sums: KeyedSums<Sum>) -> [ByLength] {
      sums.sorted().map { key, sum in
        ByLength(length: Int(key >> 32), key: place[Int(key & 0xFFFF_FFFF)], credit: sum.inDoubles)
      }
    }
    func byKey<Value>(_ sums: KeyedSums<Value>, _ credit: (Value) -> Credit) -> [Credit] {
      var credits = [Credit](repeating: .zero, count: touched.count)
      for (key, sum) in sums.sorted() { credits[place[Int(key)]] += credit(sum) }
      return credits
    }
    func table(_ each: ((UnsafeBufferPointer<Int32>, Sum, Sum.Count) -> Void) -> Void) -> PathTable {
      var table = PathTable(keys: touched.count)
      each { path, sum, nulls in
        table.append(path.lazy.map { Int32(place[Int($0)]) }, sum.inDoubles, nulls: nulls.inDoubles)
      }
      return table
    }
    self.by = by
    keys = touched.map(name)
    journeys = tally.total.count.inDoubles + tally.nulls.inDoubles
    total = tally.total.inDoubles
    unattributed = tally.unattributed.inDoubles
    first = byLength(tally.first)
    middle = byLength(tally.middle)
    last = byLength(tally.last)
    touches = byLength(tally.touches)
    distinct = byLength(tally.distinct)
    lastNonDirect = byKey(tally.lastNonDirect) { $0.inDoubles }
    timeDecay = byKey(tally.timeDecay) { $0.inDoubles }
    stepDecay = byKey(tally.stepDecay) { $0.inDoubles }
    var ends = [Credit](repeating: .zero, count: touched.count)
    for sum in last { ends[sum.key] += sum.credit }
    chain = MarkovChain(tally.arcs.sorted().map { ($0.key, $0.value.inDoubles) }, conversions: ends) { place[$0] }
    sets = table(tally.sets.forEach)
    paths = table(tally.paths.forEach)
    exposures = HazardJourneys(tally.exposures, keys: touched.count, place: place)
  }

  /// Conversions that have a touch, and their revenue.
  var attributed: Credit { total + unattributed * -1 }
}
