/// An absorbing Markov chain over the touches of paths: start → state → … → conversion or null.
///
/// A state of a chain of order k is a window of k consecutive keys, without padding; a path of fewer keys is one state
/// of its own. Consecutive identical states are one. Weights are those of journeys; a transition's probability is its
/// weight over the sum of its row. As every journey that comes into a state leaves it, a state is visited by its
/// outgoing weight over that of all journeys. Source: Anderl, Becker, von Wangenheim, Schumann, "Mapping the customer
/// journey", IJRM 33 (2016).
package struct MarkovChain: Sendable {
  package let order: Int
  /// Keys are numbers below.
  package let keyCount: Int
  /// By state, `order` of them: its keys, the earliest first, behind those of a short path -1.
  let stateKeys: [Int32]
  /// By state: weight of start → state.
  let starts: [Double]
  /// By state, one more than there are: where its moves to other states begin, in ascending order of those.
  let offsets: [Int]
  let targets: [Int32]
  let weights: [Double]
  /// By state: weight of state → conversion, and the revenue of those conversions.
  let conversions: [Credit]
  /// By state: weight of state → null.
  let nulls: [Double]

  /// Of order 1 from arcs that were counted without keeping paths; its states are all keys.
  ///
  /// - Parameters:
  ///   - weights: by pair of keys, 0 for the start before a path and for the null after it, a key to itself left
  ///     out; ascending.
  ///   - conversions: by state.
  ///   - state: of a key.
  init(_ weights: [(pair: UInt64, weight: Double)], conversions: [Credit], state: (Int) -> Int) {
    var starts = [Double](repeating: 0, count: conversions.count)
    var nulls = starts
    var moves = KeyedSums<Double>()
    for (key, weight) in weights {
      switch (Int(key >> 32), Int(key & 0xFFFF_FFFF)) {
      case (0, let to): starts[state(to)] = weight
      case (let from, 0): nulls[state(from)] = weight
      // Staying changes no removal effect: consecutive identical states are one.
      case (let from, let to) where from == to: continue
      case (let from, let to): moves.add(weight, at: pair(state(from), state(to)))
      }
    }
    self.init(
      order: 1, keyCount: conversions.count, stateKeys: conversions.indices.map { Int32($0) }, starts: starts,
      moves: moves, conversions: conversions, nulls: nulls)
  }

  /// Of any order from distinct paths. Its states are those that occur, in the order of their first appearance.
  ///
  /// - Parameter withNulls: false leaves out paths without a conversion, and of the others the journeys without one.
  /// - Throws: `.invalidQuery`: an order below 1, or more keys and order than 64 bits tell apart.
  /// - Complexity: linear in the steps of the paths.
  package init(_ paths: PathTable, order: Int, withNulls: Bool = true) throws(AttributionError) {
    guard order >= 1 else {
      throw AttributionError(.invalidQuery, "markov: an order of \(order) is none; the least is 1")
    }
    let run = try RunCode(symbols: paths.keyCount, length: order, for: "markov of order \(order)")
    var states = CodeTable()
    var starts: [Double] = []
    var conversions: [Credit] = []
    var nulls: [Double] = []
    var moves = KeyedSums<Double>()
    for path in 0..<paths.count {
      let credit = paths.credits[path]
      let null = withNulls ? paths.nulls[path] : 0
      let weight = credit.conversions + null
      guard weight > 0, withNulls || credit.conversions > 0 else { continue }
      let steps = paths.offsets[path]..<paths.offsets[path + 1]
      var code: UInt64 = 0
      var last = -1
      for step in steps {
        code = run.appending(Int(paths.steps[step]), to: code)
        guard step + 1 >= min(steps.upperBound, steps.lowerBound + order) else { continue }
        let state = states.number(of: code)
        if state == starts.count {
          starts.append(0)
          conversions.append(.zero)
          nulls.append(0)
        }
        if last < 0 {
          starts[state] += weight
        } else if state != last {
          moves.add(weight, at: pair(last, state))
        }
        last = state
      }
      conversions[last] += credit
      nulls[last] += null
    }
    var stateKeys = [Int32](repeating: -1, count: states.count * order)
    for (state, code) in states.codes.enumerated() {
      for (place, key) in run.symbols(of: code).enumerated() { stateKeys[state * order + place] = key }
    }
    self.init(
      order: order, keyCount: paths.keyCount, stateKeys: stateKeys, starts: starts, moves: moves,
      conversions: conversions, nulls: nulls)
  }

  /// - Parameter moves: by pair of states.
  private init(
    order: Int, keyCount: Int, stateKeys: [Int32], starts: [Double], moves: KeyedSums<Double>, conversions: [Credit],
    nulls: [Double]
  ) {
    self.order = order
    self.keyCount = keyCount
    self.stateKeys = stateKeys
    self.starts = starts
    self.conversions = conversions
    self.nulls = nulls
    // Sorted by counting: twice, first by where a move goes, then, keeping that order, by where it comes from.
    func sorted(_ order: [Int], by state: (UInt64) -> Int) -> (order: [Int], offsets: [Int]) {
      var offsets = [Int](repeating: 0, count: starts.count + 1)
      for key in moves.keys { offsets[state(key) + 1] += 1 }
      for row in 0..<starts.count { offsets[row + 1] += offsets[row] }
      var next = offsets
      var sorted = order
      for place in order {
        let row = state(moves.keys[place])
        sorted[next[row]] = place
        next[row] += 1
      }
      return (sorted, offsets)
    }
    let byTarget = sorted(Array(moves.keys.indices)) { Int($0 & 0xFFFF_FFFF) }
    let bySource = sorted(byTarget.order) { Int($0 >> 32) }
    offsets = bySource.offsets
    targets = bySource.order.map { Int32(truncatingIfNeeded: moves.keys[$0] & 0xFFFF_FFFF) }
    weights = bySource.order.map { moves.values[$0] }
  }

  /// Those that occur.
  package var stateCount: Int { outgoing.reduce(0) { $0 + ($1 > 0 ? 1 : 0) } }

  /// Transitions that occur, those from the start and to conversion and null included.
  package var transitionCount: Int {
    func count(_ values: some Sequence<Double>) -> Int { values.reduce(0) { $0 + ($1 > 0 ? 1 : 0) } }
    return count(starts) + weights.count + count(conversions.map(\.conversions)) + count(nulls)
  }

  /// By state: the weight of all that leaves it.
  var outgoing: [Double] {
    starts.indices.map { state in
      weights[offsets[state]..<offsets[state + 1]].reduce(nulls[state] + conversions[state].conversions, +)
    }
  }

  /// The keys of a state.
  func keys(of state: Int) -> ArraySlice<Int32> {
    let all = stateKeys[state * order..<(state + 1) * order]
    return all.prefix { $0 >= 0 }
  }
}
