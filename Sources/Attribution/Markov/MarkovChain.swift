import LinearAlgebra

/// An absorbing Markov chain over the touches of paths: start → touch → … → conversion or null.
///
/// States are first-order, one per key; consecutive identical states are one. Weights are those of journeys; a
/// transition's probability is its weight over the sum of its row. Source: Anderl, Becker, von Wangenheim, Schumann,
/// "Mapping the customer journey", IJRM 33 (2016).
struct MarkovChain: Sendable {
  struct Arc: Sendable, Equatable {
    var from: Int
    var to: Int
    var weight: Double
  }

  /// Dense matrices of this order are the largest that are factorised: 200 MB each.
  static let largest = 5000

  /// By state: weight of start → state.
  var starts: [Double]
  /// state → another state, sorted by `from`, `to`.
  var arcs: [Arc]
  /// By state: weight of state → conversion, and the revenue of those conversions.
  var conversions: [Credit]
  /// By state: weight of state → null.
  var nulls: [Double]

  /// - Parameters:
  ///   - weights: by pair of keys, 0 for the start before a path and for the null after it, a key to itself left
  ///     out; ascending.
  ///   - conversions: by state.
  ///   - state: of a key.
  init(_ weights: [(pair: UInt64, weight: Double)], conversions: [Credit], state: (Int) -> Int) {
    starts = Array(repeating: 0, count: conversions.count)
    arcs = []
    self.conversions = conversions
    nulls = starts
    for (pair, weight) in weights {
      switch (Int(pair >> 32), Int(pair & 0xFFFF_FFFF)) {
      case (0, let to): starts[state(to)] = weight
      case (let from, 0): nulls[state(from)] = weight
      // Staying changes no removal effect: consecutive identical states are one.
      case (let from, let to) where from == to: continue
      case (let from, let to): arcs.append(Arc(from: state(from), to: state(to), weight: weight))
      }
    }
  }

  /// What each state's removal would cost, from one factorisation of I - Q.
  ///
  /// With N = (I - Q)⁻¹, s the start probabilities, r the probabilities of converting from a state (or, for revenue,
  /// these times the state's mean revenue per conversion) and b = N r, a removed state x that sends its visitors
  /// to null loses RE_x = (sN)_x b_x / (N_xx · s b). Without conversions, or without revenue, effects are 0.
  ///
  /// - Complexity: O(states³) time, O(states²) memory.
  func removalEffects() throws(AttributionError) -> RemovalEffects {
    let states = starts.count
    var effects = RemovalEffects(states: states)
    let started = starts.reduce(0, +)
    guard started > 0, conversions.contains(where: { $0.conversions > 0 }) else { return effects }
    guard states <= Self.largest else {
      throw AttributionError(
        .unsolvable,
        "markov: \(states) different touch keys are more than the \(Self.largest) whose transition matrix is solved; "
          + "ask by channel, or for fewer touchpoints")
    }

    var out = nulls
    for state in 0..<states { out[state] += conversions[state].conversions }
    for arc in arcs { out[arc.from] += arc.weight }
    var system = Matrix.identity(states)
    for arc in arcs { system[arc.from, arc.to] -= arc.weight / out[arc.from] }
    let converting = (0..<states).map { out[$0] > 0 ? conversions[$0].conversions / out[$0] : 0 }
    let earning = (0..<states).map { conversions[$0].conversions > 0 ? conversions[$0].revenue / out[$0] : 0 }
    let start = starts.map { $0 / started }

    do {
      let inverse = try LU(system).inverse().value
      let visits = (0..<states).map { x in (0..<states).reduce(0) { $0 + start[$1] * inverse[$1, x] } }
      func fill(_ effect: inout [Double], reward: [Double]) -> Double {
        let expected = (0..<states).map { x in (0..<states).reduce(0) { $0 + inverse[x, $1] * reward[$1] } }
        let all = (0..<states).reduce(0) { $0 + start[$1] * expected[$1] }
        guard all > 0 else { return 0 }
        for x in 0..<states { effect[x] = visits[x] * expected[x] / (inverse[x, x] * all) }
        return all
      }
      effects.conversionProbability = fill(&effects.conversions, reward: converting)
      _ = fill(&effects.revenue, reward: earning)
    } catch {
      throw AttributionError(.unsolvable, "markov: removal effects of \(states) states failed: \(error)")
    }
    return effects
  }
}

/// The part of all conversions, and of all revenue, that each key's removal would lose.
struct RemovalEffects: Sendable, Equatable {
  var conversions: [Double]
  var revenue: [Double]
  /// Of reaching a conversion from the start.
  var conversionProbability = 0.0

  init(states: Int) {
    conversions = Array(repeating: 0, count: states)
    revenue = conversions
  }

  /// Shares proportional to the effects; no credit where no removal has an effect.
  func credits(of total: Credit) -> [Credit] {
    let conversionSum = conversions.reduce(0, +)
    let revenueSum = revenue.reduce(0, +)
    return conversions.indices.map { x in
      Credit(
        conversions: conversionSum > 0 ? conversions[x] / conversionSum * total.conversions : 0,
        revenue: revenueSum > 0 ? revenue[x] / revenueSum * total.revenue : 0)
    }
  }
}
